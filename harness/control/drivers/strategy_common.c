/* SPDX-License-Identifier: MIT */
#include "strategy_common.h"

#include <assert.h>
#include <string.h>

#include "strategies.h"
#include "contract/decision_kind.h"
#include "contract/trace.h"
#include "random_driver.h"

/* The golden ratio as a fraction of 2 ** 64: multiplying by it spreads keys that differ in their
 * low bits over the high ones (Knuth's multiplicative hash). */
#define MIXER 0x9e3779b97f4a7c15u

enum {
    /* Ordinals are never used again, so a program that makes many threads goes past this; but only
     * SW_LIVE_THREADS_MAX live at once, so that two live ones seldom share a slot. */
    SLOTS = 4 * SW_LIVE_THREADS_MAX,
    /* An early time-out is a wait that ends before what it waits for has come.  One in 20, chosen
     * freely: rare enough for most waits to do what the program expects. */
    EARLY = 20,
    /* Chosen freely; see is_spinning(). */
    IN_A_ROW_LEAST = 1000,
    /* Pairs of a thread and an object: 256 threads with the 64 objects that a profile has bits for.
     * A pair that finds no place in TOUCHED_TRIES steps counts as not known. */
    TOUCHED = 1 << 14,
    TOUCHED_TRIES = 64,
};

/* The schedule under way. */
static struct {
    struct sw_random_driver rest; /* answers what is not about threads */
    uint64_t random;
    uint64_t serial; /* of the schedule; a table entry with another one is free */
    uint64_t lowest; /* the priority of whoever was demoted last */
    uint32_t cursor; /* in the trace */
    uint32_t chosen; /* 1 + who was chosen last, as long as that is no event of the trace; or 0 */
    uint32_t last; /* 1 + who was chosen last */
    uint64_t in_a_row; /* how often, without a break */
    int is_loud; /* nothing is quiet */
    int has_mirror;
    uint64_t mirror, inverted; /* see sw_strategy_common_mirror() */
    enum { EACH_AS_ONE, ALL_AS_ONE, EACH_AS_ALL } twins; /* a group of c weighs c, 1, or c * c */
    uint32_t distinct[SW_THREAD_PROFILE_THREADS]; /* how many objects each thread has touched */
} now;

static struct slot {
    uint64_t serial;
    uint32_t thread;
    uint64_t priority;
    uint64_t renewed; /* that often */
} slots[SLOTS];

/* Which objects a thread has touched: open addressing.  The serials spare clearing it (400 KiB)
 * before each of some thousand schedules a second. */
static struct {
    uint64_t serial;
    uint32_t thread, object, nth;
} touched[TOUCHED];

void sw_strategy_common_begin(uint64_t seed)
{
    uint64_t serial = now.serial + 1, mixer = seed;

    memset(&now, 0, sizeof now);
    now.serial = serial;
    /* Consecutive seeds are the usual case: each use has a state of its own, drawn from the seed,
     * so that the streams of two seeds, or of two uses, do not overlap. */
    now.random = sw_decision_random(&mixer);
    now.lowest = SW_STRATEGY_COMMON_PRIORITY_LOW;
    sw_random_driver_init(&now.rest, sw_decision_random(&mixer));
    now.is_loud = sw_decision_random(&mixer) % SW_STRATEGY_COMMON_LOUD == 0;
    /* None of the three is good alone.  Schedules to the bug of three models of check_strategies by
     * POS, as means of 200 trials:
     *
     *                     account   reorder_10   reorder_100
     *      EACH_AS_ONE      2.9         6.3          49
     *      ALL_AS_ONE       4.4         3.2           4.0
     *      EACH_AS_ALL      2.4        49           (far more)
     *      a third each     2.8         4.8           7.5 */
    now.twins = sw_decision_random(&mixer) % 3;
}

/* ---- objects, as the profile names them ---- */

uint32_t sw_strategy_common_nth(uint32_t thread, uint32_t object)
{
    uint64_t hash = ((uint64_t)thread << 32 | object) * MIXER;
    uint32_t at = (uint32_t)(hash >> 40) % TOUCHED;

    if (thread >= SW_THREAD_PROFILE_THREADS)
        return 0;
    for (int i = 0; i < TOUCHED_TRIES; i++, at = (at + 1) % TOUCHED) {
        if (touched[at].serial != now.serial) {
            touched[at].serial = now.serial;
            touched[at].thread = thread;
            touched[at].object = object;
            return touched[at].nth = ++now.distinct[thread];
        }
        if (touched[at].thread == thread && touched[at].object == object)
            return touched[at].nth;
    }
    return 0;
}

int sw_strategy_common_is_in(uint64_t set, uint32_t nth)
{
    return nth > 0 && nth <= 64 && (set >> (nth - 1) & 1) != 0;
}

uint32_t sw_strategy_common_index(uint32_t thread)
{
    return thread < SW_THREAD_PROFILE_THREADS ? thread : SW_THREAD_PROFILE_THREADS - 1;
}

/* ---- what is quiet ---- */

static int is_quiet(uint32_t thread, struct sw_pending what)
{
    if (what.op == SW_OP_UNKNOWN || what.object == 0)
        return 0;
    /* Asked before anything else: the profile has numbered this object too, whatever is done to it,
     * and the numbers behind it have to agree. */
    uint32_t nth = sw_strategy_common_nth(thread, what.object);
    if (now.is_loud || what.op != SW_OP_READ || nth == 0)
        return 0;
    return sw_strategy_common_is_in(sw_strategies_profile()->constant[thread], nth);
}

/* A candidate whose operation is quiet; -1: there is none. */
static int find_quiet(const struct sw_decision *decision, uint32_t count)
{
    int found = -1;

    for (uint32_t i = 0; i < count; i++) /* to the end, since is_quiet() numbers the objects */
        if (is_quiet(decision->candidates[i], decision->pending[i]) && found < 0)
            found = (int)i;
    /* A loop that polls a constant would be quiet for ever, and nobody else would run. */
    return now.in_a_row < IN_A_ROW_LEAST ? found : -1;
}

uint64_t sw_strategy_common_length(void)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    return profile->steps - (now.is_loud ? 0 : profile->constant_steps);
}

/* ---- the events ---- */

/* The next that has not been taken yet.  0: there is none. */
static int next_event(struct sw_strategy_common_event *event)
{
    const struct sw_trace *trace = sw_strategies_trace();

    if (now.cursor < trace->count) {
        const struct sw_trace_event *next = &trace->events[now.cursor++];
        *event = (struct sw_strategy_common_event){next->thread, next->did,
                                                   is_quiet(next->thread, next->did)};
        now.chosen = 0;
        return 1;
    }
    /* Grain call has no trace: that somebody was chosen is all that is known of what happened. */
    if (now.chosen == 0)
        return 0;
    *event = (struct sw_strategy_common_event){now.chosen - 1, {SW_OP_UNKNOWN, 0}, 0};
    now.chosen = 0;
    return 1;
}

static int note_choice(const struct sw_decision *decision, uint32_t choice)
{
    uint32_t who = (decision->candidates[choice] & ~SW_EARLY) + 1;

    now.in_a_row = who == now.last ? now.in_a_row + 1 : 0;
    now.last = now.chosen = who;
    return (int)choice;
}

/* ---- random numbers ---- */

uint64_t sw_strategy_common_random(void)
{
    return sw_decision_random(&now.random);
}

uint64_t sw_strategy_common_below(uint64_t limit)
{
    assert(limit > 0);
    /* The number as a fraction of 2 ** 64, times the limit: no division, and no number is more
     * frequent than another by more than limit in 2 ** 64. */
    return (uint64_t)((unsigned __int128)sw_strategy_common_random() * limit >> 64);
}

uint32_t sw_strategy_common_handicap(uint32_t thread)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    if (now.twins == EACH_AS_ONE || thread >= SW_THREAD_PROFILE_THREADS ||
        profile->twins[thread] == 0)
        return 1;
    uint32_t twins = profile->twins[thread];
    /* c twins at 1 / c each weigh 1 together.  For c * c the others are made lighter instead: with
     * m twins in the largest group a single thread has 1 / m, and c twins at c / m each
     * c * c / m. */
    return now.twins == ALL_AS_ONE ? twins : profile->most_twins / twins;
}

/* ---- priorities ---- */

static struct slot *find_slot(uint32_t thread, int *is_new)
{
    /* Two threads in one slot take it from each other: each gets a new random priority whenever it
     * is looked at, which costs some bias and nothing else. */
    uint32_t i = thread % SLOTS;

    *is_new = slots[i].serial != now.serial || slots[i].thread != thread;
    if (*is_new)
        slots[i].renewed = 0;
    slots[i].serial = now.serial;
    slots[i].thread = thread;
    return &slots[i];
}

static void set_priority(uint32_t thread, uint64_t priority)
{
    int is_new;

    find_slot(thread, &is_new)->priority = priority;
}

/* base ** exponent, base and result as fractions of 2 ** 64. */
static uint64_t power(uint64_t base, uint32_t exponent)
{
    uint64_t result = UINT64_MAX;

    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 != 0)
            result = (uint64_t)((unsigned __int128)result * base >> 64);
        base = (uint64_t)((unsigned __int128)base * base >> 64);
    }
    return result;
}

static uint64_t random_priority(uint32_t thread)
{
    int is_new;

    if (!now.has_mirror)
        return sw_strategy_common_random();
    uint64_t mixer = now.mirror ^ (uint64_t)thread << 32 ^ find_slot(thread, &is_new)->renewed++;
    return sw_decision_random(&mixer) ^ now.inverted;
}

void sw_strategy_common_mirror(uint64_t seed, int inverted)
{
    now.has_mirror = 1;
    now.mirror = sw_decision_random(&seed);
    now.inverted = inverted ? UINT64_MAX : 0; /* x becomes 2 ** 64 - 1 - x */
}

void sw_strategy_common_renew_priority(uint32_t thread)
{
    /* For u uniform in [0, 1) the highest of n numbers u ** n is below x with the probability
     * (x ** (1 / n)) ** n = x: n twins compete as one thread does.  That is what a weight of 1 / n
     * means for priorities. */
    uint64_t priority = power(random_priority(thread), sw_strategy_common_handicap(thread));

    /* One bit is given up, so that there is always room below for those that are demoted. */
    set_priority(thread, priority | SW_STRATEGY_COMMON_PRIORITY_LOW);
}

uint64_t sw_strategy_common_priority(uint32_t thread)
{
    int is_new;
    const struct slot *slot = find_slot(thread, &is_new);

    if (is_new)
        sw_strategy_common_renew_priority(thread);
    return slot->priority;
}

void sw_strategy_common_demote(uint32_t thread)
{
    /* 2 ** 32 - 1 of them, before they are all equal at 1: more than a schedule has decisions. */
    now.lowest -= now.lowest > 1;
    set_priority(thread, now.lowest);
}

uint32_t sw_strategy_common_highest(const struct sw_decision *decision, uint32_t count)
{
    uint32_t highest = 0;
    uint64_t priority = sw_strategy_common_priority(decision->candidates[0]);

    for (uint32_t i = 1; i < count; i++) {
        uint64_t other = sw_strategy_common_priority(decision->candidates[i]);
        if (other > priority) {
            priority = other;
            highest = i;
        }
    }
    return highest;
}

/* ---- one decision ---- */

/* The answer where it is not the strategy's to give.  Else -1: one of the first *count candidates
 * is to be chosen. */
static int choose_other(const struct sw_decision *decision, uint32_t *count)
{
    int has_early = (decision->candidates[decision->count - 1] & SW_EARLY) != 0;

    *count = decision->count;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return now.rest.driver.choose(&now.rest.driver, decision);
    if (!has_early)
        return -1;
    if (sw_strategy_common_below(EARLY) == 0)
        return (int)decision->count - 1;
    /* Candidates ascend, so the one with the SW_EARLY bit is the last: leave it out. */
    --*count;
    return -1;
}

/* Has the asking thread to step aside?  It says so (sched_yield), or it has been chosen without a
 * break for twice as long as the whole schedule was that the profile comes from: then it waits in a
 * loop for something that only another thread can do, and the highest priority would keep it there
 * for ever. */
static int is_spinning(const struct sw_decision *decision)
{
    uint64_t most = 2 * sw_strategies_profile()->steps;

    return decision->place == SW_AT_YIELD ||
           (now.last == decision->thread + 1 &&
            now.in_a_row > (most > IN_A_ROW_LEAST ? most : IN_A_ROW_LEAST));
}

int sw_strategy_common_choose(const struct sw_decision *decision,
                              const struct sw_strategy_common_steps *steps)
{
    struct sw_strategy_common_event event;
    uint32_t count;
    int other = choose_other(decision, &count);

    if (!sw_decision_kind(decision->kind)->is_schedule)
        return other;
    while (next_event(&event))
        steps->take(decision, &event);
    if (is_spinning(decision))
        sw_strategy_common_demote(decision->thread);
    if (other < 0)
        other = find_quiet(decision, count);
    return note_choice(decision, other >= 0 ? (uint32_t)other : steps->pick(decision, count));
}
