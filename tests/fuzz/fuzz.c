// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz SEED SECONDS START END CGROUP MODULE...: random operations on all of dynamic
 * debug that can be reached from outside, by several processes at once: right, wrong and
 * huge queries, reads of control in pieces, class parameters and verbosity, messages, the
 * MODULEs (files) that come and go with random dyndbg parameters. Others at the same time
 * make memory short and compact it, switch CPUs off and on, let allocations fail, and
 * limit the memory of CGROUP ('' if there is none), so that some of the processes are
 * killed in the middle. Allocations fail that have text from START to END on the stack,
 * and now and then any.
 *
 * Each process draws from a generator of its own that SEED starts: what they do is the
 * same each time, when they do it is not. Lines of control are checked; all else is for
 * the kernel's log, and for the caller to look at afterwards. Prints what was done.
 *
 * No query sets flag d: scripts/guest could not tell its stack traces from reports.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../random.h"

#define CONTROL		"/proc/dynamic_debug/control"
#define DEBUG		"/sys/kernel/debug/"
#define PARAMETERS	"/sys/module/%s/parameters/%s"
#define MAX_QUERY	70000
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define PICK(array)	((array)[rnd(COUNT(array))])

struct site {
	char *file, *module, *function, *format;
	unsigned int line;
};

struct count {
	long done, refused, no_memory, killed;
};

/* what all processes share */
static struct {
	struct count counts[32];
	long broken;
	/* held for reading by who loads a module, see faults() */
	pthread_rwlock_t loading;
} *shared;

static struct count *count;	/* of this process */
static struct site *sites;
static unsigned int nr_sites;
static char **modules;
static unsigned int nr_modules;
static char *text_start, *text_end, *cgroup;
static bool can_fail;	/* the kernel has fault injection */
static regex_t line_regex;
static time_t end;
static char query[MAX_QUERY + 1], data[MAX_QUERY + 1];
static size_t length;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* less than n */
static unsigned int rnd(unsigned int n)
{
	return (next() >> 32) % n;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void pause_ms(unsigned int ms)
{
	usleep(1000 * ms);
}

static long counted(long result)
{
	if (result >= 0)
		count->done++;
	else if (result == -ENOMEM)
		count->no_memory++;
	else
		count->refused++;
	return result;
}

static long put(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	long n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		n = -errno;
	close(fd);
	return n;
}

static void set(const char *path, const char *text)
{
	if (put(path, text, strlen(text)) < 0)
		die(path);
}

/* Queries */

static void add(const char *text, size_t len)
{
	if (len > MAX_QUERY - length)
		len = MAX_QUERY - length;
	memcpy(query + length, text, len);
	length += len;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char text[1000];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(text, strlen(text));
}

/* part of the text, with * or ? in it now and then, and quoted */
static void say_value(const char *text, bool wild)
{
	static const char *const quotes[] = { "", "", "", "\"", "'" };
	const char *quote = strpbrk(text, " \\") ? "'" : PICK(quotes);
	unsigned int len = strlen(text), from = rnd(len + 1), to = from + rnd(len - from + 1);

	add(quote, strlen(quote));
	switch (wild ? rnd(8) : 8) {
	case 0:
		say("%.*s*%s", (int)from, text, text + to);
		break;
	case 1:
		say("*%s", text + from);
		break;
	case 2:
		say("%.*s?%s", (int)from, text, from < len ? text + from + 1 : "");
		break;
	case 8:
		say("%s%.*s", rnd(4) ? "" : "^", (int)(to - from), text + from);
		break;
	default:
		say("%s", text);
	}
	add(quote, strlen(quote));
}

static void say_lines(unsigned int line)
{
	unsigned int a = rnd(200), b = rnd(200);

	switch (rnd(5)) {
	case 0:
		say("%u-%u", line > a ? line - a : 0, line + b);
		break;
	case 1:
		say("%u-", line);
		break;
	case 2:
		say("-%u", line);
		break;
	case 3:
		say("%u-%u", a * 10, b * 10);
		break;
	default:
		say("%u", line);
	}
}

static const char *const classes[] = {
	"D2_CORE", "D2_DRIVER", "D2_KMS", "D2_ATOMIC", "D2_DRMRES", "LOW", "MID", "HI", "V0", "V1", "V7",
	"L0", "L1", "L2", "L7", "FIRST", "SECOND", "THIRD", "NO_SUCH", "",
};

static void say_query(void)
{
	static const char *const ours[] = {
		"module test_dynamic_debug ", "module many ", "module contexts ", "module byhand ", "func last_ten ",
	};
	const struct site *site = &sites[rnd(nr_sites)];
	unsigned int n = rnd(4);
	/* to switch a thousand callsites takes long */
	bool broad = rnd(8);

	if (!rnd(3)) {
		say("%s", PICK(ours));
		broad = false;
	}
	while (n--) {
		switch (rnd(6)) {
		case 0:
			broad = false;
			say("func ");
			say_value(site->function, true);
			break;
		case 1:
			broad = false;
			say("file ");
			say_value(rnd(2) ? site->file : basename(site->file), true);
			if (!rnd(5))
				say(":%s", rnd(2) ? site->function : "1-500");
			break;
		case 2:
			say("module ");
			say_value(site->module, true);
			break;
		case 3:
			say("format ");
			say_value(site->format, false);
			break;
		case 4:
			say("line ");
			say_lines(site->line);
			break;
		default:
			say("class %s", PICK(classes));
		}
		say(" ");
	}
	say("%c", "+-="[rnd(3)]);
	for (n = rnd(5); n; n--)
		say("%c", broad ? "mfslt_"[rnd(6)] : "pmfslt_"[rnd(7)]);
}

/* what is wrong, too long, or just odd */
static void say_rubbish(void)
{
	static const char *const rubbish[] = {
		"", " ", ";", "#", "+", "=q", "++p", "+p +p", "module", "module +p", "func 'x", "\"", "'' ''", "+p x",
		"line 5-3 +p", "line abc +p", "line -1-2 +p", "line 4294967296 +p", "line 1 line 2 +p", "line '' -m",
		"file a file b +p", "file : +p", "file '' +p", "file x.c:5 line 7 +p", "class L1 class L2 +p",
		"format '\\' +p", "format \\x +p", "format ^ -p", "format \\142 +s", "module ***** -p",
		"a b c d e f g h i j k", "module a func b file c line 1 format e class f +p", "# module main +p",
	};
	static const unsigned int lengths[] = { 4094, 4095, 4096, 4097, 5000, 8192, MAX_QUERY };
	static const char *const parts[] = { "x", " ", ";", "\n", "a ", "*", "+p;", "\\101", "func no_such +p;" };
	unsigned int n;

	switch (rnd(4)) {
	case 0:
		say("%s", PICK(rubbish));
		break;
	case 1:
		n = PICK(lengths);
		if (rnd(2))
			say("format '");
		for (const char *part = PICK(parts); length < n; )
			say("%s", part);
		length = n;
		break;
	case 2:
		for (n = rnd(300); n; n--)
			say("%c", 1 + rnd(255));
		break;
	default:
		/* a query with some bytes changed, lost or put in */
		say_query();
		for (n = 1 + rnd(3); n && length; n--) {
			size_t at = rnd(length);

			if (!rnd(3))
				query[at] = rnd(256);
			else if (rnd(2))
				memmove(query + at, query + at + 1, --length - at);
			else
				query[at] = " \"'\\;#*?:-+=\n\t_^"[rnd(16)];
		}
	}
}

/* the next query, or some; without flag d, wherever flags may be */
static void make_query(void)
{
	bool flags = false;

	length = 0;
	if (!rnd(3)) {
		say_rubbish();
	} else {
		say_query();
		while (!rnd(3)) {
			say("%c", ";\n"[rnd(2)]);
			say_query();
		}
	}
	for (size_t i = 0; i < length; i++) {
		if (strchr("+-=", query[i]) && query[i])
			flags = true;
		else if (strchr(" \t\n\v\f\r;", query[i]))
			flags = false;
		else if (flags && query[i] == 'd')
			query[i] = '_';
	}
	query[length] = '\0';
}

static void queries(void)
{
	make_query();
	counted(put(rnd(2) ? CONTROL : DEBUG "dynamic_debug/control", query, length));
}

/* Class parameters, verbosity */

static void parameters(void)
{
	static const char *const names[] = {
		"p_disjoint_bits", "T_disjoint_bits", "p_disjoint_names", "T_disjoint_names",
		"p_level_num", "T_level_num", "p_level_names", "T_level_names",
	};
	char path[200];
	unsigned int n;

	if (!rnd(8)) {
		/* mostly silent: a query that changes a lot says a lot */
		n = sprintf(data, "%d", rnd(3) ? 0 : (int)rnd(6) - 1);
		counted(put("/sys/module/dynamic_debug/parameters/verbose", data, n));
		return;
	}
	length = 0;
	switch (rnd(4)) {
	case 0:
		say("%u", rnd(1 << rnd(31)));
		break;
	case 1:
		say("0x%x", rnd(~0U));
		break;
	case 2:
		for (n = 1 + rnd(4); n; n--)
			say("%s%s%s", rnd(2) ? "+" : "-", PICK(classes), n > 1 ? "," : "");
		break;
	default:
		make_query();
	}
	if (rnd(6))
		snprintf(path, sizeof(path), PARAMETERS, "test_dynamic_debug", PICK(names));
	else
		snprintf(path, sizeof(path), PARAMETERS, "many", "classes");
	counted(put(path, query, length));
}

/* Messages */

static void messages(void)
{
	static const char *const names[][2] = {
		{ "test_dynamic_debug", "do_prints" }, { "many", "say" }, { "contexts", "go" },
	};
	const char *const *name = PICK(names);
	char path[200];

	snprintf(path, sizeof(path), PARAMETERS, name[0], name[1]);
	/* when no module is there, there is little to do */
	if (counted(put(path, "1", 1)) == -ENOENT)
		pause_ms(5);
}

/* Reads */

static void check_line(char *line)
{
	const char *module;
	unsigned int i;

	if (*line == '#')
		return;
	if (regexec(&line_regex, line, 0, NULL, 0)) {
		printf("# no line of control: %.300s\n", line);
		__atomic_add_fetch(&shared->broken, 1, __ATOMIC_RELAXED);
	} else if (!strncmp(line, "<no-site>:", 10)) {
		/* only a module that was loaded meanwhile may have had no memory */
		module = strchr(line, '[') + 1;
		for (i = 0; i < nr_modules; i++) {
			const char *name = basename(modules[i]);
			size_t len = strlen(name) - strlen(".ko");

			if (!strncmp(module, name, len) && module[len] == ']')
				return;
		}
		printf("# a site was lost: %.300s\n", line);
		__atomic_add_fetch(&shared->broken, 1, __ATOMIC_RELAXED);
	}
}

/* all of control, in pieces, with or without pauses */
static void read_lines(void)
{
	int fd = open(rnd(2) ? CONTROL : DEBUG "dynamic_debug/control", O_RDONLY);
	size_t size = 16 + rnd(rnd(2) ? 500 : 9000), len = 0;
	unsigned int pause = size > 2000 ? rnd(2) * rnd(50) : 0;
	char *line, *eol;
	ssize_t n;

	if (fd < 0) {
		counted(-errno);
		return;
	}
	while ((n = read(fd, data + len, size)) > 0 && now() < end) {
		len += n;
		data[len] = '\0';
		for (line = data; (eol = strchr(line, '\n')); line = eol + 1) {
			*eol = '\0';
			check_line(line);
		}
		len -= line - data;
		memmove(data, line, len);
		if (pause)
			pause_ms(pause);
	}
	counted(n < 0 ? -errno : 0);
	close(fd);
}

static void reads(void)
{
	static const char *const files[] = {
		CONTROL, CONTROL, CONTROL, DEBUG "dynamic_debug/control", DEBUG "dynamic_debug/memory",
		DEBUG "zsmalloc/dyndbg/classes", "/sys/module/test_dynamic_debug/parameters/p_disjoint_bits",
		"/sys/module/test_dynamic_debug/parameters/T_level_names", "/sys/module/many/parameters/classes",
		"/sys/module/test_dynamic_debug/parameters/do_prints", "/sys/module/dynamic_debug/parameters/verbose",
	};
	static const off_t far[] = { -1, 0, 1, 0x7fffffff, 0x80000000, 0x7fffffffffffffff };
	const char *path = PICK(files);
	unsigned int n;
	off_t at;
	int fd;

	if (!rnd(3)) {
		read_lines();
		return;
	}
	fd = open(path, O_RDONLY);
	if (fd < 0) {
		counted(-errno);
		return;
	}
	for (n = 1 + rnd(10); n; n--) {
		at = rnd(5) ? rnd(200000) : PICK(far);
		if (rnd(2))
			counted(pread(fd, data, rnd(MAX_QUERY), at) < 0 ? -errno : 0);
		else
			counted(lseek(fd, at, SEEK_SET) < 0 || read(fd, data, 1 + rnd(5000)) < 0 ? -errno : 0);
	}
	close(fd);
}

/* Modules */

static void load(const char *path)
{
	int fd;

	length = 0;
	if (rnd(3)) {
		make_query();
		/* the parameter's own quotes */
		snprintf(data, 2000, "dyndbg=%s%.1800s%s", rnd(8) ? "\"" : "", query, rnd(8) ? "\"" : "");
	} else {
		strcpy(data, rnd(2) ? "" : "dyndbg=+pmfsl");
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	counted(syscall(SYS_finit_module, fd, data, 0) ? -errno : 0);
	close(fd);
}

static void loads(void)
{
	const char *path = modules[rnd(nr_modules)], *file = basename(path);
	char name[100];

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(file) - strlen(".ko")), file);
	pthread_rwlock_rdlock(&shared->loading);
	if (rnd(2))
		load(path);
	else
		counted(syscall(SYS_delete_module, name, rnd(4) ? O_NONBLOCK : 0) ? -errno : 0);
	pthread_rwlock_unlock(&shared->loading);
	pause_ms(rnd(100));
}

/* Memory */

static long available_mib(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[200];
	long kib = 0;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "MemAvailable: %ld kB", &kib);
	if (f)
		fclose(f);
	return kib / 1024;
}

/* memory gets short, and is compacted */
static void pressure(void)
{
	long mib = available_mib() * rnd(80) / 100;
	int fd = open("/tmp/ballast", O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		die("/tmp/ballast");
	memset(data, 1, 1 << 16);
	for (; mib > 0 && now() < end; mib--)
		for (int i = 0; i < 16; i++)
			if (write(fd, data, 1 << 16) < 0)
				break;
	close(fd);
	unlink("/tmp/ballast");
	put("/proc/sys/vm/drop_caches", rnd(2) ? "2" : "3", 1);
	put("/proc/sys/vm/compact_memory", "1", 1);
	counted(0);
	pause_ms(rnd(3000));
}

static void set_faults(const char *name, const char *value)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	char path[200];

	for (unsigned int i = 0; i < COUNT(kinds); i++) {
		snprintf(path, sizeof(path), DEBUG "%s/%s", kinds[i], name);
		set(path, value);
	}
}

/*
 * Allocations fail at random in the processes that are for it: those of dynamic debug,
 * with its text on the stack; for a while any. Then no module is loaded, because the
 * module loader warns if some of its own fail.
 */
static void faults(void)
{
	char probability[20];

	if (!can_fail) {
		pause_ms(1000);
		return;
	}
	sprintf(probability, "%u", rnd(3) ? rnd(30) : 0);
	set_faults("probability", probability);
	pause_ms(200 + rnd(1500));
	if (rnd(2))
		return;
	sprintf(probability, "%u", 1 + rnd(8));
	pthread_rwlock_wrlock(&shared->loading);
	set_faults("probability", probability);
	set_faults("require-start", "0");
	set_faults("require-end", "0xffffffffffffffff");
	pause_ms(200 + rnd(800));
	set_faults("probability", "0");
	set_faults("require-start", text_start);
	set_faults("require-end", text_end);
	pthread_rwlock_unlock(&shared->loading);
	counted(0);
}

static void set_limit(const char *value)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/memory.max", cgroup);
	if (*cgroup)
		set(path, value);
}

/* some of the processes have little memory for a while, and are killed if it's too little */
static void limits(void)
{
	if (!*cgroup) {
		pause_ms(1000);
		return;
	}
	sprintf(data, "%u", (100 + rnd(2000)) << 10);
	set_limit(data);
	counted(0);
	pause_ms(rnd(300));
	set_limit("max");
	pause_ms(rnd(4000));
}

/* CPUs */

static void cpus(void)
{
	char path[100];
	long n = sysconf(_SC_NPROCESSORS_CONF);

	if (n < 2)
		return;
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", 1 + rnd(n - 1));
	counted(put(path, "0", 1));
	pause_ms(rnd(1000));
	while (put(path, "1", 1) < 0)
		pause_ms(1);
	pause_ms(rnd(3000));
}

static const struct worker {
	const char *name;
	void (*step)(void);
	bool fails;	/* some of its allocations */
	bool limited;	/* its memory */
} workers[] = {
	{ "queries", queries, true, false },
	{ "queries, little memory", queries, true, true },
	{ "parameters", parameters, true, true },
	{ "reads", reads, false, false },
	{ "reads, little memory", reads, true, true },
	{ "messages", messages, true, false },
	{ "modules", loads, true, false },
	{ "modules, the same", loads, true, false },
	{ "short memory", pressure, false, false },
	{ "allocations fail", faults, false, false },
	{ "memory limits", limits, false, false },
	{ "CPUs off and on", cpus, false, false },
};

static pid_t start(unsigned int nr, uint64_t seed)
{
	const struct worker *worker = &workers[nr];
	char path[200];
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	/* far apart from each other, and from those of other seeds */
	state = (seed * COUNT(workers) + nr + 1) * 0x9e3779b97f4a7c15ULL;
	count = &shared->counts[nr];
	if (worker->limited && *cgroup) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
		set(path, "0");
	}
	if (worker->fails && can_fail)
		set("/proc/self/make-it-fail", "1");
	while (now() < end)
		worker->step();
	exit(0);
}

/* what there is to ask for: the callsites as they are now */
static void read_sites(void)
{
	FILE *f = fopen(CONTROL, "r");
	char *line = NULL;
	size_t size = 0;

	if (!f)
		die(CONTROL);
	while (getline(&line, &size, f) > 0) {
		struct site site;
		char *quote = strrchr(line, '"');

		if (quote)
			*quote = '\0';
		if (sscanf(line, "%m[^:]:%u [%m[^]]]%ms =%*s \"%m[^\n]", &site.file, &site.line, &site.module,
			   &site.function, &site.format) != 5)
			continue;
		sites = realloc(sites, (nr_sites + 1) * sizeof(*sites));
		if (!sites)
			die("sites");
		sites[nr_sites++] = site;
	}
	free(line);
	fclose(f);
	if (!nr_sites) {
		fprintf(stderr, "no callsites\n");
		exit(2);
	}
}

static void init_shared(void)
{
	pthread_rwlockattr_t attr;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&shared->loading, &attr);
}

static void init_faults(void)
{
	can_fail = !access(DEBUG "failslab/require-start", F_OK);
	if (!can_fail)
		return;
	set_faults("probability", "0");
	set_faults("verbose", "0");
	set_faults("times", "-1");
	set_faults("task-filter", "Y");
	set_faults("ignore-gfp-wait", "N");
	set_faults("require-start", text_start);
	set_faults("require-end", text_end);
	set(DEBUG "fail_page_alloc/min-order", "0");
	set(DEBUG "fail_page_alloc/ignore-gfp-highmem", "N");
}

int main(int argc, char **argv)
{
	static const char format[] =
		"^[^ ]+:[0-9]+ \\[[^ ]+\\][^ ]+ =[a-z_]+ \".*\"( class:[A-Z0-9_]+| class unknown, _id:[0-9]+)?$";
	pid_t pids[COUNT(workers)];
	unsigned int i, left = COUNT(workers);
	uint64_t seed;
	int status, failed = 0;

	if (argc < 7) {
		fprintf(stderr, "usage: fuzz SEED SECONDS START END CGROUP MODULE...\n");
		return 2;
	}
	seed = strtoull(argv[1], NULL, 10);
	text_start = argv[3];
	text_end = argv[4];
	cgroup = argv[5];
	modules = argv + 6;
	nr_modules = argc - 6;
	if (regcomp(&line_regex, format, REG_EXTENDED | REG_NOSUB))
		die("regcomp");
	read_sites();
	init_shared();
	init_faults();
	end = now() + atoi(argv[2]);
	for (i = 0; i < COUNT(workers); i++)
		pids[i] = start(i, seed);
	while (left) {
		pid_t pid = wait(&status);

		if (pid < 0)
			die("wait");
		for (i = 0; i < COUNT(workers) && pids[i] != pid; i++)
			;
		if (i == COUNT(workers))
			continue;
		if (workers[i].limited && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
			shared->counts[i].killed++;
			if (now() < end) {
				pids[i] = start(i, seed + shared->counts[i].killed);
				continue;
			}
		} else if (status) {
			printf("# %s ended with status 0x%x\n", workers[i].name, status);
			failed = 1;
		}
		left--;
	}
	if (can_fail)
		set_faults("probability", "0");
	set_limit("max");
	for (i = 0; i < COUNT(workers); i++) {
		struct count *c = &shared->counts[i];

		printf("# %s: %ld done, %ld refused, %ld without memory, %ld killed\n", workers[i].name,
		       c->done, c->refused, c->no_memory, c->killed);
	}
	return failed || shared->broken;
}
