// SPDX-License-Identifier: GPL-2.0
/*
 * count TIMES write FILE KEY=TEXT...
 * count TIMES read FILE KEY=SIZE...
 * count TIMES load FILE KEY KEY
 * count TIMES refused KEY
 *
 * In the guest, where the time stamp counter ticks once an instruction: do that
 * TIMES times, in turns, and print how many instructions it took, as lines
 *
 *	@ KEY median
 *	@ KEY.spread most - least
 *
 * "write" writes each TEXT to FILE; "read" reads FILE to its end, SIZE bytes at a
 * time; "load" loads the module in FILE, the first KEY, and unloads it, the
 * second; "refused" asks for a module of a file that is not open, the shortest way
 * to a callsite of the kernel. Before each of them come three turns that do not
 * count. As "load" may wait for other processes or a grace period, it prints the
 * CPU time of this process, and KEY.wall, the median of ticks until it returned.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define KEYS	8
#define TIMES	1001
#define WARM	3

struct item {
	const char *key, *value;
	long ticks[TIMES], own[TIMES];
};

static struct item items[KEYS];
static const char *file;

static void die(const char *what)
{
	fprintf(stderr, "count: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long cpu_time(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t))
		die("clock_gettime");
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

static int open_or_die(int flags)
{
	int fd = open(file, flags | O_CLOEXEC);

	if (fd < 0)
		die(file);
	return fd;
}

static void do_nothing(const char *unused) { }

static void do_write(const char *text)
{
	int fd = open_or_die(O_WRONLY);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(text);
	close(fd);
}

static void do_read(const char *size)
{
	static char buf[1 << 20];
	size_t want = strtoul(size, NULL, 10);
	int fd = open_or_die(O_RDONLY);
	ssize_t n;

	while ((n = read(fd, buf, want)) > 0)
		;
	if (n < 0)
		die(file);
	close(fd);
}

static void do_load(const char *unused)
{
	int fd = open_or_die(O_RDONLY);

	if (syscall(SYS_finit_module, fd, "", 0))
		die(file);
	close(fd);
}

static void do_unload(const char *name)
{
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		die(name);
}

static void do_refused(const char *unused)
{
	syscall(SYS_finit_module, -1, "", 0);
}

static void count(struct item *item, int i, void (*operation)(const char *))
{
	long own = cpu_time();
	long ticks = __rdtsc();

	operation(item->value);
	ticks = __rdtsc() - ticks;
	own = cpu_time() - own;
	if (i >= 0) {
		item->ticks[i] = ticks;
		item->own[i] = own;
	}
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static long median(long *values, int times)
{
	qsort(values, times, sizeof(*values), compare);
	return values[times / 2];
}

static void print(const char *key, long *values, long *overhead, int times)
{
	long result = median(values, times) - median(overhead, times);

	printf("@ %s %ld\n@ %s.spread %ld\n", key, result, key, values[times - 1] - values[0]);
}

int main(int argc, char **argv)
{
	int i, j, times, first = 4, keys;
	void (*operation)(const char *) = NULL;
	static struct item nothing;
	const char *what, *slash;
	char *name = NULL, *p;

	if (argc < 4)
		goto usage;
	times = atoi(argv[1]);
	what = argv[2];
	file = argv[3];
	if (!strcmp(what, "write"))
		operation = do_write;
	else if (!strcmp(what, "read"))
		operation = do_read;
	else if (!strcmp(what, "load"))
		operation = do_load;
	else if (!strcmp(what, "refused"))
		operation = do_refused, first = 3;
	keys = argc - first;
	if (!operation || times < 1 || times > TIMES || keys < 1 || keys > KEYS ||
	    (operation == do_load && keys != 2))
		goto usage;

	for (j = 0; j < keys; j++) {
		items[j].key = argv[first + j];
		p = strchr(argv[first + j], '=');
		if (p)
			*p++ = '\0';
		items[j].value = p;
		if ((operation == do_write || operation == do_read) && !p)
			goto usage;
	}
	if (operation == do_load) {
		slash = strrchr(file, '/');
		name = strdup(slash ? slash + 1 : file);
		p = name ? strrchr(name, '.') : NULL;
		if (p)
			*p = '\0';
		for (p = name; p && *p; p++)
			if (*p == '-')
				*p = '_';
		items[1].value = name;
	}

	for (i = -WARM; i < times; i++)
		count(&nothing, i, do_nothing);
	for (i = -WARM; i < times; i++)
		for (j = 0; j < keys; j++)
			count(&items[j], i, operation == do_load && j ? do_unload : operation);

	for (j = 0; j < keys; j++) {
		if (operation != do_load) {
			print(items[j].key, items[j].ticks, nothing.ticks, times);
			continue;
		}
		print(items[j].key, items[j].own, nothing.own, times);
		printf("@ %s.wall %ld\n", items[j].key, median(items[j].ticks, times));
	}
	return 0;

usage:
	fprintf(stderr, "usage: see the top of count.c\n");
	return 2;
}
