/* SPDX-License-Identifier: MIT */
#include "deadlock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/fnv.h"
#include "postmortem.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/outcome.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/thread_table.h"
#include "harness/control/process/children.h"
#include "harness/control/time/random_seeds.h"
#include "python_stacks.h"

/* A thread that holds more than eight locks is told with the lowest of them; a wait's text is a
 * name and two ordinals. */
enum { HELD_MAX = 8, WAIT_TEXT = 320 };

/* Who could end the wait, or SW_OBJECT_NOBODY. */
static uint32_t holder_of(const struct sw_wait *wait)
{
    return wait->clause != NULL && wait->clause->holder != NULL ? wait->clause->holder(wait)
                                                                : SW_OBJECT_NOBODY;
}

/* ---- one thread ---- */

__attribute__((format(printf, 3, 4))) static void add(char *buf, size_t size, const char *format,
                                                      ...)
{
    size_t used = strlen(buf);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(buf + used, size - used, format, arguments);
    va_end(arguments);
}

void sw_deadlock_describe(const struct sw_thread *thread, char *buf, size_t size)
{
    if (thread->wait.clause != NULL)
        thread->wait.clause->describe(thread, buf, size);
    else
        snprintf(buf, size, "can run; was last asked at %s", sw_decision_place(thread->wait.place));
}

static void add_held(const struct sw_thread *thread, char *buf, size_t size)
{
    struct sw_object *held[HELD_MAX];
    uint32_t shown = 0;
    uint32_t count = sw_sync_objects_held(thread->ordinal, held, HELD_MAX);

    for (uint32_t i = 0; i < count && i < HELD_MAX; i++) {
        if (held[i]->address == thread->wait.address) /* has been said */
            continue;
        add(buf, size, "%s%s#%u", shown++ == 0 ? "; holds " : ", ", sw_sync_objects_name(held[i]),
            sw_sync_objects_ordinal(held[i]));
    }
    if (count > HELD_MAX)
        add(buf, size, " and %u more", count - HELD_MAX);
}

void sw_deadlock_print_threads(void)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_thread_table_live(&threads);
    char text[512];

    for (uint32_t i = 0; i < count; i++) {
        const char *name = sw_python_stacks_name(threads[i]);
        sw_deadlock_describe(threads[i], text, sizeof text);
        add_held(threads[i], text, sizeof text);
        dprintf(STDERR_FILENO, "  T%u%s%s %s\n", threads[i]->ordinal, *name != '\0' ? " " : "",
                name, text);
    }
}

/* ---- all ---- */

/* Follows who waits for whom, from one thread.  The members of the cycle that
 * it is part of, or 0. */
static uint32_t find_cycle_of(struct sw_thread *first, struct sw_thread **cycle)
{
    struct sw_thread *thread = first;
    uint32_t length = 0;

    /* A chain that leads into a cycle without being part of it would be followed for ever: it is
     * cut at the number of threads. */
    while (thread != NULL && length < SW_LIVE_THREADS_MAX) {
        cycle[length++] = thread;
        uint32_t holder = holder_of(&thread->wait);
        thread = holder != SW_OBJECT_NOBODY ? sw_thread_table_find_ordinal(holder) : NULL;
        if (thread == first)
            return length;
    }
    return 0;
}

/* The first cycle of at least two.  One that waits for what it took itself is a cycle only if there
 * is no other; and before those who wait to be notified, all of whom look so. */
static uint32_t find_cycle(struct sw_thread **cycle)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_thread_table_live(&threads), alone = count;
    int has_better = 0; /* than one who waits to be notified */

    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = find_cycle_of(threads[i], cycle);
        if (length > 1)
            return length;
        if (length == 0 || has_better)
            continue;
        has_better = !sw_python_stacks_waits_for_notify(threads[i]);
        if (alone == count || has_better)
            alone = i;
    }
    if (alone == count)
        return 0;
    cycle[0] = threads[alone];
    return 1;
}

/* ---- its signature ---- */

/* Numbers of threads and locks are others in another schedule. */
static uint32_t hash_text(const char *text)
{
    uint32_t hash = SW_FNV_32;

    for (; *text != '\0'; text++)
        if (*text < '0' || *text > '9')
            hash = sw_fnv_32(hash, (unsigned char)*text);
    return hash;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Of the set of waits: what each of them waits for, and where it stands.  It is a set, since two
 * workers that wait at the same place are the deadlock that three of them are. */
static uint32_t hash_waits(struct sw_thread *const *threads, uint32_t count)
{
    static uint32_t waits[SW_LIVE_THREADS_MAX];
    uint32_t hash = SW_FNV_32;
    char text[WAIT_TEXT];

    for (uint32_t i = 0; i < count; i++) {
        sw_deadlock_describe(threads[i], text, sizeof text);
        waits[i] = hash_text(text) * 31 + sw_python_stacks_place(threads[i]);
    }
    qsort(waits, count, sizeof *waits, compare);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || waits[i] != waits[i - 1])
            hash = sw_fnv_32(hash, waits[i]);
    return hash != 0 ? hash : 1;
}

/* ---- the verdict ---- */

/* For the line of the verdict: the cycle if there is one, since equal deadlocks shall be counted as
 * one whatever else was going on.  The signature says the same of it, but for the numbers. */
static void tell(void)
{
    static struct sw_thread *cycle[SW_LIVE_THREADS_MAX];
    static char story[SW_REPORT_MAX / 2];
    struct sw_thread *const *threads;
    uint32_t count = sw_thread_table_live(&threads), length = find_cycle(cycle);
    char text[WAIT_TEXT];

    dprintf(STDERR_FILENO, "deadlock: none of %u threads can run\n", count);
    sw_deadlock_print_threads();
    sw_children_print();
    for (uint32_t i = 0; i < length; i++) {
        sw_deadlock_describe(cycle[i], text, sizeof text);
        add(story, sizeof story, "%sT%u %s", i > 0 ? "; " : "", cycle[i]->ordinal, text);
    }
    /* A cycle comes first: it would be one without the child, too. */
    int is_child = length < 2 && *sw_children_story(text, sizeof text) != '\0';
    if (is_child)
        dprintf(STDERR_FILENO, "no cycle of threads, but: %s\n", text);
    else if (length == 1)
        dprintf(STDERR_FILENO, "no cycle of threads, but: %s (%s)\n", story,
                sw_python_stacks_waits_for_notify(cycle[0])
                    ? "a condition or an event: nobody notifies it"
                    : "a lock taken twice, or an event that nobody sets");
    else
        dprintf(STDERR_FILENO, "cycle: %s\n", length > 0 ? story : "none");
    sw_python_stacks_print(sw_deadlock_describe);
    sw_children_print_stacks();
    sw_engine.shm->signature = is_child     ? hash_text(text)
                               : length > 0 ? hash_waits(cycle, length)
                                            : hash_waits(threads, count);
    if (is_child)
        sw_outcome_end(SW_END_DEADLOCK, "%s", text);
    sw_outcome_end(SW_END_DEADLOCK, "%s", length > 0 ? story : "every thread waits, in no cycle");
}

void sw_deadlock_end(void)
{
    sw_random_seeds_end();
    /* First the interpreter is asked for names and stacks, as the thread that found it; the report
     * comes in any case. */
    sw_postmortem_ask(sw_python_stacks_ask, tell);
}
