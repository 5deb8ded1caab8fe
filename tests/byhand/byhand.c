// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors made by hand, as some drivers do: the compiler drops their sites, as
 * no DYNAMIC_DEBUG_BRANCH() names them. Around them are callsites as usual. A
 * write to the parameter "say" reaches all of them.
 */
#include <linux/dynamic_debug.h>
#include <linux/module.h>
#include <linux/printk.h>

static noinline void before(void)
{
	pr_debug("byhand: before\n");
}

static noinline void by_hand(void)
{
	DEFINE_DYNAMIC_DEBUG_METADATA(one, "one");
	DEFINE_DYNAMIC_DEBUG_METADATA(two, "two");

	__dynamic_pr_debug(&one, "byhand: one\n");
	pr_debug("byhand: between\n");
	__dynamic_pr_debug(&two, "byhand: two\n");
}

static noinline void after(void)
{
	pr_debug("byhand: after\n");
}

static int say_set(const char *val, const struct kernel_param *kp)
{
	before();
	by_hand();
	after();
	return 0;
}

static const struct kernel_param_ops say_ops = { .set = say_set };
module_param_cb(say, &say_ops, NULL, 0200);

static int __init byhand_init(void)
{
	return 0;
}

static void __exit byhand_exit(void) { }

module_init(byhand_init);
module_exit(byhand_exit);
MODULE_DESCRIPTION("Dynamic debug descriptors without sites");
MODULE_LICENSE("GPL");
