/* SPDX-License-Identifier: MIT */
#include "pid.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"

enum {
    SELF = 4200000, /* pid.h says why so large */
    THREADS = 4300000,
    STARTER = 4400000, /* the first of the strangers */
    OURS_MAX = 10000, /* children that one schedule can tell apart */
    FAMILY_MAX = 2 * OURS_MAX, /* the second half: what children start */
    STRANGERS_MAX = 256,
};

/* In front of what the kernel places by itself, so that it moves nothing (attach.c). */
#define FAMILY_ADDRESS ((void *)0x108000000000)

/* Of SELF + i, the kernel's number; 0: nobody's.  Shared by the family; the controlled process and
 * its children write to it at once. */
struct family {
    pid_t real[FAMILY_MAX + 1];
    uint32_t later; /* how many of the second half have been given */
};

static struct family *family; /* NULL: not under control, and nothing is translated */
static pid_t own; /* what the process itself is called */
static pid_t parent, parent_real;
static uint32_t children; /* of the controlled process, in this schedule */
static _Thread_local pid_t next; /* what the child will be called of the fork that is being made */
static pid_t strangers[STRANGERS_MAX];
static uint32_t stranger_count;

/* ---- the family's table ---- */

static void share(void *address, int flags)
{
    void *map = SW_REAL(mmap)(address, sizeof *family, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS | flags, -1, 0);

    if (map == MAP_FAILED && flags == MAP_FIXED_NOREPLACE)
        share(NULL, 0);
    else
        family = map != MAP_FAILED ? map : NULL;
}

static void put(pid_t number, pid_t real)
{
    if (number > SELF && number <= SELF + FAMILY_MAX)
        __atomic_store_n(&family->real[number - SELF], real, __ATOMIC_RELAXED);
}

static pid_t get(uint32_t i)
{
    return __atomic_load_n(&family->real[i], __ATOMIC_RELAXED);
}

static int is_controlled(void)
{
    return own == SELF;
}

void sw_pid_start(void)
{
    share(FAMILY_ADDRESS, MAP_FIXED_NOREPLACE);
    own = SELF;
    parent = STARTER;
    parent_real = SW_REAL(getppid)();
    strangers[0] = parent_real;
    stranger_count = 1;
}

const void *sw_pid_shared(void)
{
    return family;
}

void sw_pid_restart(void)
{
    if (family == NULL || !is_controlled())
        return;
    children = 0;
}

/* ---- the kernel's numbers to ours ---- */

static uint32_t end_of_children(void)
{
    return children < OURS_MAX ? children : OURS_MAX;
}

static pid_t find_in_family(pid_t real)
{
    uint32_t later = OURS_MAX + __atomic_load_n(&family->later, __ATOMIC_RELAXED);

    for (uint32_t i = 1; i <= (is_controlled() ? end_of_children() : OURS_MAX); i++)
        if (get(i) == real)
            return SELF + (pid_t)i;
    for (uint32_t i = OURS_MAX + 1; i <= later && i <= FAMILY_MAX; i++)
        if (get(i) == real)
            return SELF + (pid_t)i;
    return 0;
}

/* One too many keeps the kernel's number. */
static pid_t meet_stranger(pid_t real)
{
    uint32_t i = 0;

    while (i < stranger_count && strangers[i] != real)
        i++;
    if (i == STRANGERS_MAX)
        return real;
    if (i == stranger_count)
        strangers[stranger_count++] = real;
    return STARTER + (pid_t)i;
}

static pid_t find_thread(pid_t tid)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_engine.on ? sw_thread_table_live(&threads) : 0;

    for (uint32_t i = 0; i < count; i++)
        if (threads[i]->tid == tid && threads[i]->ordinal != 0)
            return THREADS + (pid_t)threads[i]->ordinal;
    return 0;
}

pid_t sw_pid_shown(pid_t real)
{
    pid_t found;

    if (family == NULL || real <= 0)
        return real;
    if (real == SW_REAL(getpid)())
        return own;
    if (real == parent_real)
        return parent;
    if ((found = find_in_family(real)) != 0 || (found = find_thread(real)) != 0)
        return found;
    /* The process that the family comes from, seen from a grandchild. */
    return real == get(0) ? SELF : meet_stranger(real);
}

/* ---- and back ---- */

int sw_pid_is_thread(pid_t shown)
{
    return shown > THREADS && shown < STARTER;
}

static pid_t real_of_thread(uint32_t ordinal)
{
    const struct sw_thread *thread = sw_engine.on ? sw_thread_table_find_ordinal(ordinal) : NULL;

    return thread != NULL ? thread->tid : 0;
}

static pid_t real_of_ours(pid_t shown)
{
    if (shown == own)
        return SW_REAL(getpid)();
    if (shown >= SELF && shown <= SELF + FAMILY_MAX)
        return get((uint32_t)(shown - SELF));
    if (sw_pid_is_thread(shown))
        return real_of_thread((uint32_t)(shown - THREADS));
    if (shown >= STARTER && shown < STARTER + (pid_t)stranger_count)
        return strangers[shown - STARTER];
    return 0;
}

pid_t sw_pid_real(pid_t shown)
{
    if (family == NULL || shown < SELF)
        return shown;
    pid_t real = real_of_ours(shown);
    /* Nobody has such a number, and the kernel says so. */
    return real != 0 ? real : shown;
}

pid_t sw_pid_shown_group(pid_t real)
{
    return real < -1 ? -sw_pid_shown(-real) : sw_pid_shown(real);
}

pid_t sw_pid_real_group(pid_t shown)
{
    return shown < -1 ? -sw_pid_real(-shown) : sw_pid_real(shown);
}

void sw_pid_show_sender(siginfo_t *info)
{
    int code = info->si_code;

    if (code == SI_USER || code == SI_QUEUE || code == SI_TKILL || code == SI_MESGQ ||
        (info->si_signo == SIGCHLD && code > 0))
        info->si_pid = sw_pid_shown(info->si_pid);
}

/* ---- children ---- */

static pid_t find_next(void)
{
    if (is_controlled())
        return SELF + 1 + (pid_t)(children % OURS_MAX);
    uint32_t later = __atomic_fetch_add(&family->later, 1, __ATOMIC_RELAXED);
    return SELF + OURS_MAX + 1 + (pid_t)(later % OURS_MAX);
}

void sw_pid_before_fork(void)
{
    if (family == NULL)
        return;
    next = find_next();
    if (is_controlled())
        __atomic_store_n(&family->real[0], SW_REAL(getpid)(), __ATOMIC_RELAXED);
}

void sw_pid_forked(void)
{
    if (family == NULL)
        return;
    parent = own;
    parent_real = SW_REAL(getppid)();
    own = next;
    /* Here too, since nobody knows whether it is the parent that goes on first. */
    put(own, SW_REAL(getpid)());
    next = 0;
}

pid_t sw_pid_add_child(pid_t real)
{
    if (family == NULL)
        return real;
    pid_t number = next != 0 ? next : find_next();
    next = 0;
    children += (uint32_t)is_controlled();
    put(number, real);
    return number;
}

void sw_pid_forget(pid_t real)
{
    if (family == NULL || real <= 0)
        return;
    pid_t number = find_in_family(real);
    if (number != 0)
        put(number, 0);
    for (uint32_t i = 1; i < stranger_count; i++)
        if (strangers[i] == real)
            strangers[i] = 0;
}

/* ---- what the program asks for itself ---- */

SW_EXPORT pid_t getpid(void)
{
    return family != NULL ? own : SW_REAL(getpid)();
}

/* Whose parent has ended has been given to another, which it is told is the first of all. */
SW_EXPORT pid_t getppid(void)
{
    if (family == NULL)
        return SW_REAL(getppid)();
    return is_controlled() || SW_REAL(getppid)() == parent_real ? parent : 1;
}

SW_EXPORT pid_t gettid(void)
{
    const struct sw_thread *self = sw_engine_self();

    if (self != NULL && self->ordinal != 0)
        return THREADS + (pid_t)self->ordinal;
    pid_t real = SW_REAL(gettid)();
    return family != NULL && real == SW_REAL(getpid)() ? own : real;
}
