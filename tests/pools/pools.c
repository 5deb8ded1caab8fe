// SPDX-License-Identifier: GPL-2.0
/*
 * What a zsmalloc pool takes: a write of N to the parameter "make" makes POOLS
 * pools, with an object of N bytes in each unless N is 0; so many that what
 * else happens to slab meanwhile hardly shows in the mean. They are there until
 * the next write, of -1 for example, which makes none, or the module is removed.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/version.h>
#include <linux/zsmalloc.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define zs_malloc(pool, size, gfp)	zs_malloc(pool, size, gfp, NUMA_NO_NODE)
#endif

#define POOLS	256

static struct zs_pool *pools[POOLS];
static unsigned long handles[POOLS];

static void remove_pools(void)
{
	int i;

	for (i = 0; i < POOLS; i++) {
		if (handles[i])
			zs_free(pools[i], handles[i]);
		if (pools[i])
			zs_destroy_pool(pools[i]);
		handles[i] = 0;
		pools[i] = NULL;
	}
}

static int make_set(const char *val, const struct kernel_param *kp)
{
	int bytes;
	char name[8];
	int i, err;

	err = kstrtoint(val, 0, &bytes);
	if (err)
		return err;
	remove_pools();
	for (i = 0; i < POOLS && bytes >= 0; i++) {
		snprintf(name, sizeof(name), "pool%03d", i);	/* all of one length */
		pools[i] = zs_create_pool(name);
		if (!pools[i])
			return -ENOMEM;
		if (!bytes)
			continue;
		handles[i] = zs_malloc(pools[i], bytes, GFP_KERNEL);
		if (IS_ERR_VALUE(handles[i])) {
			handles[i] = 0;
			return -ENOMEM;
		}
	}
	return 0;
}

static const struct kernel_param_ops make_ops = { .set = make_set };
module_param_cb(make, &make_ops, NULL, 0200);

static int pools_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%d\n", POOLS);
}

static const struct kernel_param_ops pools_ops = { .get = pools_get };
module_param_cb(pools, &pools_ops, NULL, 0400);

static int __init pools_init(void) { return 0; }
static void __exit pools_exit(void) { remove_pools(); }

module_init(pools_init);
module_exit(pools_exit);
MODULE_DESCRIPTION("Memory of zsmalloc pools");
MODULE_LICENSE("GPL");
