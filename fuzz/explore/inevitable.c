/* SPDX-License-Identifier: MIT */
#include "inevitable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contract/decision_kind.h"

/* At a place not fewer than that: of 8 that fail the interval begins at two thirds. */
enum { RUNS_LEAST = 8 };

struct measure {
    struct sw_inevitable *of;
    const struct sw_inevitable_order *order;
    struct sw_reproduce reproducer;
    uint32_t runs; /* at each place */
};

void sw_inevitable_interval(uint32_t failed, uint32_t runs, double *low, double *high)
{
    const double z = 1.96, n = runs, p = runs > 0 ? failed / n : 0;

    *low = 0;
    *high = 1;
    if (runs == 0)
        return;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    /* At the ends the formula is exact but for rounding. */
    *low = failed == 0 ? 0 : middle - half;
    *high = failed == runs ? 1 : middle + half;
}

uint32_t sw_inevitable_from(const struct sw_inevitable *inevitable)
{
    uint32_t i = inevitable->count;

    while (i > 0 && inevitable->places[i - 1].failed == inevitable->places[i - 1].runs)
        i--;
    return i;
}

/* ---- one place ---- */

/* The seed of the nth random schedule: the same at each place.  Orders with neighbouring seeds have
 * no schedule in common. */
static uint64_t seed_of(const struct measure *measure, uint32_t n)
{
    uint64_t state = measure->order->seed, first = sw_decision_random(&state);

    return first + n;
}

/* 1 it fails so, 0 it does not, -1 with *e. */
static int run(struct measure *measure, uint64_t decisions, uint64_t seed, struct sw_error *e)
{
    const struct sw_sched *sched = measure->order->sched;
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    const struct sw_control_shm *shm;
    struct sw_batch_result result;

    schedule.strategy = SW_STRATEGY_NAMED;
    schedule.name = "prefix-random";
    schedule.argument = decisions;
    schedule.seed = seed;
    if (sw_session_run(measure->reproducer.session, &schedule, &result, &shm, e) < 0)
        return -1;
    measure->of->runs++;
    return sw_reproduce_is_wanted(&measure->reproducer, &result);
}

static int run_more(struct measure *measure, struct sw_inevitable_place *place, uint32_t runs,
                    struct sw_error *e)
{
    for (uint32_t n = place->runs, end = n + runs; n < end; n++) {
        if (sw_reproduce_is_over(&measure->reproducer))
            return 1;
        int fails = run(measure, place->decisions, seed_of(measure, n), e);
        if (fails < 0)
            return sw_reproduce_is_over(&measure->reproducer) ? 1 : -1;
        place->runs++;
        place->failed += (uint32_t)fails;
    }
    return 0;
}

/* So many runs more.  0; 1: it is over, and not all were made; -1 with *e. */
static int measure_place(struct measure *measure, struct sw_inevitable_place *place, uint32_t runs,
                         struct sw_error *e)
{
    int status = run_more(measure, place, runs, e);

    sw_inevitable_interval(place->failed, place->runs, &place->low, &place->high);
    return status;
}

/* Measures behind that many decisions, and puts it in its order, if there was a run at all; *at: its
 * index.  As above. */
static int add_place(struct measure *measure, uint64_t decisions, uint32_t *at, struct sw_error *e)
{
    struct sw_inevitable *of = measure->of;
    struct sw_inevitable_place place = {.decisions = decisions};

    int status = measure_place(measure, &place, measure->runs, e);
    if (status < 0 || place.runs == 0)
        return status;
    for (*at = 0; *at < of->count && of->places[*at].decisions < decisions;)
        ++*at;
    memmove(&of->places[*at + 1], &of->places[*at], (of->count - *at) * sizeof *of->places);
    of->places[*at] = place;
    of->count++;
    return status;
}

/* ---- all places ---- */

static double likelihood(const struct sw_inevitable_place *place)
{
    return (double)place->failed / place->runs;
}

static double rise(const struct sw_inevitable *of, uint32_t i)
{
    return likelihood(&of->places[i]) - likelihood(&of->places[i - 1]);
}

/* Between which neighbours it rises most, as the index of the second: from first to last; of equal
 * ones the last, which is nearest to the failure.  0: it rises nowhere. */
static uint32_t find_jump(const struct sw_inevitable *of, uint32_t first, uint32_t last)
{
    uint32_t jump = 0;

    for (uint32_t i = first; i <= last; i++)
        if (rise(of, i) > 0 && (jump == 0 || rise(of, i) >= rise(of, jump)))
            jump = i;
    return jump;
}

static uint64_t distance(const struct sw_inevitable *of, uint32_t jump)
{
    return of->places[jump].decisions - of->places[jump - 1].decisions;
}

static int has_room(const struct measure *measure)
{
    return measure->of->count < SW_INEVITABLE_MAX &&
           measure->of->runs + measure->runs <= measure->order->runs;
}

/* The budget is shared so that the bisection of one interval comes to its end: log2 of it. */
static uint32_t runs_of_place(uint64_t runs, uint64_t decisions)
{
    uint32_t places = SW_INEVITABLE_FIRST + 3;

    for (uint64_t width = decisions / SW_INEVITABLE_FIRST; width > 0; width /= 2)
        places++;
    return runs / places > RUNS_LEAST ? (uint32_t)(runs / places) : RUNS_LEAST;
}

static int measure_evenly(struct measure *measure, struct sw_error *e)
{
    struct sw_inevitable *of = measure->of;
    uint64_t decisions = measure->order->sched->decision_count;
    uint32_t at;
    int status = 0;

    for (uint32_t i = 0; i <= SW_INEVITABLE_FIRST && status == 0; i++) {
        uint64_t place = decisions * i / SW_INEVITABLE_FIRST;
        if (i == 0 || place != of->places[of->count - 1].decisions)
            status = has_room(measure) ? add_place(measure, place, &at, e) : 1;
    }
    return status;
}

static uint64_t away(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* Where to cut: a walk seldom leaves the default, so that what the recorded run decided otherwise is
 * what it would hardly have come to, and P rises there.  So it is before or behind a deviation, the
 * nearest one to the middle; or else in the middle. */
static uint64_t find_cut(const struct sw_sched *sched, uint64_t low, uint64_t high)
{
    uint64_t middle = low + (high - low) / 2, best = middle;
    int found = 0;

    for (uint32_t i = 0; i < sched->deviation_count; i++)
        for (uint64_t at = sched->deviations[i].index; at <= sched->deviations[i].index + 1; at++)
            if (at > low && at < high && (!found || away(at, middle) < away(best, middle))) {
                best = at;
                found = 1;
            }
    return best;
}

static int bisect(struct measure *measure, uint32_t *jump, struct sw_error *e)
{
    const struct sw_inevitable *of = measure->of;
    int status = 0;

    while (status == 0 && *jump != 0 && distance(of, *jump) > 1 && has_room(measure)) {
        uint32_t at;
        status = add_place(measure,
                           find_cut(measure->order->sched, of->places[*jump - 1].decisions,
                                    of->places[*jump].decisions),
                           &at, e);
        if (status == 0)
            *jump = find_jump(of, at, at + 1);
    }
    return status;
}

/* What is left is for the two that count. */
static int sharpen(struct measure *measure, uint32_t jump, struct sw_error *e)
{
    struct sw_inevitable *of = measure->of;
    uint64_t left = measure->order->runs - of->runs;
    int status = 0;

    for (uint32_t i = jump - 1; status == 0 && i <= jump && left >= 2; i++)
        status = measure_place(measure, &of->places[i], (uint32_t)(left / 2), e);
    return status;
}

static int measure_all(struct measure *measure, struct sw_error *e)
{
    struct sw_inevitable *of = measure->of;
    int status = measure_evenly(measure, e);
    uint32_t jump = of->count > 1 ? find_jump(of, 1, of->count - 1) : 0;

    if (status == 0)
        status = bisect(measure, &jump, e);
    if (status == 0 && jump != 0)
        status = sharpen(measure, jump, e);
    of->jump = jump;
    of->over = measure->reproducer.over;
    return status < 0 ? -1 : 0;
}

/* ---- the decision ---- */

/* Of the reproducer's last run, which was the recorded one. */
static void take_decision(struct measure *measure, uint64_t index)
{
    const struct sw_control_shm_log *log = &measure->reproducer.shm->log;
    struct sw_inevitable *of = measure->of;

    for (uint32_t i = 0; i < log->count && i < SW_LOG_MAX; i++) {
        const struct sw_logged *logged = &log->decisions[i];
        if (logged->index != index || logged->count > SW_LIVE_THREADS_MAX ||
            logged->first > SW_LOG_POOL_MAX - logged->count)
            continue;
        of->decision = *logged;
        memcpy(of->candidates, log->pool + logged->first, logged->count * sizeof *of->candidates);
        of->is_found = 1;
    }
}

static uint32_t chosen_thread(const struct sw_logged *decision)
{
    return sw_decision_kind(decision->kind)->is_schedule ? decision->choice & ~SW_EARLY
                                                         : decision->thread;
}

static int look(struct measure *measure, struct sw_error *e)
{
    struct sw_inevitable *of = measure->of;
    const uint32_t threads[SW_SHOWN_THREADS] = {of->decision.thread, chosen_thread(&of->decision)};

    return sw_reproduce_look(&measure->reproducer, measure->reproducer.list, of->decision.index,
                             threads, &of->seen, e);
}

/* The log holds the first SW_LOG_MAX decisions of a run: of a longer one the jump may have no more
 * than its number. */
static int find_decision(struct measure *measure, struct sw_error *e)
{
    struct sw_inevitable *of = measure->of;
    int status;

    if (of->jump == 0 || distance(of, of->jump) != 1 || of->over != NULL)
        return 0;
    status = sw_reproduce_begin(&measure->reproducer, e);
    if (status <= 0)
        return status;
    take_decision(measure, of->places[of->jump - 1].decisions);
    sw_control_shm_copy_list(measure->reproducer.list, &measure->reproducer.shm->taken);
    return of->is_found ? look(measure, e) : 0;
}

int sw_inevitable_measure(struct sw_inevitable *inevitable, const struct sw_inevitable_order *order,
                          struct sw_error *e)
{
    struct measure measure = {.of = inevitable,
                              .order = order,
                              .runs = runs_of_place(order->runs, order->sched->decision_count)};
    struct sw_reproduce *reproducer = &measure.reproducer;

    *inevitable = (struct sw_inevitable){0};
    int status = sw_reproduce_open(reproducer, order->sched, SW_BATCH_CHECKPOINT, e);
    if (status == 0)
        status = sw_reproduce_begin(reproducer, e);
    inevitable->end = reproducer->end;
    if (status == 1 && (measure_all(&measure, e) < 0 || find_decision(&measure, e) < 0))
        status = -1;
    sw_reproduce_close(reproducer);
    return status;
}

void sw_inevitable_free(struct sw_inevitable *inevitable)
{
    sw_stack_snapshot_free(&inevitable->seen);
}
