/* SPDX-License-Identifier: MIT
 *
 * explanation_wait.c - nobody could run: who waits for whom, and what was to wake them.
 */
#include <string.h>

#include "explanation_find.h"

/* A cycle is followed so far; the pair and each lock's place are two rows a thread. */
enum { CYCLE_MAX = SW_EXPLANATION_ROWS / 2 };

static const struct sw_timeline_entry *at(const struct sw_timeline *timeline, uint32_t number)
{
    return &timeline->entries[number - 1];
}

/* The wait in which the thread still is; 0: it is in none. */
static uint32_t find_wait(const struct sw_timeline *timeline, uint32_t thread)
{
    for (uint32_t i = timeline->entry_count; i > 0; i--) {
        const struct sw_timeline_entry *entry = at(timeline, i);
        if (entry->thread != thread || entry->kind == SW_TIMELINE_FAILURE ||
            entry->kind == SW_TIMELINE_RUN)
            continue;
        return entry->kind == SW_TIMELINE_BLOCK ? i : 0;
    }
    return 0;
}

/* Where the thread that has the lock has taken it, last before that; 0: nobody knows. */
static uint32_t find_taken(const struct sw_timeline *timeline, uint32_t wait)
{
    const struct sw_timeline_entry *blocked = at(timeline, wait);

    for (uint32_t i = timeline->entry_count; i > 0; i--)
        if (at(timeline, i)->kind == SW_TIMELINE_LOCK &&
            at(timeline, i)->object == blocked->object && at(timeline, i)->thread == blocked->other)
            return i;
    return 0;
}

/* From one thread along those that hold what is waited for.  How many are in the cycle that it is
 * part of; 0: it is in none. */
static uint32_t find_cycle(const struct sw_timeline *timeline, uint32_t first,
                           uint32_t waits[CYCLE_MAX])
{
    uint32_t thread = first, count = 0;

    do {
        uint32_t wait = find_wait(timeline, thread);
        if (wait == 0 || count == CYCLE_MAX)
            return 0;
        waits[count++] = wait;
        thread = at(timeline, wait)->other;
        if (thread == 0)
            return 0;
    } while (thread != first && count <= timeline->thread_count);
    return thread == first ? count : 0;
}

static const char *lock_name(const struct sw_timeline *timeline, uint32_t wait)
{
    uint32_t object = at(timeline, wait)->object;

    return object != 0 ? timeline->objects[object - 1].name : "";
}

static void tell_cycle(struct sw_explanation *explanation, const struct sw_timeline *timeline,
                       const uint32_t *waits, uint32_t count)
{
    size_t used = 0, size = sizeof explanation->reason;
    char who[16], holder[16];

    sw_explanation_set(explanation, SW_EXPLANATION_DEADLOCK, "", waits[0], waits[1]);
    for (uint32_t i = 0; i < count; i++) {
        const struct sw_timeline_entry *wait = at(timeline, waits[i]);
        uint32_t taken = find_taken(timeline, waits[i]);
        sw_explanation_add(explanation, waits[i]);
        if (taken != 0)
            sw_explanation_add(explanation, taken);
        int more = snprintf(
            explanation->reason + used, size - used, "%s%s waits for %s, which %s has",
            i > 0 ? "; " : "", sw_timeline_thread(timeline, wait->thread, who),
            lock_name(timeline, waits[i]), sw_timeline_thread(timeline, wait->other, holder));
        used += more > 0 && (size_t)more < size - used ? (size_t)more : 0;
    }
}

/* ---- who waits to be notified ---- */

static uint32_t find_before(const struct sw_timeline *timeline, uint32_t number,
                            enum sw_timeline_kind kind, uint32_t object)
{
    for (uint32_t i = number; i-- > 1;)
        if (at(timeline, i)->kind == kind && (object == 0 || at(timeline, i)->object == object))
            return i;
    return 0;
}

/* The call of wait() in which the thread stands; 0: it waits for a lock. */
static uint32_t find_call(const struct sw_timeline *timeline, uint32_t block)
{
    const struct sw_timeline_entry *blocked = at(timeline, block);

    for (uint32_t i = block; i-- > 1;)
        if (at(timeline, i)->thread == blocked->thread && at(timeline, i)->kind == SW_TIMELINE_WAIT)
            return at(timeline, i)->line == blocked->line ? i : 0;
    return 0;
}

/* It was notified when nobody waited; or an event was set, and cleared again before the wait. */
static int find_lost(struct sw_explanation *explanation, const struct sw_timeline *timeline,
                     uint32_t call)
{
    uint32_t object = at(timeline, call)->object;
    uint32_t notify = find_before(timeline, call, SW_TIMELINE_NOTIFY, object);
    uint32_t clear = find_before(timeline, call, SW_TIMELINE_WRITE, object);
    const char *name = timeline->objects[object - 1].name;

    if (notify == 0)
        return 0;
    if (clear > notify) {
        sw_explanation_set(explanation, SW_EXPLANATION_LOST_WAKE_UP, name, notify, clear);
        snprintf(explanation->reason, sizeof explanation->reason,
                 "it is set, and then cleared before anybody has waited for it");
    } else {
        sw_explanation_set(explanation, SW_EXPLANATION_LOST_WAKE_UP, name, notify, call);
        snprintf(explanation->reason, sizeof explanation->reason,
                 "it is notified when nobody waits there yet, and not again");
    }
    sw_explanation_add(explanation, call);
    return 1;
}

/* A condition's wait() takes a lock of its own twice: inside of an event's, too. */
static uint32_t outer_call(const struct sw_timeline *timeline, uint32_t call)
{
    uint32_t before = call > 1 ? call - 1 : 0;

    while (before > 0 && at(timeline, before)->thread == at(timeline, call)->thread &&
           at(timeline, before)->kind != SW_TIMELINE_WAIT &&
           at(timeline, before)->line == at(timeline, call)->line)
        before--;
    return before > 0 && at(timeline, before)->kind == SW_TIMELINE_WAIT &&
                   at(timeline, before)->thread == at(timeline, call)->thread &&
                   at(timeline, before)->line == at(timeline, call)->line
               ? before
               : call;
}

static int find_notification(struct sw_explanation *explanation, const struct sw_timeline *timeline,
                             uint32_t wait)
{
    uint32_t call = find_call(timeline, wait);

    return call != 0 && (find_lost(explanation, timeline, outer_call(timeline, call)) ||
                         find_lost(explanation, timeline, call));
}

int sw_explanation_wait_find(struct sw_explanation *explanation, const struct sw_timeline *timeline)
{
    uint32_t waits[CYCLE_MAX];

    for (uint32_t thread = 1; thread <= timeline->thread_count; thread++) {
        uint32_t count = find_cycle(timeline, thread, waits);
        if (count > 1) {
            tell_cycle(explanation, timeline, waits, count);
            return 1;
        }
    }
    for (uint32_t thread = 1; thread <= timeline->thread_count; thread++) {
        uint32_t wait = find_wait(timeline, thread);
        if (wait != 0 && find_notification(explanation, timeline, wait))
            return 1;
    }
    /* A lock that its own thread takes again. */
    for (uint32_t thread = 1; thread <= timeline->thread_count; thread++) {
        uint32_t wait = find_wait(timeline, thread);
        if (wait == 0 || at(timeline, wait)->other != thread || find_call(timeline, wait) != 0)
            continue;
        uint32_t taken = find_taken(timeline, wait);
        sw_explanation_set(explanation, SW_EXPLANATION_DEADLOCK, "", taken != 0 ? taken : wait,
                           wait);
        snprintf(explanation->reason, sizeof explanation->reason,
                 "a thread waits for a lock that it has itself");
        return 1;
    }
    return 0;
}
