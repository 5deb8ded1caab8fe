// SPDX-License-Identifier: GPL-2.0
/*
 * Callsites that count their own instructions, where the time stamp counter
 * ticks once an instruction: 1,000 in functions of ten; with FEW defined, ten.
 *
 * Reading the parameter "disabled" gives what 1,000 turns of a loop take that
 * calls a function with a callsite, and one without. Reading "enabled" gives the
 * least, the median and the most that one of the callsites takes, and what it
 * takes to call a function without one in the same way. Both with interrupts
 * off. Each of the callsites has the same format, so that all messages have the
 * same length; none has an argument to print.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sort.h>
#include <linux/timex.h>

/* the functions' names are of one length, too */
#define TEN(X, a)	X(a##0) X(a##1) X(a##2) X(a##3) X(a##4) \
			X(a##5) X(a##6) X(a##7) X(a##8) X(a##9)
#define HUNDRED(X, a)	TEN(X, a##0) TEN(X, a##1) TEN(X, a##2) TEN(X, a##3) \
			TEN(X, a##4) TEN(X, a##5) TEN(X, a##6) TEN(X, a##7) \
			TEN(X, a##8) TEN(X, a##9)
#ifdef FEW
#define FUNCTIONS(X)	X(f_00)
#else
#define FUNCTIONS(X)	HUNDRED(X, f_)
#endif

#define SAY(n)		case n: pr_debug("calls: a message " #n "\n"); break;
#define DEFINE(f)						\
	static noinline void f(unsigned int n)			\
	{							\
		switch (n) {					\
		SAY(0) SAY(1) SAY(2) SAY(3) SAY(4)		\
		SAY(5) SAY(6) SAY(7) SAY(8) SAY(9)		\
		}						\
	}
#define NAME(f)		f,

FUNCTIONS(DEFINE)
static noinline void no_callsite(unsigned int n) { barrier(); }

static void (*const functions[])(unsigned int) = { FUNCTIONS(NAME) };
static u32 took[10 * ARRAY_SIZE(functions)];

/* what the host compares, too */
noinline int calls_with(int *p);
noinline int calls_without(int *p);

noinline int calls_with(int *p)
{
	*p += 1;
	pr_debug("calls: %d\n", *p);
	return *p;
}

noinline int calls_without(int *p)
{
	*p += 1;
	return *p;
}

static u32 count_call(void (*function)(unsigned int), unsigned int n)
{
	unsigned long irqs;
	cycles_t start, end;

	local_irq_save(irqs);
	start = get_cycles();
	function(n);
	end = get_cycles();
	local_irq_restore(irqs);
	return end - start;
}

static int compare(const void *a, const void *b)
{
	return *(const s32 *)a - *(const s32 *)b;
}

static int enabled_get(char *buf, const struct kernel_param *kp)
{
	unsigned int i, n = ARRAY_SIZE(took);

	for (i = 0; i < n; i++)
		took[i] = count_call(functions[i / 10], i % 10);
	sort(took, n, sizeof(*took), compare, NULL);
	return sprintf(buf, "%u %u %u %u\n", took[0], took[n / 2], took[n - 1],
		       count_call(no_callsite, 0));
}

static const struct kernel_param_ops enabled_ops = { .get = enabled_get };
module_param_cb(enabled, &enabled_ops, NULL, 0400);

#define COUNT_LOOP(call)				\
	({						\
		unsigned long irqs;			\
		cycles_t start, end;			\
		int i, sum = 0;				\
							\
		local_irq_save(irqs);			\
		start = get_cycles();			\
		for (i = 0; i < 1000; i++)		\
			call(&sum);			\
		end = get_cycles();			\
		local_irq_restore(irqs);		\
		(u32)(end - start);			\
	})

static int disabled_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%u %u\n", COUNT_LOOP(calls_with),
		       COUNT_LOOP(calls_without));
}

static const struct kernel_param_ops disabled_ops = { .get = disabled_get };
module_param_cb(disabled, &disabled_ops, NULL, 0400);

static int __init calls_init(void) { return 0; }
static void __exit calls_exit(void) { }

module_init(calls_init);
module_exit(calls_exit);
MODULE_DESCRIPTION("Callsites that count their instructions");
MODULE_LICENSE("GPL");
