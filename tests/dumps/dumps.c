// SPDX-License-Identifier: GPL-2.0
/*
 * A message of each kind that flag d adds a stack trace to. A write to the parameter
 * "say" prints them; the last word of each names its kind. The module's init function
 * prints what a stack trace would show for the address of a site.
 */
#include <linux/device.h>
#include <linux/dynamic_debug.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <net/net_namespace.h>

static struct device *dev;

static int say_set(const char *val, const struct kernel_param *kp)
{
	pr_debug("dumps: pr_debug\n");
	pr_debug_ratelimited("dumps: pr_debug_ratelimited\n");
	dev_dbg(dev, "dumps: dev_dbg\n");
	dev_dbg_ratelimited(dev, "dumps: dev_dbg_ratelimited\n");
	netdev_dbg(init_net.loopback_dev, "dumps: netdev_dbg\n");
	print_hex_dump_debug("dumps: ", DUMP_PREFIX_NONE, 16, 1, "hex", 4, true);
	return 0;
}

static const struct kernel_param_ops say_ops = { .set = say_set };
module_param_cb(say, &say_ops, NULL, 0200);

static int __init dumps_init(void)
{
	DEFINE_DYNAMIC_DEBUG_METADATA(own, "own");

	pr_info("init: the site of %p is %pS\n", &own, &__dyndbg_site_own);
	dev = root_device_register("dumps");
	return PTR_ERR_OR_ZERO(dev);
}

static void __exit dumps_exit(void)
{
	root_device_unregister(dev);
}

module_init(dumps_init);
module_exit(dumps_exit);
MODULE_DESCRIPTION("Dynamic debug messages of all kinds");
MODULE_LICENSE("GPL");
