// SPDX-License-Identifier: GPL-2.0
/*
 * Callsites in every context that a message can come from. A write to the
 * parameter "go" reaches each of them at least once; "nmis" tells how many were
 * reached from NMI. The format of each tells its function, so that a line with
 * another function in front of it shows.
 */
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/context_tracking.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#ifdef CONFIG_X86_LOCAL_APIC
#include <asm/apic.h>
#include <asm/nmi.h>
#endif

/* Says in which function it is, and that it is where it thinks. */
#define say(condition)							\
	do {								\
		WARN_ON_ONCE(!(condition));				\
		pr_debug("contexts: %s\n", __func__);			\
	} while (0)

static atomic_t nmis;

static noinline void at_process(void) { say(!in_interrupt()); }
static noinline void at_preempt_off(void) { say(!preemptible()); }
static noinline void at_bh_off(void) { say(in_softirq()); }
static noinline void at_irqs_off(void) { say(irqs_disabled()); }
static noinline void at_spinlock(void) { say(!preemptible()); }
/* as from a cpuidle driver; where tracepoints check for RCU, printk() itself warns there */
#define idle	!IS_ENABLED(CONFIG_LOCKDEP)
static noinline void at_idle(void) { say(rcu_is_watching() == !idle); }
static noinline void at_rcu(void) { say(rcu_read_lock_held()); }
static noinline void at_timer(struct timer_list *t) { say(in_serving_softirq()); }
static noinline void at_tasklet(struct tasklet_struct *t) { say(in_serving_softirq()); }
static noinline void at_irq_work(struct irq_work *work) { say(in_hardirq()); }
static noinline void at_work(struct work_struct *work) { say(!in_interrupt()); }
static noinline void at_every_cpu(void *unused) { say(irqs_disabled()); }

static noinline enum hrtimer_restart at_hrtimer(struct hrtimer *t)
{
	say(in_hardirq());
	return HRTIMER_NORESTART;
}

static noinline int at_kthread(void *done)
{
	say(!in_interrupt());
	complete(done);
	return 0;
}

static DEFINE_TIMER(timer, at_timer);
static DECLARE_TASKLET(tasklet, at_tasklet);
static DEFINE_IRQ_WORK(irq_work, at_irq_work);
static DECLARE_WORK(work, at_work);
static DEFINE_RAW_SPINLOCK(lock);
static struct hrtimer hrtimer;

#ifdef CONFIG_X86_LOCAL_APIC
static cpumask_t nmi_pending;

static noinline int at_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!cpumask_test_and_clear_cpu(smp_processor_id(), &nmi_pending))
		return NMI_DONE;
	say(in_nmi());
	atomic_inc(&nmis);
	return NMI_HANDLED;
}

static void send_nmis(void)
{
	int cpu;

	/* a CPU that goes takes no NMI any more */
	cpus_read_lock();
	cpumask_copy(&nmi_pending, cpu_online_mask);
	for_each_online_cpu(cpu)
		apic->send_IPI(cpu, NMI_VECTOR);
	while (!cpumask_empty(&nmi_pending))
		cpu_relax();
	cpus_read_unlock();
}

static int start_nmis(void)
{
	return register_nmi_handler(NMI_LOCAL, at_nmi, 0, "dyndbg_contexts");
}

static void stop_nmis(void) { unregister_nmi_handler(NMI_LOCAL, "dyndbg_contexts"); }
#else
static void send_nmis(void) { }
static int start_nmis(void) { return 0; }
static void stop_nmis(void) { }
#endif

/* Parameters can be written before contexts_init() and during contexts_exit(). */
static DEFINE_MUTEX(ready_lock);
static bool ready;

static int go(void)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct task_struct *task;
	unsigned long flags;

	at_process();

	preempt_disable();
	at_preempt_off();
	preempt_enable();

	local_bh_disable();
	at_bh_off();
	local_bh_enable();

	local_irq_save(flags);
	at_irqs_off();
	local_irq_restore(flags);

	local_irq_save(flags);
	if (idle)
		ct_idle_enter();
	at_idle();
	if (idle)
		ct_idle_exit();
	local_irq_restore(flags);

	raw_spin_lock(&lock);
	at_spinlock();
	raw_spin_unlock(&lock);

	rcu_read_lock();
	at_rcu();
	rcu_read_unlock();

	mod_timer(&timer, jiffies);
	hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL_HARD);
	tasklet_schedule(&tasklet);
	irq_work_queue(&irq_work);
	schedule_work(&work);
	task = kthread_run(at_kthread, &done, "contexts");
	if (!IS_ERR(task))
		wait_for_completion(&done);
	on_each_cpu(at_every_cpu, NULL, 1);
	send_nmis();

	flush_work(&work);
	irq_work_sync(&irq_work);
	tasklet_unlock_wait(&tasklet);
	while (timer_pending(&timer) || hrtimer_active(&hrtimer))
		usleep_range(100, 1000);
	return PTR_ERR_OR_ZERO(task);
}

static int go_set(const char *val, const struct kernel_param *kp)
{
	int err = -ENODEV;

	mutex_lock(&ready_lock);
	if (ready)
		err = go();
	mutex_unlock(&ready_lock);
	return err;
}

static const struct kernel_param_ops go_ops = { .set = go_set };
module_param_cb(go, &go_ops, NULL, 0200);

static int nmis_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%d\n", atomic_read(&nmis));
}

static const struct kernel_param_ops nmis_ops = { .get = nmis_get };
module_param_cb(nmis, &nmis_ops, NULL, 0400);

static int __init contexts_init(void)
{
	int err;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer.function = at_hrtimer;
#else
	hrtimer_setup(&hrtimer, at_hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#endif
	err = start_nmis();
	mutex_lock(&ready_lock);
	ready = !err;
	mutex_unlock(&ready_lock);
	return err;
}

static void __exit contexts_exit(void)
{
	mutex_lock(&ready_lock);
	ready = false;
	mutex_unlock(&ready_lock);
	stop_nmis();
	hrtimer_cancel(&hrtimer);
	timer_delete_sync(&timer);
	tasklet_kill(&tasklet);
	irq_work_sync(&irq_work);
	cancel_work_sync(&work);
}

module_init(contexts_init);
module_exit(contexts_exit);
MODULE_DESCRIPTION("Dynamic debug callsites in every context");
MODULE_LICENSE("GPL");
