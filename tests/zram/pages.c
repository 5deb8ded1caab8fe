// SPDX-License-Identifier: GPL-2.0
/*
 * pages put|retry|fail|check FILE SEED COUNT ROUND: known data in the first COUNT pages of
 * FILE, a block device or a file, a page at a time. SEED says what is in a page: one word
 * all over, random bytes, or some of each, so that it takes any size when compressed.
 * In round 0 all pages are written. In round 1 every third is written anew, and every
 * fifth is discarded.
 *
 * put	write the pages of that round; a write that fails is an error
 * retry	a write that fails is repeated, up to a hundred times; prints how many failed
 * fail	allocations fail in each write (see the guest's fault injection); one that fails is
 *	repeated without that, and then is not to fail; prints how many failed
 * check	each page has what it is to have after that round
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/fs.h>

#include "../random.h"

#define PAGE	4096

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static bool anew(unsigned long page) { return page % 3 == 0; }
static bool discarded(unsigned long page) { return page % 5 == 1 && !anew(page); }

/* what is in the page after that round */
static void fill(uint64_t *data, uint64_t seed, unsigned long page, int round)
{
	uint64_t word;
	size_t i, words;

	memset(data, 0, PAGE);
	if (round && discarded(page))
		return;
	state = (seed * 2 + (round && anew(page)) + 1) * 0x9e3779b97f4a7c15ULL ^ (page + 1) * 0xbf58476d1ce4e5b9ULL;
	for (i = 0; i < 4; i++)
		next();
	switch (next() % 10) {
	case 0:
		words = 0;
		break;
	case 1:
		words = PAGE / sizeof(*data);
		break;
	default:
		words = 1 + next() % (PAGE / sizeof(*data));
	}
	word = next() % 4 ? next() : 0;
	for (i = 0; i < PAGE / sizeof(*data); i++)
		data[i] = i < words ? next() : word;
}

static bool write_page(int fd, bool device, const uint64_t *data, unsigned long page, bool discard)
{
	uint64_t range[2] = { page * PAGE, PAGE };

	if (discard && device)
		return !ioctl(fd, BLKDISCARD, range);
	return pwrite(fd, data, PAGE, page * PAGE) == PAGE;
}

static void make_it_fail(const char *value)
{
	int fd = open("/proc/self/make-it-fail", O_WRONLY);

	if (fd < 0 || write(fd, value, 1) != 1)
		die("make-it-fail");
	close(fd);
}

int main(int argc, char **argv)
{
	static uint64_t data[PAGE / 8] __attribute__((aligned(PAGE)));
	static uint64_t found[PAGE / 8] __attribute__((aligned(PAGE)));
	unsigned long page, count, wrong = 0, failed = 0;
	bool check, retry, fail, device, done;
	uint64_t seed;
	struct stat st;
	int fd, round, tries;

	if (argc != 6) {
		fprintf(stderr, "usage: pages put|retry|fail|check FILE SEED COUNT ROUND\n");
		return 2;
	}
	check = !strcmp(argv[1], "check");
	retry = !strcmp(argv[1], "retry");
	fail = !strcmp(argv[1], "fail");
	seed = strtoull(argv[3], NULL, 10);
	count = strtoul(argv[4], NULL, 10);
	round = atoi(argv[5]);
	fd = open(argv[2], O_RDWR | O_CREAT, 0600);
	if (fd < 0 || fstat(fd, &st))
		die(argv[2]);
	/* not from the page cache, and by this process */
	device = S_ISBLK(st.st_mode);
	if (device && fcntl(fd, F_SETFL, O_DIRECT))
		die("O_DIRECT");
	for (page = 0; page < count; page++) {
		fill(data, seed, page, round);
		if (check) {
			if (pread(fd, found, PAGE, page * PAGE) != PAGE)
				die("read");
			wrong += memcmp(data, found, PAGE) != 0;
			continue;
		}
		if (round && !anew(page) && !discarded(page))
			continue;
		if (fail)
			make_it_fail("1");
		done = write_page(fd, device, data, page, round && discarded(page));
		if (fail)
			make_it_fail("0");
		for (tries = 0; !done; tries++) {
			failed++;
			if (tries == (retry ? 100 : fail ? 1 : 0)) {
				fprintf(stderr, "page %lu: ", page);
				die("write");
			}
			if (retry)
				usleep(100000);
			done = write_page(fd, device, data, page, round && discarded(page));
		}
	}
	if (close(fd))
		die("close");
	if (retry || fail)
		printf("%lu\n", failed);
	if (wrong)
		fprintf(stderr, "%lu of %lu pages have other data\n", wrong, count);
	return wrong != 0;
}
