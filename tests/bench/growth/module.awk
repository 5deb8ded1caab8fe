# SPDX-License-Identifier: GPL-2.0
# awk -v n=N -v dir=DIRECTORY -f module.awk: the source of a module with N callsites,
# in functions of 15 and files of 9,990; the last is its function's only one. Text,
# distance and arguments vary, as in real code.

function line(text) { print text >file }

function begin(name, arguments)
{
	line("void " name "(" arguments ");\nvoid " name "(" arguments ")\n{")
}

BEGIN {
	texts = split("%d bytes of buffer/no reply from %d, trying again/%s: state %d/queue %s is full/" \
		      "%s: register %#x/done/cannot map %d pages for %s/%s", text, "/")
	split("a/a/s, a/s/s, a//a, s/s", argument, "/")
	split("probe start reset flush close", verb, " ")
	for (i = 0; i < n - 1; i++) {
		if (i % 9990 == 0) {
			file = dir "/part" parts++ ".c"
			line("// SPDX-License-Identifier: GPL-2.0\n#include <linux/printk.h>\n")
		}
		if (i % 15 == 0)
			begin("unit" i / 15 "_" verb[i / 15 % 5 + 1], "int a, const char *s")
		for (j = i * 7 % 5; j > 0; j--)
			line("\tbarrier();")
		k = i % texts + 1
		line("\tpr_debug(\"unit " i ": " text[k] "\\n\"" (argument[k] == "" ? "" : ", ") argument[k] ");")
		if (i % 15 == 14 || i == n - 2)
			line("}\n")
	}
	begin("the_last_one", "int a")
	line("#line 200000")	# no other has that
	line("\tpr_debug(\"the very last of them: %d\\n\", a);\n}")

	# Init memory is gone when init has run, and so is what tells its size.
	file = dir "/init.c"
	line("// SPDX-License-Identifier: GPL-2.0\n#include <linux/module.h>\n")
	line("static unsigned int initsize;\nmodule_param(initsize, uint, 0400);\n")
	line("static int __init growth_init(void)\n{")
	line("\tinitsize = THIS_MODULE->mem[MOD_INIT_TEXT].size +")
	line("\t\t   THIS_MODULE->mem[MOD_INIT_DATA].size +")
	line("\t\t   THIS_MODULE->mem[MOD_INIT_RODATA].size;\n\treturn 0;\n}\n")
	line("static void __exit growth_exit(void) { }\n")
	line("module_init(growth_init);\nmodule_exit(growth_exit);")
	line("MODULE_DESCRIPTION(\"" n " callsites\");\nMODULE_LICENSE(\"GPL\");")

	file = dir "/Makefile"
	module = dir
	sub(/.*\//, "", module)
	line("obj-m := " module ".o")
	printf module "-y := init.o" >file
	for (i = 0; i < parts; i++)
		printf " part" i ".o" >file
	line("")
}
