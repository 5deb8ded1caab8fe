// SPDX-License-Identifier: GPL-2.0
/*
 * A module with 1,000 callsites and more: they take several blocks, where
 * those of most modules fit into one. Loading it with say=1, or writing to
 * that parameter, reaches some of them in the middle and the last ten, which
 * are not in a block of their own.
 */
#include <linux/module.h>
#include <linux/printk.h>

#define D1(n)		pr_debug("many: callsite " n "\n");
#define D10(n)		D1(n "0") D1(n "1") D1(n "2") D1(n "3") D1(n "4") \
			D1(n "5") D1(n "6") D1(n "7") D1(n "8") D1(n "9")
#define D100(n)		D10(n "0") D10(n "1") D10(n "2") D10(n "3") D10(n "4") \
			D10(n "5") D10(n "6") D10(n "7") D10(n "8") D10(n "9")

static noinline void many_0(void) { D100("0") D100("1") D100("2") }
static noinline void many_3(void) { D100("3") D100("4") D100("5") }
static noinline void many_6(void) { D100("6") D100("7") D100("8") }
static noinline void many_9(void) { D100("9") }
static noinline void last_ten(void) { D10("last ") }

static int say_set(const char *val, const struct kernel_param *kp)
{
	many_3();
	last_ten();
	return 0;
}

static const struct kernel_param_ops say_ops = { .set = say_set };
module_param_cb(say, &say_ops, NULL, 0200);

static int __init many_init(void)
{
	many_0();
	many_3();
	many_6();
	many_9();
	return 0;
}

static void __exit many_exit(void) { }

module_init(many_init);
module_exit(many_exit);
MODULE_DESCRIPTION("A thousand dynamic debug callsites");
MODULE_LICENSE("GPL");
