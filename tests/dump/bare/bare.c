// SPDX-License-Identifier: GPL-2.0
/*
 * A module with a descriptor that somebody defined by hand and used without
 * DYNAMIC_DEBUG_BRANCH(), so that the compiler drops its site; and neighbours
 * that have theirs.
 */
#include <linux/module.h>
#include <linux/printk.h>

static int __init bare_init(void)
{
	pr_debug("before\n");
	{
		DEFINE_DYNAMIC_DEBUG_METADATA(by_hand, "by hand\n");

		if (_ddebug_word(&by_hand) & _DPRINTK_FLAGS_PRINT)
			__dynamic_pr_debug(&by_hand, "by hand\n");
	}
	pr_debug("behind\n");
	return 0;
}

static void __exit bare_exit(void) { }

module_init(bare_init);
module_exit(bare_exit);
MODULE_DESCRIPTION("A descriptor without site");
MODULE_LICENSE("GPL");
