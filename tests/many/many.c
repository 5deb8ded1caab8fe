// SPDX-License-Identifier: GPL-2.0
/*
 * A module with 1,000 callsites and more: they take several blocks, where
 * those of most modules fit into one. Loading it with say=1, or writing to
 * that parameter, reaches some of them in the middle and the last ten, which
 * are not in a block of their own. Three more have classes, in a block each. A write
 * of N to "linger" prints, sleeps for N seconds, and prints again. With OTHER defined,
 * it is another build, with other callsites.
 */
#include <linux/delay.h>
#include <linux/dynamic_debug.h>
#include <linux/module.h>
#include <linux/printk.h>

#define D1(n)		pr_debug("many: callsite " n "\n");
#define D10(n)		D1(n "0") D1(n "1") D1(n "2") D1(n "3") D1(n "4") \
			D1(n "5") D1(n "6") D1(n "7") D1(n "8") D1(n "9")
#define D100(n)		D10(n "0") D10(n "1") D10(n "2") D10(n "3") D10(n "4") \
			D10(n "5") D10(n "6") D10(n "7") D10(n "8") D10(n "9")

/* A callsite of each class, in different blocks. */
DECLARE_DYNDBG_CLASSMAP(many_classes, DD_CLASS_TYPE_DISJOINT_BITS, 0,
			"FIRST", "SECOND", "THIRD");
static unsigned long classes;
static struct ddebug_class_param classes_param = {
	.bits = &classes,
	.flags = "pmf",
	.map = &many_classes,
};
module_param_cb(classes, &param_ops_dyndbg_classes, &classes_param, 0600);

static noinline void many_0(void) { D100("0") __pr_debug_cls(0, "first\n"); D100("1") D100("2") }
static noinline void many_3(void) { D100("3") D100("4") D100("5") }
#ifdef OTHER
static noinline void other(void) { D100("other 4") D10("other 5") }
#else
static void other(void) { }
#endif
static noinline void many_6(void) { D100("6") __pr_debug_cls(1, "second\n"); D100("7") D100("8") }
static noinline void many_9(void) { D100("9") __pr_debug_cls(2, "third\n"); }
static noinline void last_ten(void) { D10("last ") }

static int say_set(const char *val, const struct kernel_param *kp)
{
	many_3();
	last_ten();
	return 0;
}

static const struct kernel_param_ops say_ops = { .set = say_set };
module_param_cb(say, &say_ops, NULL, 0200);

static int linger_set(const char *val, const struct kernel_param *kp)
{
	unsigned int seconds;
	int err = kstrtouint(val, 0, &seconds);

	if (err)
		return err;
	many_3();
	ssleep(seconds);
	many_3();
	return 0;
}

static const struct kernel_param_ops linger_ops = { .set = linger_set };
module_param_cb(linger, &linger_ops, NULL, 0200);

static int __init many_init(void)
{
	many_0();
	many_3();
	other();
	many_6();
	many_9();
	return 0;
}

static void __exit many_exit(void) { }

module_init(many_init);
module_exit(many_exit);
MODULE_DESCRIPTION("A thousand dynamic debug callsites");
MODULE_LICENSE("GPL");
