// SPDX-License-Identifier: GPL-2.0
/*
 * Objects in zsmalloc pools: each keeps what was written to it, whatever the sizes and
 * the order in which they come. A write to a parameter runs a test, and fails with
 * -EIO if something is not as it was:
 *
 * each		an object of each size up to N bytes, in a new pool: N in ascending order,
 *		-N descending
 * dense	no page is used while another has room, for each size
 * together	CPUs allocate their first objects in a new pool at the same time, so often
 * fragment	a pool of which most objects were freed, until the next write;
 *		"fragment" reads as the number of pages that compaction freed since
 * compact	compact that pool: at least so many pages were freed
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/zsmalloc.h>

#define SIZE_MIN	8
#define SIZE_MAX_	4072
#define FRAGMENTS	4000

static unsigned long handles[SIZE_MAX_ + 1];
static u8 buf[SIZE_MAX_];

static unsigned long allocate(struct zs_pool *pool, size_t size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return zs_malloc(pool, size, GFP_KERNEL | __GFP_HIGHMEM | __GFP_MOVABLE, NUMA_NO_NODE);
#else
	return zs_malloc(pool, size, GFP_KERNEL | __GFP_HIGHMEM | __GFP_MOVABLE);
#endif
}

static void pattern(size_t size, unsigned int seed)
{
	size_t i;

	for (i = 0; i < size; i++)
		buf[i] = (i ^ size ^ seed) * 2654435761U >> 13;
}

static void put(struct zs_pool *pool, unsigned long handle, size_t size, unsigned int seed)
{
	pattern(size, seed);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	zs_obj_write(pool, handle, buf, size);
#else
	memcpy(zs_map_object(pool, handle, ZS_MM_WO), buf, size);
	zs_unmap_object(pool, handle);
#endif
}

static bool is_there(struct zs_pool *pool, unsigned long handle, size_t size, unsigned int seed)
{
	static u8 copy[SIZE_MAX_];
	const void *data;
	bool same;

	pattern(size, seed);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	data = zs_obj_read_begin(pool, handle, size, copy);
	same = !memcmp(data, buf, size);
	zs_obj_read_end(pool, handle, size, (void *)data);
#else
	(void)copy;
	data = zs_map_object(pool, handle, ZS_MM_RO);
	same = !memcmp(data, buf, size);
	zs_unmap_object(pool, handle);
#endif
	if (!same)
		pr_err("an object of %zu bytes is not as it was\n", size);
	return same;
}

static int each_set(const char *val, const struct kernel_param *kp)
{
	struct zs_pool *pool;
	unsigned int size, i, largest;
	int n, err = kstrtoint(val, 0, &n);

	largest = abs(n);
	if (err || largest > SIZE_MAX_)
		return -EINVAL;
	pool = zs_create_pool("each");
	if (!pool)
		return -ENOMEM;
	for (i = SIZE_MIN; i <= largest; i++) {
		size = n > 0 ? i : SIZE_MIN + largest - i;
		handles[size] = allocate(pool, size);
		if (IS_ERR_VALUE(handles[size])) {
			handles[size] = 0;
			err = -ENOMEM;
			break;
		}
		put(pool, handles[size], size, 1);
	}
	for (size = SIZE_MIN; size <= largest; size++) {
		if (!handles[size])
			continue;
		if (!is_there(pool, handles[size], size, 1))
			err = -EIO;
		zs_free(pool, handles[size]);
		handles[size] = 0;
	}
	zs_destroy_pool(pool);
	return err;
}

static const struct kernel_param_ops each_ops = { .set = each_set };
module_param_cb(each, &each_ops, NULL, 0200);

/*
 * What the pages of one object have room for is there: sizes that share a class do so
 * only where that costs nothing.
 */
static int dense_size(unsigned int size)
{
	/* with its handle, in steps of a 256th of a page */
	unsigned int rounded = roundup(size + sizeof(long), PAGE_SIZE >> 8);
	struct zs_pool *pool = zs_create_pool("dense");
	unsigned long pages = 0;
	unsigned int i, nr = 1;
	int err = 0;

	if (!pool)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		handles[i] = allocate(pool, size);
		if (IS_ERR_VALUE(handles[i])) {
			handles[i] = 0;
			err = -ENOMEM;
			break;
		}
		if (!i) {
			pages = zs_get_total_pages(pool);
			nr = pages * PAGE_SIZE / rounded;
		}
	}
	if (!err && zs_get_total_pages(pool) != pages) {
		pr_err("%u objects of %u bytes do not fit in %lu pages\n", nr, size, pages);
		err = -EIO;
	}
	for (i = 0; i < nr; i++) {
		if (handles[i])
			zs_free(pool, handles[i]);
		handles[i] = 0;
	}
	zs_destroy_pool(pool);
	return err;
}

static int dense_set(const char *val, const struct kernel_param *kp)
{
	unsigned int size;
	int err = 0;

	for (size = 24; size <= SIZE_MAX_ && !err; size += 16)
		err = dense_size(size);
	return err;
}

static const struct kernel_param_ops dense_ops = { .set = dense_set };
module_param_cb(dense, &dense_ops, NULL, 0200);

/* Threads on all CPUs wait for the last of them, then allocate. */
struct together {
	struct zs_pool *pool;
	atomic_t waiting;
	atomic_t running;
	struct completion done;
};

struct one {
	struct together *all;
	size_t size;
	unsigned long handle;
};

static int together_thread(void *arg)
{
	struct one *one = arg;
	struct together *all = one->all;

	atomic_dec(&all->waiting);
	while (atomic_read(&all->waiting))
		cond_resched();
	one->handle = allocate(all->pool, one->size);
	if (atomic_dec_and_test(&all->running))
		complete(&all->done);
	return 0;
}

static int together_round(unsigned int round)
{
	unsigned int cpu, nr = num_online_cpus(), n = 0;
	struct together all = {
		.pool = zs_create_pool("together"),
		.waiting = ATOMIC_INIT(nr),
		.running = ATOMIC_INIT(nr),
	};
	struct one *ones = kcalloc(nr, sizeof(*ones), GFP_KERNEL);
	struct task_struct *task;
	int err = 0;

	init_completion(&all.done);
	if (!all.pool || !ones) {
		err = -ENOMEM;
		goto out;
	}
	for_each_online_cpu(cpu) {
		ones[n].all = &all;
		ones[n].size = 100 + round % 30 * 100;
		task = kthread_create(together_thread, &ones[n], "together%u", cpu);
		if (IS_ERR(task)) {
			/* the others must not wait for it */
			atomic_dec(&all.waiting);
			if (atomic_dec_and_test(&all.running))
				complete(&all.done);
			err = PTR_ERR(task);
		} else {
			kthread_bind(task, cpu);
			wake_up_process(task);
		}
		n++;
	}
	wait_for_completion(&all.done);
	for (n = 0; n < nr; n++) {
		if (!ones[n].handle || IS_ERR_VALUE(ones[n].handle)) {
			ones[n].handle = 0;
			err = err ?: -ENOMEM;
			continue;
		}
		put(all.pool, ones[n].handle, ones[n].size, n);
	}
	for (n = 0; n < nr; n++) {
		if (!ones[n].handle)
			continue;
		if (!is_there(all.pool, ones[n].handle, ones[n].size, n))
			err = -EIO;
		zs_free(all.pool, ones[n].handle);
	}
out:
	kfree(ones);
	if (all.pool)
		zs_destroy_pool(all.pool);
	return err;
}

static int together_set(const char *val, const struct kernel_param *kp)
{
	unsigned int rounds, i;
	int err = kstrtouint(val, 0, &rounds);

	cpus_read_lock();
	for (i = 0; i < rounds && !err; i++)
		err = together_round(i);
	cpus_read_unlock();
	return err;
}

static const struct kernel_param_ops together_ops = { .set = together_set };
module_param_cb(together, &together_ops, NULL, 0200);

/* Sizes that are far from the largest, so that there are none in most classes. */
static const size_t sizes[] = { 96, 400, 1100 };
static struct zs_pool *fragments;
static unsigned long fragment[ARRAY_SIZE(sizes)][FRAGMENTS];

static void free_fragments(void)
{
	unsigned int s, i;

	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (i = 0; i < FRAGMENTS; i++) {
			if (fragment[s][i])
				zs_free(fragments, fragment[s][i]);
			fragment[s][i] = 0;
		}
	}
	if (fragments)
		zs_destroy_pool(fragments);
	fragments = NULL;
}

static int fragment_set(const char *val, const struct kernel_param *kp)
{
	unsigned int s, i;

	free_fragments();
	fragments = zs_create_pool("fragments");
	if (!fragments)
		return -ENOMEM;
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (i = 0; i < FRAGMENTS; i++) {
			fragment[s][i] = allocate(fragments, sizes[s]);
			if (IS_ERR_VALUE(fragment[s][i])) {
				fragment[s][i] = 0;
				return -ENOMEM;
			}
			put(fragments, fragment[s][i], sizes[s], i);
		}
	}
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (i = 0; i < FRAGMENTS; i++) {
			if (i % 5 == 0)
				continue;
			zs_free(fragments, fragment[s][i]);
			fragment[s][i] = 0;
		}
	}
	return 0;
}

static int fragment_get(char *page, const struct kernel_param *kp)
{
	struct zs_pool_stats stats = {};

	if (fragments)
		zs_pool_stats(fragments, &stats);
	return sprintf(page, "%ld\n", atomic_long_read(&stats.pages_compacted));
}

static const struct kernel_param_ops fragment_ops = { .set = fragment_set, .get = fragment_get };
module_param_cb(fragment, &fragment_ops, NULL, 0600);

static int compact_set(const char *val, const struct kernel_param *kp)
{
	unsigned int s, i;
	unsigned long pages;
	int err = kstrtoul(val, 0, &pages);

	if (err)
		return err;
	if (!fragments)
		return -EINVAL;
	if (zs_compact(fragments) < pages)
		err = -EIO;
	for (s = 0; s < ARRAY_SIZE(sizes); s++)
		for (i = 0; i < FRAGMENTS; i++)
			if (fragment[s][i] && !is_there(fragments, fragment[s][i], sizes[s], i))
				err = -EIO;
	return err;
}

static const struct kernel_param_ops compact_ops = { .set = compact_set };
module_param_cb(compact, &compact_ops, NULL, 0200);

static int __init objects_init(void) { return 0; }
static void __exit objects_exit(void) { free_fragments(); }

module_init(objects_init);
module_exit(objects_exit);
MODULE_DESCRIPTION("Objects in zsmalloc pools");
MODULE_LICENSE("GPL");
