// SPDX-License-Identifier: GPL-2.0
/*
 * Logs what memory a module has before its init function runs: what of it is
 * init memory is gone when sysfs can be read.
 */
#include <linux/module.h>
#include <linux/notifier.h>

static int module_comes(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *mod = data;
	unsigned int core = 0, init = 0;

	if (state != MODULE_STATE_COMING)
		return NOTIFY_OK;
	for_class_mod_mem_type(type, core)
		core += mod->mem[type].size;
	for_class_mod_mem_type(type, init)
		init += mod->mem[type].size;
	pr_info("coming: %s %u %u\n", mod->name, core, init);
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = module_comes };

static int __init coming_init(void) { return register_module_notifier(&notifier); }
static void __exit coming_exit(void) { unregister_module_notifier(&notifier); }

module_init(coming_init);
module_exit(coming_exit);
MODULE_DESCRIPTION("Memory of modules as they come");
MODULE_LICENSE("GPL");
