// SPDX-License-Identifier: GPL-2.0
/*
 * A callsite that a CPU reaches when it goes down, after its last report to RCU. x86 only.
 */
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

static void (*was)(void);

static noinline void at_dead(void)
{
	WARN_ON_ONCE(cpu_online(raw_smp_processor_id()));
	pr_debug("dead: CPU %d\n", raw_smp_processor_id());
}

/* A CPU that comes up again does not return here. */
static void dead_play_dead(void)
{
	at_dead();
	was();
}

static int __init dead_init(void)
{
	was = smp_ops.play_dead;
	smp_ops.play_dead = dead_play_dead;
	return 0;
}

static void __exit dead_exit(void)
{
	smp_ops.play_dead = was;
}

module_init(dead_init);
module_exit(dead_exit);
MODULE_DESCRIPTION("A dynamic debug callsite of a CPU that goes down");
MODULE_LICENSE("GPL");
