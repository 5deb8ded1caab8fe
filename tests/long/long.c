// SPDX-License-Identifier: GPL-2.0
/*
 * Callsites in functions whose names have 124 to 128 bytes: the longest prefix has 127. A
 * write to the parameter "say" reaches all of them.
 */
#include <linux/module.h>
#include <linux/printk.h>

#define CAT_(a, b)	a##b
#define CAT(a, b)	CAT_(a, b)
#define LONG		long_name_of_a_function_whose_prefix_fills_the_buffer_of_127_bytes_to_the_last_of_them_and_what_comes_behind_it_is_cut_a
#define FUNCTION(end)	static noinline void CAT(LONG, end)(void) { pr_debug("long: " #end "\n"); }

FUNCTION(_124)
FUNCTION(b_125)
FUNCTION(bc_126)
FUNCTION(bcd_127)
FUNCTION(bcde_128)

static int say_set(const char *val, const struct kernel_param *kp)
{
	CAT(LONG, _124)();
	CAT(LONG, b_125)();
	CAT(LONG, bc_126)();
	CAT(LONG, bcd_127)();
	CAT(LONG, bcde_128)();
	return 0;
}

static const struct kernel_param_ops say_ops = { .set = say_set };
module_param_cb(say, &say_ops, NULL, 0200);

static int __init long_init(void) { return 0; }
static void __exit long_exit(void) { }

module_init(long_init);
module_exit(long_exit);
MODULE_DESCRIPTION("Dynamic debug in functions with long names");
MODULE_LICENSE("GPL");
