/* SPDX-License-Identifier: MIT */
#include "strategy_common.h"

#include <assert.h>
#include <string.h>

#include "strategies.h"
#include "contract/decision_kind.h"
#include "contract/trace.h"
#include "random_driver.h"

enum {
    SLOTS = 4 * SW_LIVE_THREADS_MAX, /* a power of two: ordinals far apart may share one */
    EARLY = 20, /* an early time-out is taken with a chance of 1 in so many */
    IN_A_ROW_LEAST = 1000,
    TOUCHED = 1 << 14, /* by how many threads which objects */
    TOUCHED_TRIES = 64,
};

static struct {
    struct sw_random_driver rest; /* decides what is not about threads */
    uint64_t random;
    uint64_t serial; /* of the schedule */
    uint64_t lowest; /* the rank that was given to the last demoted one */
    uint32_t cursor; /* in the trace */
    uint32_t chosen; /* 1 + who was chosen last, and that is no event of the trace; 0: nobody */
    uint32_t last; /* 1 + who was chosen last */
    int is_loud; /* nothing is quiet */
    int has_mirror;
    uint64_t mirror, inverted; /* see sw_strategy_common_mirror() */
    enum { EACH_AS_ONE, ALL_AS_ONE, EACH_AS_ALL } twins; /* what they weigh */
    uint32_t distinct[SW_THREAD_PROFILE_THREADS]; /* how many objects each thread has touched */
    uint64_t in_a_row;
} seen;

static struct slot {
    uint64_t serial; /* of another schedule: free */
    uint32_t thread;
    uint64_t rank;
    uint64_t renewed; /* that often */
} slots[SLOTS];

/* Which objects a thread has touched, open addressing. */
static struct {
    uint64_t serial; /* of another schedule: free */
    uint32_t thread, object, nth;
} touched[TOUCHED];

void sw_strategy_common_begin(uint64_t seed)
{
    uint64_t serial = seen.serial + 1, mixer = seed;

    memset(&seen, 0, sizeof seen);
    seen.serial = serial;
    seen.random = sw_decision_random(&mixer);
    seen.lowest = SW_STRATEGY_COMMON_RANKS_LOW;
    sw_random_driver_init(&seen.rest, sw_decision_random(&mixer));
    seen.is_loud = sw_decision_random(&mixer) % SW_STRATEGY_COMMON_LOUD == 0;
    seen.twins = sw_decision_random(&mixer) % 3;
}

/* ---- what is quiet ---- */

uint32_t sw_strategy_common_nth(uint32_t thread, uint32_t object)
{
    uint64_t hash = ((uint64_t)thread << 32 | object) * 0x9e3779b97f4a7c15u;
    uint32_t at = (uint32_t)(hash >> 40) % TOUCHED;

    if (thread >= SW_THREAD_PROFILE_THREADS)
        return 0;
    for (int i = 0; i < TOUCHED_TRIES; i++, at = (at + 1) % TOUCHED) {
        if (touched[at].serial != seen.serial) {
            touched[at].serial = seen.serial;
            touched[at].thread = thread;
            touched[at].object = object;
            return touched[at].nth = ++seen.distinct[thread];
        }
        if (touched[at].thread == thread && touched[at].object == object)
            return touched[at].nth;
    }
    return 0;
}

static int is_quiet(uint32_t thread, struct sw_pending what)
{
    if (what.op == SW_OP_UNKNOWN || what.object == 0)
        return 0;
    uint32_t nth =
        sw_strategy_common_nth(thread, what.object); /* counts, whatever the operation is */
    if (seen.is_loud || what.op != SW_OP_READ || nth == 0 || nth > 64)
        return 0;
    return (int)(sw_strategies_profile()->constant[thread] >> (nth - 1) & 1);
}

int sw_strategy_common_quiet(const struct sw_decision *decision, uint32_t count)
{
    int found = -1;

    for (uint32_t i = 0; i < count; i++) /* each has to be asked of */
        if (is_quiet(decision->candidates[i], decision->pending[i]) && found < 0)
            found = (int)i;
    return seen.in_a_row < IN_A_ROW_LEAST ? found : -1; /* what is done in vain is not quiet */
}

uint64_t sw_strategy_common_steps(void)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    return profile->steps - (seen.is_loud ? 0 : profile->constant_steps);
}

/* ---- the events ---- */

int sw_strategy_common_next(struct sw_strategy_common_event *event)
{
    const struct sw_trace *trace = sw_strategies_trace();

    if (seen.cursor < trace->count) {
        const struct sw_trace_event *next = &trace->events[seen.cursor++];
        *event = (struct sw_strategy_common_event){next->thread, next->did,
                                                   is_quiet(next->thread, next->did)};
        seen.chosen = 0;
        return 1;
    }
    if (seen.chosen == 0)
        return 0;
    *event = (struct sw_strategy_common_event){seen.chosen - 1, {SW_OP_UNKNOWN, 0}, 0};
    seen.chosen = 0;
    return 1;
}

int sw_strategy_common_chose(const struct sw_decision *decision, uint32_t choice)
{
    uint32_t who = (decision->candidates[choice] & ~SW_EARLY) + 1;

    seen.in_a_row = who == seen.last ? seen.in_a_row + 1 : 0;
    seen.last = seen.chosen = who;
    return (int)choice;
}

/* ---- chance ---- */

uint64_t sw_strategy_common_random(void)
{
    return sw_decision_random(&seen.random);
}

uint64_t sw_strategy_common_below(uint64_t limit)
{
    assert(limit > 0);
    return (uint64_t)((unsigned __int128)sw_strategy_common_random() * limit >> 64);
}

uint32_t sw_strategy_common_handicap(uint32_t thread)
{
    const struct sw_thread_profile *profile = sw_strategies_profile();

    if (seen.twins == EACH_AS_ONE || thread >= SW_THREAD_PROFILE_THREADS ||
        profile->twins[thread] == 0)
        return 1;
    uint32_t twins = profile->twins[thread];
    return seen.twins == ALL_AS_ONE ? twins : profile->most_twins / twins;
}

/* ---- the ranks ---- */

static struct slot *find(uint32_t thread, int *fresh)
{
    uint32_t i = thread % SLOTS;

    *fresh = slots[i].serial != seen.serial || slots[i].thread != thread;
    if (*fresh)
        slots[i].renewed = 0;
    slots[i].serial = seen.serial;
    slots[i].thread = thread;
    return &slots[i];
}

/* base ** exponent, both bases fractions of 2 ** 64. */
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

static uint64_t random_rank(uint32_t thread)
{
    int fresh;

    if (!seen.has_mirror)
        return sw_strategy_common_random();
    uint64_t mixer = seen.mirror ^ (uint64_t)thread << 32 ^ find(thread, &fresh)->renewed++;
    return sw_decision_random(&mixer) ^ seen.inverted;
}

void sw_strategy_common_mirror(uint64_t seed, int inverted)
{
    seen.has_mirror = 1;
    seen.mirror = sw_decision_random(&seed);
    seen.inverted = inverted ? UINT64_MAX : 0;
}

/* Of n such powers the highest is distributed as one random number is. */
void sw_strategy_common_renew_rank(uint32_t thread)
{
    uint64_t rank = power(random_rank(thread), sw_strategy_common_handicap(thread));

    sw_strategy_common_set_rank(thread, rank | SW_STRATEGY_COMMON_RANKS_LOW);
}

uint64_t sw_strategy_common_rank(uint32_t thread)
{
    int fresh;
    const struct slot *slot = find(thread, &fresh);

    if (fresh)
        sw_strategy_common_renew_rank(thread);
    return slot->rank;
}

void sw_strategy_common_set_rank(uint32_t thread, uint64_t rank)
{
    int fresh;

    find(thread, &fresh)->rank = rank;
}

void sw_strategy_common_demote(uint32_t thread)
{
    seen.lowest -= seen.lowest > 1;
    sw_strategy_common_set_rank(thread, seen.lowest);
}

uint32_t sw_strategy_common_highest(const struct sw_decision *decision, uint32_t count)
{
    uint32_t highest = 0;
    uint64_t rank = sw_strategy_common_rank(decision->candidates[0]);

    for (uint32_t i = 1; i < count; i++) {
        uint64_t other = sw_strategy_common_rank(decision->candidates[i]);
        if (other > rank) {
            rank = other;
            highest = i;
        }
    }
    return highest;
}

/* ---- the rest ---- */

int sw_strategy_common_other(const struct sw_decision *decision, uint32_t *count)
{
    int has_early = (decision->candidates[decision->count - 1] & SW_EARLY) != 0;

    *count = decision->count;
    if (!sw_decision_kind(decision->kind)->is_schedule)
        return seen.rest.driver.choose(&seen.rest.driver, decision);
    if (!has_early)
        return -1;
    if (sw_strategy_common_below(EARLY) == 0)
        return (int)decision->count - 1;
    --*count;
    return -1;
}

int sw_strategy_common_must_yield(const struct sw_decision *decision)
{
    uint64_t most = 2 * sw_strategies_profile()->steps;

    return decision->place == SW_AT_YIELD ||
           (seen.last == decision->thread + 1 &&
            seen.in_a_row > (most > IN_A_ROW_LEAST ? most : IN_A_ROW_LEAST));
}
