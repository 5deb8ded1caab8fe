// SPDX-License-Identifier: GPL-2.0
/*
 * A data race made on purpose, for KCSAN to find: a write of N to the parameter "go"
 * reads a variable N times while a thread writes it, both unmarked.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static unsigned int shared, seen;

static noinline void race_write(void) { shared++; }
static noinline void race_read(void) { seen += shared; }

static int race_thread(void *arg)
{
	while (!kthread_should_stop()) {
		race_write();
		cond_resched();
	}
	return 0;
}

static int go_set(const char *val, const struct kernel_param *kp)
{
	struct task_struct *task;
	unsigned int n;
	int err = kstrtouint(val, 0, &n);

	if (err)
		return err;
	task = kthread_run(race_thread, NULL, "race");
	if (IS_ERR(task))
		return PTR_ERR(task);
	while (n--) {
		race_read();
		cond_resched();
	}
	kthread_stop(task);
	return 0;
}

static const struct kernel_param_ops go_ops = { .set = go_set };
module_param_cb(go, &go_ops, NULL, 0200);

static int __init race_init(void) { return 0; }
static void __exit race_exit(void) { }

module_init(race_init);
module_exit(race_exit);
MODULE_DESCRIPTION("A data race on purpose");
MODULE_LICENSE("GPL");
