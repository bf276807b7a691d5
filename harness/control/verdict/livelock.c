/* SPDX-License-Identifier: MIT */
#include "livelock.h"

#include <stdio.h>
#include <unistd.h>

#include "postmortem.h"
#include "deadlock.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/outcome.h"
#include "harness/control/engine/sync_objects.h"
#include "contract/repeat_detect.h"
#include "python_stacks.h"
#include "harness/control/time/random_seeds.h"

enum { SHOWN_MAX = 20 };

/* The last decisions, oldest first. */
static struct sw_recent last[SW_RECENT_MAX];
static uint32_t last_count;

/* Before anything else: to ask the interpreter makes decisions, too. */
static void copy_last(const struct sw_control_shm *shm)
{
    uint64_t end = shm->decision_count;

    last_count = end < SW_RECENT_MAX ? (uint32_t)end : SW_RECENT_MAX;
    for (uint32_t i = 0; i < last_count; i++)
        last[i] = shm->recent[(end - last_count + i) % SW_RECENT_MAX];
}

/* ---- printing ---- */

static void print_one(const struct sw_recent *one)
{
    char object[48] = "", choice[SW_DECISION_TEXT];

    if (one->kind == SW_DECISION_KINDS) {
        dprintf(STDERR_FILENO, "  T%u looks outside\n", one->thread);
        return;
    }
    if (one->object != 0)
        snprintf(object, sizeof object, " of %s#%u",
                 sw_sync_objects_name(sw_sync_objects_find_ordinal(one->object)), one->object);
    sw_decision_format(one->kind, one->choice, choice, sizeof choice);
    dprintf(STDERR_FILENO, "  T%u at %s%s -> %s %s\n", one->thread, sw_decision_place(one->place),
            object, sw_decision_verb(one->kind), choice);
}

static void print_some(const struct sw_recent *some, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < SHOWN_MAX; i++)
        print_one(&some[i]);
    if (count > SHOWN_MAX)
        dprintf(STDERR_FILENO, "  and %u more\n", count - SHOWN_MAX);
}

/* ---- without a period: who was asked where, how often ---- */

struct tally {
    uint32_t thread;
    uint32_t place;
    uint32_t count;
};

/* Threads and places in the order in which they came; those that find no room were asked less
 * early, and are left out. */
static uint32_t take_tally(struct tally *tallies, uint32_t max, uint32_t count)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = 0;
        while (k < used &&
               (tallies[k].thread != last[i].thread || tallies[k].place != last[i].place))
            k++;
        if (k == max)
            continue;
        tallies[k] =
            (struct tally){last[i].thread, last[i].place, k < used ? tallies[k].count + 1 : 1};
        used += k == used;
    }
    return used;
}

static void print_without_period(uint32_t count)
{
    struct tally tallies[SHOWN_MAX];
    uint32_t used = take_tally(tallies, SHOWN_MAX, count);
    uint32_t shown = count < SHOWN_MAX ? count : SHOWN_MAX;

    dprintf(STDERR_FILENO, "the last %u decisions do not repeat exactly; who was asked where:\n",
            count);
    for (uint32_t i = 0; i < used; i++)
        dprintf(STDERR_FILENO, "  T%u at %s, %u times\n", tallies[i].thread,
                sw_decision_place(tallies[i].place), tallies[i].count);
    dprintf(STDERR_FILENO, "the last %u:\n", shown);
    print_some(last + count - shown, shown);
}

static void print_recent(uint32_t count)
{
    uint32_t span, loosely = 0, period = sw_repeat_detect_find(last, count, 0, &span);

    /* What repeats must cover half of what was kept, or it is no loop but a coincidence at the end.
     * First exactly; then without objects, for loops that make new ones each time. */
    if (span < count / 2) {
        loosely = 1;
        period = sw_repeat_detect_find(last, count, 1, &span);
    }
    if (span < count / 2) { /* a coincidence */
        print_without_period(count);
        return;
    }
    if (period == 1)
        dprintf(STDERR_FILENO, "the last %u decisions are all the same%s:\n", span,
                loosely ? ", but for new objects" : "");
    else
        dprintf(STDERR_FILENO, "the last %u decisions repeat these %u%s:\n", span, period,
                loosely ? ", with new objects each time" : "");
    print_some(last + count - period, period);
}

static void tell(void)
{
    struct sw_control_shm *shm = sw_engine_shm();
    unsigned long long count = shm->decision_count;

    if (shm->taken.count == SW_DEVIATIONS_MAX)
        dprintf(STDERR_FILENO, "livelock: %u deviations and no end; a schedule holds no more\n",
                shm->taken.count);
    else
        dprintf(STDERR_FILENO, "livelock: %llu decisions and no end (--decisions allows more)\n",
                count);
    if (last_count > 0)
        print_recent(last_count);
    dprintf(STDERR_FILENO, "the threads:\n");
    sw_deadlock_print_threads();
    sw_python_stacks_print(sw_deadlock_describe);
    sw_outcome_end(SW_END_BUDGET, "%llu decisions and no end", count);
}

void sw_livelock_end(void)
{
    sw_random_seeds_end();
    copy_last(sw_engine_shm());
    sw_postmortem_ask(sw_python_stacks_ask, tell);
}
