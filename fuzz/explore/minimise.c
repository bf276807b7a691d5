/* SPDX-License-Identifier: MIT */
#include "minimise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounded.h"
#include "contract/decision_kind.h"

enum {
    /* Step 4 makes results comparable and no smaller: so it gets a tenth of the budget, and only if
     * so few deviations are left that there is some for each.  Chosen freely. */
    EARLIEST_COUNT_MAX = 16,
    EARLIEST_SHARE = 10,
};

struct minimiser {
    struct sw_reproduce *reproducer;
    struct sw_minimised *result;
    struct sw_error *error;
    const struct sw_minimise_order *order;
    struct sw_relative_schedule best;
};

static int refuse_size(struct minimiser *m)
{
    return sw_error_set(m->error, NULL, 0, 0, "too many decisions to minimise");
}

/* What the last run decided becomes the best. */
static int keep(struct minimiser *m)
{
    if (sw_relative_schedule_take(&m->best, m->reproducer->shm) < 0)
        return refuse_size(m);
    sw_control_shm_copy_list(m->result->exact, &m->reproducer->shm->taken);
    return 0;
}

/* ---- 2. fewest deviations ---- */

static void tell(const struct minimiser *m)
{
    if (m->order->on_progress != NULL)
        m->order->on_progress(m->order->context, m->reproducer->runs, m->best.count);
}

/* Runs the best without those that are marked.  1: it still fails so, and is the best now. */
static int try_without(struct minimiser *m, const unsigned char *left_out)
{
    uint32_t before = m->best.count;
    int status = sw_reproduce_run(m->reproducer, &m->best, left_out, m->error);

    tell(m);
    /* A thread that does not wait where it did may be asked more often, and some other deviation of
     * its own may fit there: what has not become fewer is no progress, and could go on for ever. */
    if (status == 1 && m->reproducer->shm->taken.count < before)
        return keep(m) < 0 ? -1 : 1;
    return status < 0 ? -1 : 0;
}

static int is_like(const struct sw_deviation *a, const struct sw_deviation *b)
{
    return a->kind == b->kind && a->place == b->place &&
           (!sw_decision_kind(a->kind)->choice_matters || a->choice == b->choice);
}

/* Marks all that are of the kind of number which, from it on.  Returns how many. */
static uint32_t mark_like(const struct minimiser *m, uint32_t which, unsigned char *left_out)
{
    uint32_t marked = 0;

    memset(left_out, 0, m->best.count);
    for (uint32_t i = which; i < m->best.count; i++)
        marked += left_out[i] = is_like(&m->best.list[i], &m->best.list[which]) != 0;
    return marked;
}

static int is_first_like(const struct minimiser *m, uint32_t which)
{
    for (uint32_t i = 0; i < which; i++)
        if (is_like(&m->best.list[i], &m->best.list[which]))
            return 0;
    return 1;
}

/* Drop whole groups (same kind, place, choice) first: one run per group instead of hundreds.  A
 * strategy that switches at every release of the GIL, or spills at every call, leaves hundreds of
 * deviations of which at most one matters. */
static int leave_out_kinds(struct minimiser *m)
{
    unsigned char *left_out = calloc(m->best.count + 1, 1);
    int status = left_out != NULL ? 0 : refuse_size(m);

    /* Where a group was dropped another deviation stands at i now. */
    for (uint32_t i = 0; i < m->best.count && status >= 0; i += status != 1)
        status =
            is_first_like(m, i) && mark_like(m, i, left_out) > 1 ? try_without(m, left_out) : 0;
    free(left_out);
    return status < 0 ? -1 : 0;
}

/* Without those from first on, count of them. */
static int try_range(struct minimiser *m, uint32_t first, uint32_t count)
{
    unsigned char *left_out = calloc(m->best.count + 1, 1);

    if (left_out == NULL)
        return refuse_size(m);
    memset(left_out + first, 1, count);
    int status = try_without(m, left_out);
    free(left_out);
    return status;
}

/* All of them, halves, quarters, and so on: n / size runs for each size, and if few of n deviations
 * matter most are gone after the first sizes.  A size is repeated as long as it makes progress,
 * since what could not be left out before may be superfluous now.  At the end no single one can be
 * left out (the result is 1-minimal). */
static int leave_out(struct minimiser *m)
{
    uint32_t size = m->best.count;

    if (leave_out_kinds(m) < 0)
        return -1;
    while (size > 0) {
        int any = 0;
        for (uint32_t first = 0; first < m->best.count;) {
            uint32_t count = size < m->best.count - first ? size : m->best.count - first;
            int status = try_range(m, first, count);
            if (status < 0)
                return -1;
            any |= status;
            first += status ? 0 : count;
        }
        if (!any || size > m->best.count)
            size = size > m->best.count ? m->best.count : size / 2;
    }
    return 0;
}

/* ---- 3. fewest preemptions ---- */

static int on_bounded(void *context, const struct sw_batch_result *result,
                      const struct sw_control_shm *shm, uint32_t cost)
{
    struct minimiser *m = context;

    (void)cost;
    m->reproducer->runs++;
    tell(m);
    if (!sw_reproduce_is_wanted(m->reproducer, result))
        return 0;
    /* The log of such a run begins behind its last deviation (bounded.c); only its list of
     * deviations is whole.  take_list() has it run again for the log. */
    sw_control_shm_copy_list(m->reproducer->list, &shm->taken);
    return 1;
}

/* Runs again what was found.  As sw_reproduce_run(). */
static int take_list(struct minimiser *m)
{
    int status = sw_reproduce_run_list(m->reproducer, m->error);

    return status == 1 && keep(m) < 0 ? -1 : status;
}

static int search_fewer(struct minimiser *m)
{
    static struct sw_bounded all;
    uint32_t preemptions = sw_relative_schedule_preemptions(&m->best);
    int status = 0;

    if (preemptions == 0) {
        snprintf(m->result->proof, sizeof m->result->proof, "no preemption: there cannot be fewer");
        return 0;
    }
    struct sw_bounded_order order = {.session = m->reproducer->order,
                                     .kind = SW_BOUND_PREEMPTIONS,
                                     .bound = preemptions - 1 < SW_BOUNDED_MAX ? preemptions - 1
                                                                               : SW_BOUNDED_MAX,
                                     .schedules_max = m->order->budget,
                                     .goes_on = 1,
                                     .on_run = on_bounded,
                                     .context = m};
    uint32_t found = preemptions;
    if (m->order->budget > 0 && sw_bounded_run(&order, &all, m->error) < 0)
        return -1;
    if (m->order->budget > 0 && strcmp(all.why_not, "it was stopped") == 0) {
        status = take_list(m);
        found = sw_relative_schedule_preemptions(&m->best);
    }
    if (status < 0)
        return -1;
    if (m->order->budget > 0 && (all.complete || status == 1))
        snprintf(m->result->proof, sizeof m->result->proof,
                 "%u preemption%s, proven least (schedules with fewer: %llu, all run)", found,
                 found == 1 ? "" : "s",
                 (unsigned long long)(all.complete ? all.schedules
                                                   : all.schedules - all.of_cost[found]));
    else
        snprintf(m->result->proof, sizeof m->result->proof,
                 "%u preemption%s, not proven least (schedules with fewer: %llu run%s%s)", found,
                 found == 1 ? "" : "s", (unsigned long long)all.schedules,
                 all.why_not[0] != '\0' ? ", and " : "", all.why_not);
    return 0;
}

/* ---- 4. the earliest ---- */

/* Is the schedule that was just run no larger than the best, and its deviation number which
 * earlier? -1: no memory. */
static int is_earlier(const struct minimiser *m, uint32_t which)
{
    struct sw_relative_schedule moved = {0};
    int status = sw_relative_schedule_take(&moved, m->reproducer->shm);

    if (status == 0)
        status = moved.count <= m->best.count && which < moved.count &&
                 sw_relative_schedule_preemptions(&moved) <=
                     sw_relative_schedule_preemptions(&m->best) &&
                 moved.decisions[which] < m->best.decisions[which];
    sw_relative_schedule_free(&moved);
    return status;
}

/* Tries deviation number which at each earlier count of its thread, from 0 on: the first at which
 * it still fails so is the earliest.  So equal bugs found by different seeds mostly end in the same
 * schedule: four seeds of fuzz/bench's account end in the same four deviations. */
static int move_earlier(struct minimiser *m, uint32_t which, uint64_t *runs)
{
    uint64_t own = m->best.list[which].index;

    for (uint64_t index = 0; index<own && * runs> 0; index++, --*runs) {
        m->best.list[which].index = index;
        int status = sw_reproduce_run(m->reproducer, &m->best, NULL, m->error);
        m->best.list[which].index = own;
        tell(m);
        if (status == 1 && (status = is_earlier(m, which)) < 0)
            return refuse_size(m);
        if (status != 0)
            return status < 0 || keep(m) < 0 ? -1 : 0;
    }
    return 0;
}

static int make_earliest(struct minimiser *m)
{
    uint64_t runs = m->order->budget / EARLIEST_SHARE;

    for (uint32_t i = 0; i < m->best.count && m->best.count <= EARLIEST_COUNT_MAX; i++)
        if (move_earlier(m, i, &runs) < 0)
            return -1;
    return 0;
}

/* ---- the whole ---- */

/* 1. Runs what is recorded, and then the same counted by thread: only if that fails in the same way
 * can anything be left out.  1: there is something to minimise. */
static int begin(struct minimiser *m)
{
    struct sw_minimised *result = m->result;
    int status = sw_reproduce_begin(m->reproducer, m->error);

    if (status < 0)
        return -1;
    if (status == 0 || m->reproducer->wanted.kind == SW_ENDED_DIVERGED) {
        snprintf(result->refused, sizeof result->refused, "it %s, and there is nothing to minimise",
                 status == 0 ? "does not fail" : "cannot be repeated");
        return 0;
    }
    if (keep(m) < 0)
        return -1;
    result->before = m->best.count;
    status = sw_reproduce_run(m->reproducer, &m->best, NULL, m->error);
    if (status == 0)
        snprintf(result->refused, sizeof result->refused,
                 "by each thread's own time it does not fail so");
    return status;
}

static int minimise(struct minimiser *m)
{
    int status = begin(m);

    if (status <= 0)
        return status;
    /* Fewer preemptions may mean more of the other deviations: again. */
    if (leave_out(m) < 0 || search_fewer(m) < 0 || leave_out(m) < 0 || make_earliest(m) < 0)
        return -1;
    m->result->deviations = m->best.count;
    if (sw_critical_pair_find(m->reproducer, &m->best, &m->result->critical, m->error) < 0)
        return -1;
    return m->result->critical.found
               ? sw_critical_pair_look(m->reproducer, &m->result->critical, m->error)
               : 0;
}

int sw_minimise_run(const struct sw_minimise_order *order, struct sw_minimised *minimised,
                    struct sw_error *e)
{
    struct minimiser m = {
        .reproducer = &minimised->reproducer, .result = minimised, .error = e, .order = order};

    *minimised = (struct sw_minimised){.exact = calloc(1, sizeof *minimised->exact)};
    if (minimised->exact == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    int status = sw_reproduce_open(m.reproducer, order->sched, e);
    if (status == 0)
        status = minimise(&m);
    sw_relative_schedule_free(&m.best);
    return status;
}

void sw_minimise_free(struct sw_minimised *minimised)
{
    sw_reproduce_close(&minimised->reproducer);
    sw_critical_pair_free(&minimised->critical);
    free(minimised->exact);
    *minimised = (struct sw_minimised){0};
}

int sw_minimise_write(const struct sw_minimised *minimised, const char *output, int silent,
                      struct sw_trial *trial)
{
    const struct sw_sched *sched = minimised->reproducer.sched;
    int is_test = sched->setting.begins && sched->arg_count == 2;
    char found[256];

    snprintf(found, sizeof found, "%.128s, minimised from %u deviations", sched->found,
             minimised->before);
    struct sw_trial_order order = {.interp = sched->interp,
                                   .starter = sched->program,
                                   .file = is_test ? sched->args[0] : sched->program,
                                   .test = is_test ? sched->args[1] : NULL,
                                   .args = is_test ? NULL : sched->args,
                                   .folder = sched->folder,
                                   .schedule = {.strategy = SW_STRATEGY_REPLAY,
                                                .wanted = sw_schedule_order_list(minimised->exact)},
                                   .found = found,
                                   .setting = &sched->setting,
                                   .output = output,
                                   .silent = silent,
                                   .schedules = 1};
    sw_trial_run(&order, trial);
    return trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED ? 0 : 1;
}
