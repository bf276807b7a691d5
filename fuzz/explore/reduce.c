/* SPDX-License-Identifier: MIT */
#include "reduce.h"

#include <stdlib.h>
#include <string.h>

#include "contract/decision_kind.h"

/* From so many on a rule is tried: fewer are left out one by one in as many runs.  Chosen freely. */
enum { MANY = 16 };

static int refuse_size(struct sw_error *e)
{
    return sw_error_set(e, NULL, 0, 0, "too many decisions to minimise");
}

int sw_reduce_open(struct sw_reduce *reduce, struct sw_reproduce *reproducer)
{
    *reduce =
        (struct sw_reduce){.reproducer = reproducer, .exact = calloc(1, sizeof *reduce->exact)};
    return reduce->exact != NULL;
}

void sw_reduce_close(struct sw_reduce *reduce)
{
    sw_relative_schedule_free(&reduce->best);
    free(reduce->exact);
    *reduce = (struct sw_reduce){0};
}

int sw_reduce_keep(struct sw_reduce *reduce, struct sw_error *e)
{
    const struct sw_control_shm *shm = reduce->reproducer->shm;

    if (sw_relative_schedule_take(&reduce->best, shm) < 0)
        return refuse_size(e);
    sw_control_shm_copy_list(reduce->exact, &shm->taken);
    reduce->decision_count = shm->log.count;
    reduce->is_cold = shm->checkpoints == 0;
    return 0;
}

int sw_reduce_try(struct sw_reduce *reduce, const struct sw_relative_schedule *schedule,
                  const unsigned char *left_out, struct sw_error *e)
{
    int status = sw_reproduce_run(reduce->reproducer, schedule, left_out, e);

    if (status >= 0 && reduce->on_run != NULL)
        reduce->on_run(reduce->context);
    return status;
}

/* Runs the best without those that are marked.  1: it still fails so, and is the best now. */
static int try_without(struct sw_reduce *reduce, const unsigned char *left_out, struct sw_error *e)
{
    uint32_t before = reduce->best.count;
    int status = sw_reduce_try(reduce, &reduce->best, left_out, e);

    /* A thread that does not wait where it did may be asked more often, and some other deviation of
     * its own may fit there: what has not become fewer is no progress, and could go on for ever. */
    if (status == 1 && reduce->reproducer->shm->taken.count < before)
        return sw_reduce_keep(reduce, e) < 0 ? -1 : 1;
    return status < 0 ? -1 : 0;
}

/* Without those from first on, count of them. */
static int try_range(struct sw_reduce *reduce, uint32_t first, uint32_t count, struct sw_error *e)
{
    unsigned char *left_out = calloc(reduce->best.count + 1, 1);

    if (left_out == NULL)
        return refuse_size(e);
    memset(left_out + first, 1, count);
    int status = try_without(reduce, left_out, e);
    free(left_out);
    return status;
}

/* ---- the end ---- */

/* The first `passing` of them do not fail so, and all of them do.  Each prefix goes as it went
 * before, whatever is behind it. */
static int cut_end(struct sw_reduce *reduce, struct sw_error *e)
{
    uint32_t passing = 0;

    while (reduce->best.count > passing + 1) {
        uint32_t middle = passing + (reduce->best.count - passing) / 2;
        int status = try_range(reduce, middle, reduce->best.count - middle, e);
        if (status < 0)
            return -1;
        if (status == 0)
            passing = middle;
    }
    return 0;
}

/* ---- kinds ---- */

static int is_of_kind(const struct sw_deviation *a, const struct sw_deviation *b)
{
    return a->kind == b->kind;
}

static int is_like(const struct sw_deviation *a, const struct sw_deviation *b)
{
    return a->kind == b->kind && a->place == b->place &&
           (!sw_decision_kind(a->kind)->choice_matters || a->choice == b->choice);
}

typedef int (*is_alike_func)(const struct sw_deviation *a, const struct sw_deviation *b);

static int is_first(const struct sw_relative_schedule *schedule, uint32_t which,
                    is_alike_func is_alike)
{
    for (uint32_t i = 0; i < which; i++)
        if (is_alike(&schedule->list[i], &schedule->list[which]))
            return 0;
    return 1;
}

/* Marks all that are like number which, and returns how many. */
static uint32_t mark_alike(const struct sw_relative_schedule *schedule, uint32_t which,
                           is_alike_func is_alike, unsigned char *left_out)
{
    uint32_t marked = 0;

    memset(left_out, 0, schedule->count);
    for (uint32_t i = which; i < schedule->count; i++)
        marked += left_out[i] = is_alike(&schedule->list[i], &schedule->list[which]) != 0;
    return marked;
}

/* Drops whole groups first: one run per group instead of hundreds.  A strategy that switches at
 * every release of the GIL, or spills at every call, leaves hundreds of deviations of which at most
 * one matters. */
static int leave_out_alike(struct sw_reduce *reduce, is_alike_func is_alike, struct sw_error *e)
{
    unsigned char *left_out = calloc(reduce->best.count + 1, 1);
    int status = left_out != NULL ? 0 : refuse_size(e);

    /* Where a group was dropped another deviation stands at i now. */
    for (uint32_t i = 0; i < reduce->best.count && status >= 0; i += status != 1)
        status = is_first(&reduce->best, i, is_alike) &&
                         mark_alike(&reduce->best, i, is_alike, left_out) > 1
                     ? try_without(reduce, left_out, e)
                     : 0;
    free(left_out);
    return status < 0 ? -1 : 0;
}

/* ---- sets ---- */

/* Halves, quarters, and so on: n / size runs for each size, and if few of n deviations matter most
 * are gone after the first sizes.  A size is repeated as long as it makes progress, since what could
 * not be left out before may be superfluous now. */
static int leave_out_sets(struct sw_reduce *reduce, struct sw_error *e)
{
    uint32_t size = reduce->best.count;

    while (size > 0) {
        int any = 0;
        for (uint32_t first = 0; first < reduce->best.count;) {
            uint32_t left = reduce->best.count - first, count = size < left ? size : left;
            int status = try_range(reduce, first, count, e);
            if (status < 0)
                return -1;
            any |= status;
            first += status ? 0 : count;
        }
        if (!any || size > reduce->best.count)
            size = size > reduce->best.count ? reduce->best.count : size / 2;
    }
    return 0;
}

/* ---- a rule ---- */

/* Is it chosen MANY times?  Who looks for so many only has soon seen what is chosen everywhere. */
static int is_chosen_often(const struct sw_relative_schedule *schedule,
                           const struct sw_deviation *deviation)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < schedule->count && count < MANY; i++)
        count += schedule->list[i].kind == deviation->kind &&
                 schedule->list[i].choice == deviation->choice;
    return count == MANY;
}

/* What the threads do beside running can be done wherever the program asks.  What was done a few
 * times only need not be: a collection of garbage at every point takes for ever. */
static int can_be_rule(const struct sw_relative_schedule *schedule,
                       const struct sw_deviation *deviation)
{
    const struct sw_decision_kind_row *kind = sw_decision_kind(deviation->kind);

    return (kind->is_action || kind->is_data) && is_chosen_often(schedule, deviation);
}

static int is_same_act(const struct sw_deviation *a, const struct sw_deviation *b)
{
    return a->kind == b->kind && a->place == b->place && a->choice == b->choice;
}

/* The best's actions as rules, and behind them, if they are wanted, its other deviations.  How many
 * rules; -1: no memory. */
static int make_rules(const struct sw_relative_schedule *best, int with_others,
                      struct sw_relative_schedule *rules)
{
    int count = 0, failed = 0;

    for (uint32_t i = 0; i < best->count && !failed; i++)
        if (is_first(best, i, is_same_act) && can_be_rule(best, &best->list[i])) {
            struct sw_deviation rule = sw_relative_schedule_rule(&best->list[i]);
            failed = sw_relative_schedule_append(rules, &rule) < 0;
            count++;
        }
    for (uint32_t i = 0; i < best->count && with_others && !failed; i++)
        if (!can_be_rule(best, &best->list[i]))
            failed = sw_relative_schedule_append(rules, &best->list[i]) < 0;
    return failed ? -1 : count;
}

/* Leaves out the rules from first on, so many.  1: it fails so without them.  As sw_reduce_try(). */
static int try_without_rules(struct sw_reduce *reduce, const struct sw_relative_schedule *rules,
                             int first, int count, unsigned char *left_out, struct sw_error *e)
{
    unsigned char *more = calloc(rules->count + 1, 1);

    if (more == NULL)
        return refuse_size(e);
    memcpy(more, left_out, rules->count);
    memset(more + first, 1, (size_t)count);
    int status =
        memcmp(more, left_out, rules->count) == 0 ? 0 : sw_reduce_try(reduce, rules, more, e);
    if (status == 1) {
        memcpy(left_out, more, rules->count);
        status = sw_reduce_keep(reduce, e) < 0 ? -1 : 1;
    }
    free(more);
    return status;
}

/* As leave_out_sets(), of the first count, which are the rules. */
static int leave_out_rules(struct sw_reduce *reduce, const struct sw_relative_schedule *rules,
                           int count, struct sw_error *e)
{
    unsigned char *left_out = calloc(rules->count + 1, 1);
    int status = left_out != NULL ? 0 : refuse_size(e);

    for (int size = (count + 1) / 2; size > 0 && status >= 0; size = size > 1 ? (size + 1) / 2 : 0)
        for (int first = 0; first < count && status >= 0; first += size)
            status = try_without_rules(reduce, rules, first,
                                       size < count - first ? size : count - first, left_out, e);
    free(left_out);
    return status < 0 ? -1 : 0;
}

/* 1: the rules fail so, and what they did is the best. */
static int try_rules(struct sw_reduce *reduce, int with_others, struct sw_error *e)
{
    struct sw_relative_schedule rules = {0};
    int count = make_rules(&reduce->best, with_others, &rules);
    int status =
        count < 0 ? refuse_size(e) : (count > 0 ? sw_reduce_try(reduce, &rules, NULL, e) : 0);

    if (status == 1 &&
        (sw_reduce_keep(reduce, e) < 0 || leave_out_rules(reduce, &rules, count, e) < 0))
        status = -1;
    sw_relative_schedule_free(&rules);
    return status;
}

/* The best as it is, in a place of its own; or back. */
static int copy_best(struct sw_reduce *to, const struct sw_reduce *from, struct sw_error *e)
{
    if (sw_relative_schedule_copy(&to->best, &from->best) < 0)
        return refuse_size(e);
    sw_control_shm_copy_list(to->exact, from->exact);
    to->decision_count = from->decision_count;
    to->is_cold = from->is_cold;
    return 0;
}

/* What comes of the rules has more deviations at first, and counts only if it has fewer in the
 * end. */
static int generalise(struct sw_reduce *reduce, struct sw_reduce *before, struct sw_error *e)
{
    int status = copy_best(before, reduce, e) < 0 ? -1 : try_rules(reduce, 0, e);

    if (status == 0)
        status = try_rules(reduce, 1, e);
    if (status == 1 && (cut_end(reduce, e) < 0 || leave_out_alike(reduce, is_of_kind, e) < 0 ||
                        leave_out_sets(reduce, e) < 0))
        status = -1;
    if (before->best.count > 0 && reduce->best.count > before->best.count) {
        struct sw_error nothing;
        if (copy_best(reduce, before, status < 0 ? &nothing : e) < 0)
            return -1;
    }
    return status < 0 ? -1 : 0;
}

static int try_generalising(struct sw_reduce *reduce, struct sw_error *e)
{
    struct sw_reduce before;
    int status = sw_reduce_open(&before, reduce->reproducer) ? generalise(reduce, &before, e)
                                                             : refuse_size(e);

    sw_reduce_close(&before);
    return status;
}

/* ---- the whole ---- */

int sw_reduce_run(struct sw_reduce *reduce, struct sw_error *e)
{
    if (try_range(reduce, 0, reduce->best.count, e) < 0)
        return -1;
    if (try_generalising(reduce, e) < 0 || leave_out_alike(reduce, is_like, e) < 0)
        return -1;
    return leave_out_sets(reduce, e);
}
