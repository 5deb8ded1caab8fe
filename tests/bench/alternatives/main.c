// SPDX-License-Identifier: GPL-2.0
/*
 * What else could have been done with the sites of dynamic debug, on the same data.
 *
 * The parameter "sites" names a file of struct _ddebug_site, as sites.py writes
 * it.  A write of a name in alternatives[] to "make" builds COPIES of that
 * alternative, so many that what else happens to slab meanwhile hardly shows in
 * the mean, and reads every site back; a write of "none" drops them.  Reading
 * "report" then tells, of one copy, what slabinfo can't, and times lookups.
 *
 * Whatever might flatter our own blocks is left out, whatever helps the others
 * is in: arrays take whole pages where kmalloc() would round up to a power of
 * two, blocks are compressed as hard as can be and share one size class.  The
 * roots of all alternatives, a pointer or three each, are in struct copy, which
 * is not counted.  Nor is what percpu memory a pool's caches take.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel_read_file.h>
#include <linux/ktime.h>
#include <linux/lz4.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <linux/zsmalloc.h>
#include <linux/zstd.h>

#include "dynamic_debug_codec.h"
/* struct ddebug_sites and struct ddebug_block, as the series has them */
#include "packed.h"

#define COPIES	32
#define LOOPS	5

/* Records in a block before it is compressed: 4 KiB of them, where that is fixed. */
#define RAW_SIZE	4096
#define RAW_MAX		(16 * RAW_SIZE)

enum column { MODNAME, FUNCTION, FILENAME, FORMAT, NR_POINTERS, LINE = NR_POINTERS };

#define NAMES	(BIT(MODNAME) | BIT(FUNCTION) | BIT(FILENAME))
#define REST	(BIT(FORMAT) | BIT(LINE))
#define ALL	(NAMES | REST)

struct site {
	unsigned long pointer[NR_POINTERS];
	u32 line;
};

/* As sites.py writes it. */
struct file_site {
	unsigned long desc;
	struct site site;
};

/* A compressed block in the pool; a multiple of 8 bytes, as small as can be. */
struct block {
	unsigned long handle;
	u32 first;
	u16 size;
};

/* A record of fixed size: a table of files has the names of file and module. */
struct fixed {
	s32 format;
	s32 function;
	u32 line:18;
	u32 file:14;
};

struct fixed_file {
	s32 filename;
	s32 modname;
};

/* Callsites from @first on have the same name, up to the next interval. */
struct interval {
	u64 name;
	u32 first;
} __packed;

static_assert(sizeof(struct fixed) == 12 && sizeof(struct interval) == 12);

struct copy {
	char name[16];
	struct zs_pool *pool;
	unsigned long *handles;
	struct maple_tree tree[FILENAME + 1];
	unsigned long *formats;
	u32 *lines;
	struct block *blocks;
	struct fixed *fixed;
	struct fixed_file *files;
	struct ddebug_sites packed;
};

/* A block in the making, the same for all copies. */
struct draft {
	u32 first;
	u32 count;
	u32 size;
	u8 data[RAW_SIZE + 512];
};

struct alternative {
	const char *name;
	unsigned int columns;
	int (*draft)(void);
	int (*build)(struct copy *copy);
	void (*drop)(struct copy *copy);
	void (*get)(const struct copy *copy, unsigned int i, struct site *site);
};

static char *path;
module_param_named(sites, path, charp, 0400);

static struct site *sites;
static unsigned int nr_sites;
static unsigned long base;
static u32 *order;

static struct copy copies[COPIES];
static const struct alternative *now;

static struct draft *drafts;
static unsigned int nr_drafts, max_drafts;

static u8 *raw_block;
static void *cctx_space, *dctx_space;
static zstd_dctx *dctx;

/* bytes of arrays that are not in slab, of all copies */
static size_t array_bytes;

static size_t site_size(void)
{
	return now->columns == ALL ? sizeof(struct site) : offsetof(struct site, pointer[FORMAT]);
}

static void *array_alloc(size_t size)
{
	if (size <= PAGE_SIZE)
		return kmalloc(size, GFP_KERNEL);
	array_bytes += PAGE_ALIGN(size);
	return alloc_pages_exact(size, GFP_KERNEL);
}

static void array_free(void *array, size_t size)
{
	if (size <= PAGE_SIZE) {
		kfree(array);
	} else if (array) {
		array_bytes -= PAGE_ALIGN(size);
		free_pages_exact(array, size);
	}
}

/* An array of records: what lookups cost at least. */

static int raw_build(struct copy *copy)
{
	return 0;
}

static void raw_drop(struct copy *copy) { }

static void raw_get(const struct copy *copy, unsigned int i, struct site *site)
{
	memcpy(site, &sites[i], site_size());
}

/* A zsmalloc pool, alone, and with an object for each record. */

static int pool_build(struct copy *copy)
{
	copy->pool = zs_create_pool(copy->name);
	return copy->pool ? 0 : -ENOMEM;
}

static void pool_drop(struct copy *copy)
{
	if (copy->pool)
		zs_destroy_pool(copy->pool);
	copy->pool = NULL;
}

/* The interface of zsmalloc before it has objects, and after. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
static unsigned long pool_malloc(const struct copy *copy, size_t room)
{
	return zs_malloc(copy->pool, room, GFP_KERNEL | __GFP_HIGHMEM | __GFP_MOVABLE);
}

static void pool_write(const struct copy *copy, unsigned long handle, const void *data, size_t size)
{
	memcpy(zs_map_object(copy->pool, handle, ZS_MM_WO), data, size);
	zs_unmap_object(copy->pool, handle);
}

static void *pool_map(const struct copy *copy, unsigned long handle, size_t size)
{
	return zs_map_object(copy->pool, handle, ZS_MM_RO);
}

static void pool_unmap(const struct copy *copy, unsigned long handle, size_t size, void *data)
{
	zs_unmap_object(copy->pool, handle);
}
#else
static u8 across_pages[PAGE_SIZE];

static unsigned long pool_malloc(const struct copy *copy, size_t room)
{
	return zs_malloc(copy->pool, room, GFP_KERNEL | __GFP_HIGHMEM | __GFP_MOVABLE, NUMA_NO_NODE);
}

static void pool_write(const struct copy *copy, unsigned long handle, const void *data, size_t size)
{
	zs_obj_write(copy->pool, handle, (void *)data, size);
}

static void *pool_map(const struct copy *copy, unsigned long handle, size_t size)
{
	return zs_obj_read_begin(copy->pool, handle, size, across_pages);
}

static void pool_unmap(const struct copy *copy, unsigned long handle, size_t size, void *data)
{
	zs_obj_read_end(copy->pool, handle, size, data);
}
#endif

/* Returns a handle, or 0; @room is what the object has room for. */
static unsigned long pool_add(struct copy *copy, const void *data, size_t size, size_t room)
{
	unsigned long handle;

	handle = pool_malloc(copy, room);
	if (IS_ERR_VALUE(handle))
		return 0;
	pool_write(copy, handle, data, size);
	return handle;
}

static int object_build(struct copy *copy)
{
	unsigned int i;

	copy->handles = array_alloc(nr_sites * sizeof(*copy->handles));
	if (!copy->handles)
		return -ENOMEM;
	memset(copy->handles, 0, nr_sites * sizeof(*copy->handles));
	if (pool_build(copy))
		return -ENOMEM;
	for (i = 0; i < nr_sites; i++) {
		copy->handles[i] = pool_add(copy, &sites[i], site_size(), site_size());
		if (!copy->handles[i])
			return -ENOMEM;
	}
	return 0;
}

static void object_drop(struct copy *copy)
{
	unsigned int i;

	for (i = 0; copy->handles && i < nr_sites; i++)
		if (copy->handles[i])
			zs_free(copy->pool, copy->handles[i]);
	array_free(copy->handles, nr_sites * sizeof(*copy->handles));
	copy->handles = NULL;
	pool_drop(copy);
}

static void object_get(const struct copy *copy, unsigned int i, struct site *site)
{
	void *data = pool_map(copy, copy->handles[i], site_size());

	memcpy(site, data, site_size());
	pool_unmap(copy, copy->handles[i], site_size(), data);
}

/* Records of 12 bytes, and a table of files. */

static unsigned int nr_files;

static bool other_file(unsigned int i)
{
	return sites[i].pointer[FILENAME] != sites[i - 1].pointer[FILENAME] ||
	       sites[i].pointer[MODNAME] != sites[i - 1].pointer[MODNAME];
}

static int fixed_build(struct copy *copy)
{
	unsigned int i, n = 0;

	nr_files = 1;
	for (i = 1; i < nr_sites; i++)
		nr_files += other_file(i);
	if (nr_files > 1 << 14)
		return -ENOSPC;
	copy->fixed = array_alloc(nr_sites * sizeof(*copy->fixed));
	copy->files = array_alloc(nr_files * sizeof(*copy->files));
	if (!copy->fixed || !copy->files)
		return -ENOMEM;
	for (i = 0; i < nr_sites; i++) {
		const unsigned long *p = sites[i].pointer;

		if (i)
			n += other_file(i);
		copy->files[n].filename = p[FILENAME] - base;
		copy->files[n].modname = p[MODNAME] - base;
		copy->fixed[i].format = p[FORMAT] - base;
		copy->fixed[i].function = p[FUNCTION] - base;
		copy->fixed[i].line = sites[i].line;
		copy->fixed[i].file = n;
	}
	return 0;
}

static void fixed_drop(struct copy *copy)
{
	array_free(copy->fixed, nr_sites * sizeof(*copy->fixed));
	array_free(copy->files, nr_files * sizeof(*copy->files));
	copy->fixed = NULL;
	copy->files = NULL;
}

static void fixed_get(const struct copy *copy, unsigned int i, struct site *site)
{
	const struct fixed *fixed = &copy->fixed[i];
	const struct fixed_file *file = &copy->files[fixed->file];

	site->pointer[MODNAME] = base + file->modname;
	site->pointer[FILENAME] = base + file->filename;
	site->pointer[FUNCTION] = base + fixed->function;
	site->pointer[FORMAT] = base + fixed->format;
	site->line = fixed->line;
}

/* Formats and lines, of alternatives that are for names. */
static int rest_build(struct copy *copy)
{
	unsigned int i;

	if (!(now->columns & REST))
		return 0;
	copy->formats = array_alloc(nr_sites * sizeof(*copy->formats));
	copy->lines = array_alloc(nr_sites * sizeof(*copy->lines));
	if (!copy->formats || !copy->lines)
		return -ENOMEM;
	for (i = 0; i < nr_sites; i++) {
		copy->formats[i] = sites[i].pointer[FORMAT];
		copy->lines[i] = sites[i].line;
	}
	return 0;
}

static void rest_drop(struct copy *copy)
{
	array_free(copy->formats, nr_sites * sizeof(*copy->formats));
	array_free(copy->lines, nr_sites * sizeof(*copy->lines));
	copy->formats = NULL;
	copy->lines = NULL;
}

static void rest_get(const struct copy *copy, unsigned int i, struct site *site)
{
	if (!(now->columns & REST))
		return;
	site->pointer[FORMAT] = copy->formats[i];
	site->line = copy->lines[i];
}

/* A maple tree for each column of names, a range for each run of equal ones. */

static int maple_build(struct copy *copy)
{
	unsigned int first, last;
	unsigned long value;
	enum column column;
	int err;

	for (column = MODNAME; column <= FILENAME; column++) {
		mt_init(&copy->tree[column]);
		if (!(now->columns & BIT(column)))
			continue;
		for (first = 0; first < nr_sites; first = last + 1) {
			value = sites[first].pointer[column];
			last = first;
			while (last + 1 < nr_sites && sites[last + 1].pointer[column] == value)
				last++;
			err = mtree_store_range(&copy->tree[column], first, last,
						(void *)value, GFP_KERNEL);
			if (err)
				return err;
		}
	}
	return rest_build(copy);
}

static void maple_drop(struct copy *copy)
{
	enum column column;

	for (column = MODNAME; column <= FILENAME; column++)
		mtree_destroy(&copy->tree[column]);
	rest_drop(copy);
}

static void maple_get(const struct copy *copy, unsigned int i, struct site *site)
{
	struct maple_tree *tree = (struct maple_tree *)copy->tree;
	enum column column;

	for (column = MODNAME; column <= FILENAME; column++)
		if (now->columns & BIT(column))
			site->pointer[column] = (unsigned long)mtree_load(&tree[column], i);
	rest_get(copy, i, site);
}

/* Compressed blocks of records in the pool. */

/* Returns the size of @count records from @first, compressed; 0 if that is above @room. */
typedef size_t (*compress_t)(unsigned int first, unsigned int count, void *to, size_t room);

static void raw_records(unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		memcpy(raw_block + i * site_size(), &sites[first + i], site_size());
}

static size_t lz4_compress(unsigned int first, unsigned int count, void *to, size_t room)
{
	raw_records(first, count);
	return LZ4_compress_default(raw_block, to, count * site_size(), room, cctx_space);
}

static zstd_parameters zstd_hardest(size_t size)
{
	return zstd_get_params(zstd_max_clevel(), size);
}

static size_t zstd_cctx_space(void)
{
	zstd_parameters params = zstd_hardest(RAW_MAX);

	return zstd_cctx_workspace_bound(&params.cParams);
}

/* What is in raw_block; 0 if that is above @room when it is compressed. */
static size_t zstd_compress_raw(size_t raw, void *to, size_t room)
{
	zstd_parameters params = zstd_hardest(raw);
	zstd_cctx *cctx = zstd_init_cctx(cctx_space, zstd_cctx_space());
	size_t size = zstd_compress_cctx(cctx, to, room, raw_block, raw, &params);

	return zstd_is_error(size) ? 0 : size;
}

static size_t zstd_compress(unsigned int first, unsigned int count, void *to, size_t room)
{
	raw_records(first, count);
	return zstd_compress_raw(count * site_size(), to, room);
}

static struct draft *next_draft(unsigned int first)
{
	struct draft *draft = &drafts[nr_drafts];

	if (nr_drafts == max_drafts)
		return NULL;
	nr_drafts++;
	draft->first = first;
	return draft;
}

/* Blocks of as many records as have RAW_SIZE. */
static int draft_raw_size(compress_t compress)
{
	unsigned int first, count;
	struct draft *draft;

	for (first = 0; first < nr_sites; first += count) {
		draft = next_draft(first);
		if (!draft)
			return -ENOSPC;
		count = min_t(unsigned int, nr_sites - first, RAW_SIZE / site_size());
		draft->count = count;
		draft->size = compress(first, count, draft->data, sizeof(draft->data));
		if (!draft->size)
			return -ENOSPC;
	}
	return 0;
}

/* Blocks of as many records as compress into the size of our own blocks. */
static int draft_filled(compress_t compress)
{
	unsigned int first, most, count = RAW_SIZE / site_size();
	struct draft *draft;

	for (first = 0; first < nr_sites; first += count) {
		draft = next_draft(first);
		if (!draft)
			return -ENOSPC;
		most = min_t(unsigned int, nr_sites - first, RAW_MAX / site_size());
		count = min(count, most);
		while (count < most && compress(first, count + 1, draft->data, DDEBUG_BLOCK_SIZE))
			count++;
		for (; count; count--) {
			draft->size = compress(first, count, draft->data, DDEBUG_BLOCK_SIZE);
			if (draft->size)
				break;
		}
		if (!count)
			return -ENOSPC;
		draft->count = count;
	}
	return 0;
}

static int lz4_draft(void)
{
	return draft_filled(lz4_compress);
}

static int lz4_4k_draft(void)
{
	return draft_raw_size(lz4_compress);
}

static int zstd_draft(void)
{
	return draft_filled(zstd_compress);
}

static int zstd_4k_draft(void)
{
	return draft_raw_size(zstd_compress);
}

static int blocks_build(struct copy *copy)
{
	const struct draft *draft;
	struct block *block;
	u32 room = 0;

	for (draft = drafts; draft < drafts + nr_drafts; draft++)
		room = max(room, draft->size);
	copy->blocks = kcalloc(nr_drafts, sizeof(*copy->blocks), GFP_KERNEL);
	if (!copy->blocks || pool_build(copy))
		return -ENOMEM;
	for (draft = drafts, block = copy->blocks; draft < drafts + nr_drafts; draft++, block++) {
		block->handle = pool_add(copy, draft->data, draft->size, room);
		if (!block->handle)
			return -ENOMEM;
		block->first = draft->first;
		block->size = draft->size;
	}
	return 0;
}

static void blocks_drop(struct copy *copy)
{
	unsigned int i;

	for (i = 0; copy->blocks && i < nr_drafts; i++)
		if (copy->blocks[i].handle)
			zs_free(copy->pool, copy->blocks[i].handle);
	kfree(copy->blocks);
	copy->blocks = NULL;
	pool_drop(copy);
}

static const struct block *block_find(const struct copy *copy, unsigned int i)
{
	unsigned int lo = 0, hi = nr_drafts, mid;

	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (copy->blocks[mid].first <= i)
			lo = mid;
		else
			hi = mid;
	}
	return &copy->blocks[lo];
}

static void lz4_get(const struct copy *copy, unsigned int i, struct site *site)
{
	const struct block *block = block_find(copy, i);
	void *data = pool_map(copy, block->handle, block->size);
	size_t offset = (i - block->first) * site_size();

	/* LZ4 can stop behind the record */
	LZ4_decompress_safe_partial(data, raw_block, block->size, offset + site_size(), RAW_MAX);
	pool_unmap(copy, block->handle, block->size, data);
	memcpy(site, raw_block + offset, site_size());
}

static void zstd_get(const struct copy *copy, unsigned int i, struct site *site)
{
	const struct block *block = block_find(copy, i);
	void *data = pool_map(copy, block->handle, block->size);

	zstd_decompress_dctx(dctx, raw_block, RAW_MAX, data, block->size);
	pool_unmap(copy, block->handle, block->size, data);
	memcpy(site, raw_block + (i - block->first) * site_size(), site_size());
}

/* A list of intervals for each column of names, compressed 4 KiB at a time. */

#define INTERVALS	(RAW_SIZE / sizeof(struct interval))

/* list_end[column]: the first draft behind its list */
static unsigned int list_end[FILENAME + 1];

static int intervals_draft(void)
{
	struct interval *intervals = (struct interval *)raw_block;
	enum column column;
	struct draft *draft;
	unsigned int i;

	for (column = MODNAME; column <= FILENAME; column++) {
		for (i = 0; i < nr_sites; ) {
			draft = next_draft(i);
			if (!draft)
				return -ENOSPC;
			for (draft->count = 0; i < nr_sites && draft->count < INTERVALS; draft->count++) {
				intervals[draft->count].first = i;
				intervals[draft->count].name = sites[i].pointer[column];
				do
					i++;
				while (i < nr_sites && sites[i].pointer[column] == sites[i - 1].pointer[column]);
			}
			draft->size = zstd_compress_raw(draft->count * sizeof(*intervals),
							draft->data, sizeof(draft->data));
			if (!draft->size)
				return -ENOSPC;
		}
		list_end[column] = nr_drafts;
	}
	return 0;
}

static int intervals_build(struct copy *copy)
{
	return rest_build(copy) ?: blocks_build(copy);
}

static void intervals_drop(struct copy *copy)
{
	rest_drop(copy);
	blocks_drop(copy);
}

static void intervals_get(const struct copy *copy, unsigned int i, struct site *site)
{
	const struct interval *intervals = (struct interval *)raw_block;
	const struct block *block;
	unsigned int lo, hi, mid;
	enum column column;
	void *data;

	for (column = MODNAME; column <= FILENAME; column++) {
		block = &copy->blocks[list_end[column] - 1];
		while (block->first > i)
			block--;
		data = pool_map(copy, block->handle, block->size);
		hi = zstd_decompress_dctx(dctx, raw_block, RAW_MAX, data, block->size) / sizeof(*intervals);
		pool_unmap(copy, block->handle, block->size, data);
		for (lo = 0; hi - lo > 1; ) {
			mid = (lo + hi) / 2;
			if (intervals[mid].first <= i)
				lo = mid;
			else
				hi = mid;
		}
		site->pointer[column] = intervals[lo].name;
	}
	rest_get(copy, i, site);
}

/* The blocks of the series, built as ddebug_sites_add() does. */

static int packed_draft(void)
{
	static struct ddebug_packer packer;
	struct draft *draft;
	unsigned int i;
	int err;

	for (i = 0; i < nr_sites; ) {
		draft = next_draft(i);
		if (!draft)
			return -ENOSPC;
		ddebug_pack_start(&packer, base);
		for (err = 0; i < nr_sites; i++) {
			struct ddebug_row row = {
				.modname = sites[i].pointer[MODNAME],
				.function = sites[i].pointer[FUNCTION],
				.filename = sites[i].pointer[FILENAME],
				/* where they are not wanted: to say "the same" takes a byte each */
				.format = base,
			};

			if (now->columns & REST) {
				row.format = sites[i].pointer[FORMAT];
				row.line = sites[i].line;
			}
			err = ddebug_pack_row(&packer, &row);
			if (err)
				break;
		}
		if (err && err != -ENOSPC)
			return err;
		draft->count = packer.count;
		draft->size = ddebug_pack_end(&packer);
		memcpy(draft->data, packer.data, draft->size);
	}
	return 0;
}

static int packed_build(struct copy *copy, bool pool)
{
	const struct draft *draft, *tail = &drafts[nr_drafts - 1];
	size_t array = nr_drafts * sizeof(struct ddebug_block);
	bool shared = kmalloc_size_roundup(array + tail->size) <=
		      kmalloc_size_roundup(array) + kmalloc_size_roundup(tail->size);
	struct ddebug_sites *packed = &copy->packed;
	struct ddebug_block *block;

	packed->blocks = kzalloc(shared ? array + tail->size : array, GFP_KERNEL);
	if (!packed->blocks || (pool && pool_build(copy)))
		return -ENOMEM;
	packed->num = nr_sites;
	for (draft = drafts, block = packed->blocks; draft <= tail; draft++, block++) {
		packed->nr_blocks++;
		block->first = draft->first;
		block->size = draft->size;
		block->shared = shared && draft == tail;
		if (block->shared)
			block->data = memcpy(&packed->blocks[nr_drafts], draft->data, draft->size);
		else if (pool && draft->size > DDEBUG_BLOCK_SIZE / 2)
			block->handle = pool_add(copy, draft->data, draft->size, DDEBUG_BLOCK_SIZE);
		else
			block->data = kmemdup(draft->data, draft->size, GFP_KERNEL);
		if (!block->handle && !block->data)
			return -ENOMEM;
	}
	return 0;
}

static int packed_slab_build(struct copy *copy)
{
	return packed_build(copy, false);
}

static int packed_pool_build(struct copy *copy)
{
	return packed_build(copy, true);
}

static void packed_drop(struct copy *copy)
{
	struct ddebug_block *block = copy->packed.blocks;

	for (; block < copy->packed.blocks + copy->packed.nr_blocks; block++) {
		if (block->handle)
			zs_free(copy->pool, block->handle);
		else if (!block->shared)
			kfree(block->data);
	}
	kfree(copy->packed.blocks);
	copy->packed = (struct ddebug_sites){};
	pool_drop(copy);
}

static void packed_get(const struct copy *copy, unsigned int i, struct site *site)
{
	const struct ddebug_sites *packed = &copy->packed;
	const struct ddebug_block *block = packed->blocks + packed->nr_blocks - 1;
	unsigned int end = packed->num, row;
	struct ddebug_reader reader;
	void *data;
	int err;

	for (; block->first > i; block--)
		end = block->first;
	row = i - block->first;
	data = (void *)block->data ?: pool_map(copy, block->handle, block->size);
	err = ddebug_read_start(&reader, base, data, block->size, end - block->first,
				row / DDEBUG_GROUP);
	for (row %= DDEBUG_GROUP; !err && !(err = ddebug_read_row(&reader)) && row; row--)
		;
	if (!err) {
		site->pointer[MODNAME] = reader.state.row.modname;
		site->pointer[FUNCTION] = reader.state.row.function;
		site->pointer[FILENAME] = reader.state.row.filename;
		site->pointer[FORMAT] = reader.state.row.format;
		site->line = reader.state.row.line;
	}
	if (!block->data)
		pool_unmap(copy, block->handle, block->size, data);
}

#define BOTH(name, ...)		{ name, ALL, __VA_ARGS__ }, { name ".names", NAMES, __VA_ARGS__ }
#define MAPLE(name, columns)	{ "maple." name, columns, NULL, maple_build, maple_drop, maple_get }

static const struct alternative alternatives[] = {
	BOTH("raw", NULL, raw_build, raw_drop, raw_get),
	{ "pool", 0, NULL, pool_build, pool_drop },
	BOTH("object", NULL, object_build, object_drop, object_get),
	BOTH("maple", NULL, maple_build, maple_drop, maple_get),
	MAPLE("module", BIT(MODNAME)),
	MAPLE("function", BIT(FUNCTION)),
	MAPLE("file", BIT(FILENAME)),
	MAPLE("rest", REST),
	BOTH("lz4", lz4_draft, blocks_build, blocks_drop, lz4_get),
	BOTH("lz4-4k", lz4_4k_draft, blocks_build, blocks_drop, lz4_get),
	BOTH("zstd", zstd_draft, blocks_build, blocks_drop, zstd_get),
	BOTH("zstd-4k", zstd_4k_draft, blocks_build, blocks_drop, zstd_get),
	BOTH("intervals", intervals_draft, intervals_build, intervals_drop, intervals_get),
	{ "fixed", ALL, NULL, fixed_build, fixed_drop, fixed_get },
	BOTH("packed-slab", packed_draft, packed_slab_build, packed_drop, packed_get),
	BOTH("packed-pool", packed_draft, packed_pool_build, packed_drop, packed_get),
};

static bool same(const struct site *a, const struct site *b)
{
	enum column column;

	for (column = MODNAME; column < NR_POINTERS; column++)
		if (now->columns & BIT(column) && a->pointer[column] != b->pointer[column])
			return false;
	return !(now->columns & BIT(LINE)) || a->line == b->line;
}

static int check(const struct copy *copy)
{
	struct site found;
	unsigned int i;

	for (i = 0; now->columns && i < nr_sites; i++) {
		memset(&found, 0xff, sizeof(found));
		now->get(copy, i, &found);
		if (!same(&found, &sites[i])) {
			pr_err("%s: site %u is not as it was\n", now->name, i);
			return -EBADMSG;
		}
	}
	return 0;
}

static void drop_copies(void)
{
	unsigned int i;

	for (i = 0; now && i < COPIES; i++)
		now->drop(&copies[i]);
	now = NULL;
}

static int make_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;
	int err = 0;

	drop_copies();
	if (sysfs_streq(val, "none"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(alternatives) && !now; i++)
		if (sysfs_streq(val, alternatives[i].name))
			now = &alternatives[i];
	if (!now)
		return -EINVAL;

	nr_drafts = 0;
	if (now->draft)
		err = now->draft();
	for (i = 0; i < COPIES && !err; i++)
		err = now->build(&copies[i]);
	if (!err)
		err = check(&copies[0]) ?: check(&copies[COPIES - 1]);
	if (err)
		drop_copies();
	return err;
}

static const struct kernel_param_ops make_ops = { .set = make_set };
module_param_cb(make, &make_ops, NULL, 0200);

/*
 * Wait until all that kfree_rcu() is to free is free, which takes five seconds;
 * to let a command do so means to fork, and that is noise itself.
 */
static int settle_set(const char *val, const struct kernel_param *kp)
{
	ssleep(6);
	return 0;
}

static const struct kernel_param_ops settle_ops = { .set = settle_set };
module_param_cb(settle, &settle_ops, NULL, 0200);

static int cmp_u64(const void *a, const void *b)
{
	return *(const u64 *)a < *(const u64 *)b ? -1 : *(const u64 *)a > *(const u64 *)b;
}

/* "KEY tenths" as a line with one decimal */
static int put_tenths(char *buf, const char *key, u64 ns)
{
	u64 tenths = div_u64(ns * 10, nr_sites);
	u32 tenth = do_div(tenths, 10);

	return sprintf(buf, "%s %llu.%u\n", key, tenths, tenth);
}

static int report_get(char *buf, const struct kernel_param *kp)
{
	size_t pages = array_bytes, payload = 0, raw = 0;
	unsigned int i, loop, len = 0;
	struct site found;
	u64 ns[LOOPS];

	if (!now)
		return -ENODATA;
	for (i = 0; i < COPIES; i++)
		if (copies[i].pool)
			pages += zs_get_total_pages(copies[i].pool) * PAGE_SIZE;
	len += sprintf(buf + len, "pages %zu\n", pages / COPIES);
	if (now->draft) {
		for (i = 0; i < nr_drafts; i++) {
			payload += drafts[i].size;
			raw = max(raw, drafts[i].count * site_size());
		}
		len += sprintf(buf + len, "blocks %u\npayload %zu\n", nr_drafts, payload);
	}
	if (now->get == lz4_get)
		len += sprintf(buf + len, "workspace %zu\n", raw);
	if (now->get == zstd_get)
		len += sprintf(buf + len, "workspace %zu\n", raw + zstd_dctx_workspace_bound());
	if (!now->get)
		return len;

	for (loop = 0; loop < LOOPS; loop++) {
		ns[loop] = ktime_get_ns();
		for (i = 0; i < nr_sites; i++)
			now->get(&copies[0], order[i], &found);
		ns[loop] = ktime_get_ns() - ns[loop];
	}
	sort(ns, LOOPS, sizeof(*ns), cmp_u64, NULL);
	len += put_tenths(buf + len, "lookup", ns[LOOPS / 2]);
	len += put_tenths(buf + len, "spread", ns[LOOPS - 1] - ns[0]);
	return len;
}

static const struct kernel_param_ops report_ops = { .get = report_get };
module_param_cb(report, &report_ops, NULL, 0400);

static int names_get(char *buf, const struct kernel_param *kp)
{
	unsigned int i, len = 0;

	for (i = 0; i < ARRAY_SIZE(alternatives); i++)
		len += sprintf(buf + len, "%s\n", alternatives[i].name);
	return len;
}

static const struct kernel_param_ops names_ops = { .get = names_get };
module_param_cb(names, &names_ops, NULL, 0400);

static int copies_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%d\n", COPIES);
}

static const struct kernel_param_ops copies_ops = { .get = copies_get };
module_param_cb(copies, &copies_ops, NULL, 0400);

static void free_all(void)
{
	vfree(sites);
	vfree(order);
	vfree(drafts);
	vfree(raw_block);
	vfree(cctx_space);
	vfree(dctx_space);
}

static int __init read_sites(void)
{
	struct file_site *file = NULL;
	struct rnd_state rnd;
	unsigned int i;
	ssize_t size;

	/* for lack of a better one: IPE, in Debian's kernels, warns of READING_UNKNOWN */
	size = kernel_read_file_from_path(path ?: "", 0, (void **)&file, INT_MAX, NULL,
					  READING_POLICY);
	if (size < 0)
		return size;
	nr_sites = size / sizeof(*file);
	if (!nr_sites || size % sizeof(*file)) {
		vfree(file);
		return -EINVAL;
	}
	sites = vzalloc(array_size(nr_sites, sizeof(*sites)));
	order = vmalloc(array_size(nr_sites, sizeof(*order)));
	if (!sites || !order) {
		vfree(file);
		return -ENOMEM;
	}
	base = file[0].desc;
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < nr_sites; i++) {
		unsigned int j = prandom_u32_state(&rnd) % (i + 1);

		sites[i] = file[i].site;
		order[i] = order[j];
		order[j] = i;
	}
	vfree(file);
	return 0;
}

static int __init alternatives_init(void)
{
	int err = read_sites();
	unsigned int i;

	if (err)
		goto out;
	/* no block has less than a dozen records */
	max_drafts = nr_sites / 12 + 1;
	drafts = vmalloc(array_size(max_drafts, sizeof(*drafts)));
	raw_block = vmalloc(RAW_MAX);
	cctx_space = vmalloc(max_t(size_t, LZ4_MEM_COMPRESS, zstd_cctx_space()));
	dctx_space = vmalloc(zstd_dctx_workspace_bound());
	err = -ENOMEM;
	if (!drafts || !raw_block || !cctx_space || !dctx_space)
		goto out;
	dctx = zstd_init_dctx(dctx_space, zstd_dctx_workspace_bound());
	if (!dctx)
		goto out;
	for (i = 0; i < COPIES; i++)
		snprintf(copies[i].name, sizeof(copies[i].name), "alternative%u", i);
	return 0;
out:
	free_all();
	return err;
}

static void __exit alternatives_exit(void)
{
	drop_copies();
	free_all();
}

module_init(alternatives_init);
module_exit(alternatives_exit);
MODULE_DESCRIPTION("Memory of alternatives to packed dynamic debug sites");
MODULE_LICENSE("GPL");
