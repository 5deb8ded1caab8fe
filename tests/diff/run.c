// SPDX-License-Identifier: GPL-2.0
/*
 * run STREAM TABLE [dump=N] [fault=TEXT]: in the guest, run the steps of STREAM
 * and print a line for each, as soon as it is done:
 *
 *   = number value lines hash records hash
 *
 * value is what the step returned; the lines are those of control after it, the
 * records those that it left in the kernel's log. "dump=N" prints the control
 * (C) and the log (L) of step N in full before. "fault=TEXT" drops queries that
 * hold TEXT, and so plays a kernel that has a bug.
 *
 * A line of STREAM is "KIND OPERATION ARGUMENT", with %XX for odd bytes. TABLE
 * holds pairs of lines: a text that this kernel has only because its source
 * has other line numbers, and what to read instead.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTROL "/proc/dynamic_debug/control"
#define DEBUGFS "/sys/kernel/debug/dynamic_debug/control"
#define VERBOSE "/sys/module/dynamic_debug/parameters/verbose"
#define NO_POINTER "(____ptrval____)"	/* 16 bytes, too */
#define PARAMETERS "/sys/module/test_dynamic_debug/parameters/"

struct buf {
	char *data;
	size_t len, size;
};

static struct { char *from, *to; } table[1000];
static int pairs;
static struct buf control, held, log_lines;
static int kmsg, held_fd = -1;
static const char *fault;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static char *room(struct buf *b, size_t len)
{
	if (b->size < b->len + len + 1) {
		b->size = 2 * (b->len + len + 1);
		b->data = realloc(b->data, b->size);
		if (!b->data)
			die("realloc");
	}
	return b->data + b->len;
}

static void add(struct buf *b, const char *data, size_t len)
{
	memcpy(room(b, len), data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

static uint64_t hash(const struct buf *b)
{
	uint64_t h = 0xcbf29ce484222325;	/* FNV-1a */

	for (size_t i = 0; i < b->len; i++)
		h = (h ^ (unsigned char)b->data[i]) * 0x100000001b3;
	return h;
}

static int count_lines(const struct buf *b)
{
	int n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

static void read_all(int fd, struct buf *b)
{
	ssize_t n;

	while ((n = read(fd, room(b, 65536), 65536)) > 0)
		b->len += n;
	if (n < 0)
		add(b, "error\n", 6);
}

static void read_control(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY);

	b->len = 0;
	if (fd < 0)
		die(path);
	read_all(fd, b);
	close(fd);
}

/* a callsite's place is at the start of its line */
static void translate_control(struct buf *b)
{
	static struct buf out;
	struct buf swap;
	char *line, *end;
	int i;

	if (!pairs || !b->len)
		return;
	out.len = 0;
	for (line = b->data; line < b->data + b->len; line = end) {
		end = memchr(line, '\n', b->data + b->len - line);
		end = end ? end + 1 : b->data + b->len;
		for (i = 0; i < pairs; i++) {
			size_t n = strlen(table[i].from);

			if (*line == *table[i].from && (size_t)(end - line) > n &&
			    !memcmp(line, table[i].from, n)) {
				add(&out, table[i].to, strlen(table[i].to));
				line += n;
				break;
			}
		}
		add(&out, line, end - line);
	}
	swap = *b;
	*b = out;
	out = swap;
}

/* in the log it may be anywhere */
static void add_log(char *text)
{
	char *p;
	int i;

	while (*text) {
		for (i = 0; i < pairs; i++)
			if (*text == *table[i].from &&
			    !strncmp(text, table[i].from, strlen(table[i].from)))
				break;
		if (i < pairs) {
			add(&log_lines, table[i].to, strlen(table[i].to));
			text += strlen(table[i].from);
			continue;
		}
		/* the 16 digits of a pointer differ from boot to boot, if it has any yet */
		for (p = text; isxdigit((unsigned char)*p); p++)
			;
		if (!strncmp(text, NO_POINTER, strlen(NO_POINTER)))
			p = text + strlen(NO_POINTER);
		if (p - text == 16) {
			add(&log_lines, "POINTER", 7);
			text = p;
		} else {
			add(&log_lines, text++, 1);
		}
	}
}

/*
 * What other callsites of the kernel print, once they are on, comes when it
 * comes: only those are compared that a step itself makes print.
 */
static int matters(const char *text)
{
	return strstr(text, "dyndbg: ") || strstr(text, "test_dd: ") ||
	       strstr(text, "test_dynamic_debug") || strstr(text, "finit_module: fd=") ||
	       strstr(text, "WARNING: ") || strstr(text, "BUG: ");
}

/* The log up to the marker that we write behind the step; -1 if it overran. */
static int read_log(int number)
{
	char record[8192], marker[40], *text, *end;
	int records = 0, split = 0, overrun = 0, tries = 0;
	ssize_t n;

	log_lines.len = 0;
	n = sprintf(marker, "end of step %d\n", number);
	if (write(kmsg, marker, n) < 0)
		die("/dev/kmsg");
	marker[n - 1] = '\0';
	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE) {
			overrun = 1;
			continue;
		}
		/* somebody is still writing the record before it */
		if (n < 0 && errno == EAGAIN && tries++ < 10000) {
			usleep(1000);
			continue;
		}
		if (n < 0)
			die("/dev/kmsg");
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		end = strchr(++text, '\n');
		if (end)
			*end = '\0';
		if (!strcmp(text, marker))
			break;
		/* words that dynamic debug lists; others may have printed in between */
		if (split && text[-2] == 'c' && !strncmp(text, " \"", 2)) {
			log_lines.len--;
			add_log(text);
		} else if (matters(text)) {
			split = !!strstr(text, "split into words:");
			add(&log_lines, record, strcspn(record, ","));	/* level */
			add(&log_lines, ";", 1);
			add_log(text);
			records++;
		} else {
			continue;
		}
		add(&log_lines, "\n", 1);
	}
	return overrun ? -1 : records;
}

static long put(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY);
	long n;

	if (fd < 0)
		return -errno;
	n = write(fd, data, len);
	if (n < 0)
		n = -errno;
	close(fd);
	return n;
}

static long load(char *name)
{
	char path[100], *parameters = strchr(name, ' ');
	long rc;
	int fd;

	if (parameters)
		*parameters++ = '\0';
	snprintf(path, sizeof(path), "modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, parameters ? parameters : "", 0);
	if (rc < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static long get(const char *name)
{
	static struct buf value;
	char path[200];
	int fd;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	value.len = 0;
	read_all(fd, &value);
	close(fd);
	return hash(&value) >> 1;
}

/* Reads of odd sizes from odd places: how many differ from the whole? */
static long odd_reads(unsigned int seed)
{
	int i, fd = open(seed & 1 ? CONTROL : DEBUGFS, O_RDONLY);
	char data[10000];
	size_t place = 0;
	ssize_t n, size;
	long wrong = 0;

	if (fd < 0)
		return -errno;
	read_control(CONTROL, &control);
	for (i = 0; i < 50; i++) {
		seed = seed * 1103515245 + 12345;
		size = 1 + (seed >> 8) % (i % 2 ? 9999 : 300);
		if (i % 5 == 4) {
			place = (seed >> 4) % (control.len + 100);
			if (lseek(fd, place, SEEK_SET) != (off_t)place)
				wrong++;
		}
		n = read(fd, data, size);
		if (place >= control.len ? n != 0 :
		    n <= 0 || place + n > control.len || memcmp(data, control.data + place, n))
			wrong++;
		if (n > 0)
			place += n;
	}
	close(fd);
	return wrong;
}

/* A reader that has read some of control when other steps come ... */
static long hold(size_t size)
{
	ssize_t n;

	if (held_fd >= 0)
		close(held_fd);
	held_fd = open(CONTROL, O_RDONLY);
	if (held_fd < 0)
		return -errno;
	held.len = 0;
	while (held.len < size && (n = read(held_fd, room(&held, size), size - held.len)) > 0)
		held.len += n;
	return 0;
}

/* ... and goes on */
static long release(void)
{
	if (held_fd < 0)
		return -EBADF;
	read_all(held_fd, &held);
	close(held_fd);
	held_fd = -1;
	translate_control(&held);
	return hash(&held) >> 1;
}

static long step(char operation, char *argument, size_t len)
{
	char path[200], *value;

	switch (operation) {
	case 'w':
	case 'W':
		if (fault && memmem(argument, len, fault, strlen(fault)))
			return len;
		return put(operation == 'w' ? CONTROL : DEBUGFS, argument, len);
	case 'v':
		return put(VERBOSE, argument, len);
	case 'l':
		return load(argument);
	case 'u':
		return syscall(SYS_delete_module, argument, O_NONBLOCK) ? -errno : 0;
	case 'p':
		value = strchr(argument, ' ');
		if (!value)
			break;
		*value++ = '\0';
		snprintf(path, sizeof(path), PARAMETERS "%s", argument);
		return put(path, value, len - (value - argument));
	case 'g':
		return get(argument);
	case 'r':
		return odd_reads(strtoul(argument, NULL, 10));
	case 'o':
		return hold(strtoul(argument, NULL, 10));
	case 'c':
		return release();
	}
	return -ENOSYS;
}

/* %XX to bytes, in place */
static size_t decode(char *text)
{
	char *from = text, *to = text, hex[3] = "";

	while (*from) {
		if (*from == '%' && from[1] && from[2]) {
			memcpy(hex, from + 1, 2);
			*to++ = strtoul(hex, NULL, 16);
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return to - text;
}

static char *line_of(FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n = getline(&line, &size, f);

	if (n < 0)
		return NULL;
	if (line[n - 1] == '\n')
		line[n - 1] = '\0';
	return line;
}

/* print each line of b with the letter before it */
static void dump(char letter, const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		if (!i || b->data[i - 1] == '\n')
			printf("%c ", letter);
		putchar(b->data[i]);
	}
}

/*
 * Prefixes hold the thread's id: be the same one in every boot. Kernel threads
 * take few ids, so the thousandth is free.
 */
static void be_1000(void)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid) {
			if (getpid() < 1000)
				_exit(0);
			return;
		}
		if (waitpid(pid, &status, 0) < 0)
			die("waitpid");
		if (pid >= 1000)
			exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
	}
}

int main(int argc, char **argv)
{
	FILE *stream = argc > 2 ? fopen(argv[1], "r") : NULL;
	FILE *pair_file = argc > 2 ? fopen(argv[2], "r") : NULL;
	int number, records, dumped = -1;
	char *line, *p, *argument, operation;

	if (!stream || !pair_file) {
		fprintf(stderr, "usage: run STREAM TABLE [dump=N] [fault=TEXT]\n");
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		if (!strncmp(argv[i], "dump=", 5))
			dumped = atoi(argv[i] + 5);
		else if (!strncmp(argv[i], "fault=", 6))
			fault = argv[i] + 6;
	}
	while (pairs < 1000 && (table[pairs].from = line_of(pair_file)) &&
	       (table[pairs].to = line_of(pair_file)))
		pairs++;
	be_1000();
	kmsg = open("/dev/kmsg", O_RDWR | O_NONBLOCK);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		die("/dev/kmsg");
	for (number = 0; (line = line_of(stream)); number++) {
		long value;

		p = strchr(line, ' ');
		if (!p || !p[1]) {
			fprintf(stderr, "no step: %s\n", line);
			return 2;
		}
		operation = p[1];
		argument = p[2] ? p + 3 : p + 2;
		value = step(operation, argument, decode(argument));
		records = read_log(number);
		read_control(CONTROL, &control);
		translate_control(&control);
		if (number == dumped) {
			dump('C', &control);
			dump('L', &log_lines);
		}
		printf("= %d %ld %d %016llx %d %016llx\n", number, value,
		       count_lines(&control), (unsigned long long)hash(&control),
		       records, (unsigned long long)hash(&log_lines));
		fflush(stdout);
		free(line);
	}
	return 0;
}
