/* SPDX-License-Identifier: MIT */
#include "forked.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "contract/child_wait.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/verdict/stack_text.h"

enum { STACKS_BYTES = 1 << 15 };

static uint32_t begun; /* forks of this schedule, in the parent */
static int is_child;
static int busy; /* it is about to tell: what it waits for meanwhile is not judged */
static struct sw_child_wait *entry; /* of this child; NULL: it has none */
static volatile sig_atomic_t signals; /* that have come */
static char stacks[STACKS_BYTES]; /* of its parent's threads, as they were */

/* ---- the fork ---- */

void sw_forked_prepare(void)
{
    if (is_child)
        sw_forked_leaves();
    else if (sw_engine_self() != NULL)
        begun++;
}

void sw_forked_parent(void)
{
    struct sw_control_shm *shm = sw_engine_shm();

    /* Of the child before, whose number this one has: SW_CHILD_WAITS_MAX are enough. */
    if (!is_child && sw_engine_self() != NULL && begun <= SW_CHILD_WAITS_MAX)
        shm->child_count = begun;
}

static struct sw_child_wait *take_entry(void)
{
    if (is_child || begun == 0 || begun > SW_CHILD_WAITS_MAX)
        return NULL;
    struct sw_child_wait *mine = &sw_engine_shm()->children[begun - 1];
    mine->for_ever = mine->has_children = mine->disturbed = 0;
    __atomic_store_n(&mine->pid, SW_REAL(getpid)(), __ATOMIC_RELEASE);
    return mine;
}

/* Now, since the interpreter is about to forget the threads that are not here.  Alone it was nobody
 * else who could hold anything. */
static void keep_stacks(void)
{
    stacks[0] = '\0';
    if (entry != NULL && sw_engine.live_count > 1)
        sw_stack_text_take(stacks, sizeof stacks);
}

void sw_forked_child(void)
{
    entry = take_entry();
    is_child = 1;
    busy = 0;
    keep_stacks();
}

void sw_forked_restart(void)
{
    begun = 0;
    sw_engine_shm()->child_count = 0;
    for (int i = 0; i < SW_CHILD_WAITS_MAX; i++)
        sw_engine_shm()->children[i].pid = 0;
}

int sw_forked_is(void)
{
    return is_child;
}

void sw_forked_leaves(void)
{
    if (entry != NULL)
        entry->has_children = 1;
}

/* ---- what it knows of an object ---- */

static void set_holder(const void *address, uint32_t holder)
{
    struct sw_object *object = is_child ? sw_sync_objects_find(address) : NULL;

    if (object != NULL)
        object->holder = holder;
}

void sw_forked_made(const void *address)
{
    if (is_child)
        sw_sync_objects_remove(address);
}

void sw_forked_took(const void *address)
{
    set_holder(address, sw_engine.current != NULL ? sw_engine.current->ordinal : SW_OBJECT_NOBODY);
}

void sw_forked_released(const void *address)
{
    set_holder(address, SW_OBJECT_NOBODY);
}

/* ---- does it wait for ever? ---- */

static int is_alone(void)
{
    struct stat status;

    /* Each thread is a directory, and a directory's links are "..", "." and these. */
    return SW_REAL(stat)("/proc/self/task", &status) == 0 && status.st_nlink == 3;
}

/* Whose signal might release it. */
static int has_timers(void)
{
    struct itimerval value;
    char one;

    for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
        if (getitimer(which, &value) != 0 || value.it_value.tv_sec != 0 ||
            value.it_value.tv_usec != 0)
            return 1;
    int fd = (int)SW_REAL(open)("/proc/self/timers", O_RDONLY | O_CLOEXEC);
    int some = fd >= 0 && SW_REAL(read)(fd, &one, 1) > 0;
    if (fd >= 0)
        SW_REAL(close)(fd);
    return some;
}

static void describe(struct sw_object *object, enum sw_object_kind kind)
{
    const struct sw_object unknown = {.kind = kind, .is_lock = 1};
    char name[48];

    if (object != NULL)
        snprintf(name, sizeof name, "%s#%u", sw_sync_objects_name(object),
                 sw_sync_objects_ordinal(object));
    else
        snprintf(name, sizeof name, "a %s", sw_sync_objects_name(&unknown));
    entry->holder = object != NULL ? object->holder : SW_CHILD_WAIT_NOBODY;
    if (entry->holder == SW_CHILD_WAIT_NOBODY)
        snprintf(entry->text, sizeof entry->text, "waits for %s, which nobody there can release",
                 name);
    else if (entry->holder == sw_engine.current->ordinal)
        snprintf(entry->text, sizeof entry->text, "waits for %s, which it took itself", name);
    else
        snprintf(entry->text, sizeof entry->text, "waits for %s, which T%u held when it was forked",
                 name, entry->holder);
}

static void copy_stacks(void)
{
    static char own[STACKS_BYTES];
    const struct sw_thread *holder = sw_thread_table_find_ordinal(entry->holder);

    sw_stack_text_cut(sw_stack_text_ask(own, sizeof own), pthread_self(), entry->stack,
                      sizeof entry->stack);
    entry->holder_stack[0] = '\0';
    if (holder != NULL && holder != sw_engine.current)
        sw_stack_text_cut(stacks, holder->handle, entry->holder_stack, sizeof entry->holder_stack);
}

int sw_forked_wait(enum sw_object_kind kind, const void *address)
{
    int before = signals;

    if (entry == NULL || busy || entry->pid != SW_REAL(getpid)() || !is_alone() || has_timers())
        return signals != before;
    busy = 1;
    describe(sw_sync_objects_find(address), kind);
    copy_stacks();
    busy = 0;
    __atomic_store_n(&entry->for_ever, 1, __ATOMIC_RELEASE);
    return signals != before;
}

void sw_forked_go_on(void)
{
    if (entry != NULL && entry->pid == SW_REAL(getpid)())
        __atomic_store_n(&entry->for_ever, 0, __ATOMIC_RELEASE);
}

/* In this order: who is about to run its handler does not wait. */
void sw_forked_signal_came(void)
{
    signals++;
    sw_forked_go_on();
    if (entry != NULL && entry->pid == SW_REAL(getpid)() && entry->disturbed > 0)
        __atomic_sub_fetch(&entry->disturbed, 1, __ATOMIC_RELEASE);
}
