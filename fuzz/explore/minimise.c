/* SPDX-License-Identifier: MIT */
#include "minimise.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/chance.h"
#include "contract/real_time.h"

enum {
    /* Step 5 makes results comparable and no smaller: so it gets a tenth of what step 4 has, and
     * only if so few deviations are left that there is some for each.  Chosen freely. */
    EARLIEST_COUNT_MAX = 16,
    EARLIEST_SHARE = 10,
};

struct minimiser {
    struct sw_reproduce reproducer;
    struct sw_reduce reduce;
    struct sw_fewest fewest;
    struct sw_minimised *result;
    struct sw_error *error;
    const struct sw_minimise_order *order;
    double ends_at;
    enum sw_batch_start start;
};

static void tell(void *context)
{
    const struct minimiser *m = context;

    if (m->order->on_progress != NULL)
        m->order->on_progress(m->order->context, m->result->runs + m->reproducer.runs,
                              m->reduce.best.count);
}

__attribute__((format(printf, 2, 3))) static int refuse(struct minimiser *m, const char *format,
                                                        ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(m->result->refused, sizeof m->result->refused, format, arguments);
    va_end(arguments);
    return 0;
}

/* ---- 5. the earliest ---- */

/* Is the schedule that was just run no larger than the best, and its deviation number which
 * earlier? -1: no memory. */
static int is_earlier(const struct minimiser *m, uint32_t which)
{
    const struct sw_relative_schedule *best = &m->reduce.best;
    struct sw_relative_schedule moved = {0};
    int status = sw_relative_schedule_take(&moved, m->reproducer.shm);

    if (status == 0)
        status =
            moved.count <= best->count && which < moved.count &&
            sw_relative_schedule_preemptions(&moved) <= sw_relative_schedule_preemptions(best) &&
            moved.decisions[which] < best->decisions[which];
    sw_relative_schedule_free(&moved);
    return status;
}

/* Tries deviation number which at each earlier count of its thread, from 0 on: the first at which
 * it still fails so is the earliest.  So equal bugs found by different seeds mostly end in the same
 * schedule: four seeds of fuzz/bench's account end in the same four deviations. */
static int move_earlier(struct minimiser *m, uint32_t which, uint64_t *runs)
{
    struct sw_relative_schedule *best = &m->reduce.best;
    uint64_t own = best->list[which].index;

    for (uint64_t index = 0; *runs > 0 && index < own; index++, --*runs) {
        best->list[which].index = index;
        int status = sw_reduce_try(&m->reduce, best, NULL, m->error);
        best->list[which].index = own;
        if (status == 1 && (status = is_earlier(m, which)) < 0)
            return sw_error_set(m->error, NULL, 0, 0, "out of memory");
        if (status != 0)
            return status < 0 || sw_reduce_keep(&m->reduce, m->error) < 0 ? -1 : 0;
    }
    return 0;
}

static int make_earliest(struct minimiser *m)
{
    uint64_t runs = m->fewest.budget / EARLIEST_SHARE;

    for (uint32_t i = 0; i < m->reduce.best.count && m->reduce.best.count <= EARLIEST_COUNT_MAX;
         i++)
        if (move_earlier(m, i, &runs) < 0)
            return -1;
    return 0;
}

/* ---- 1. what is recorded ---- */

/* Runs what is recorded, and then the same counted by thread: only if that fails in the same way
 * can anything be left out.  1: there is something to minimise. */
static int begin(struct minimiser *m)
{
    char line[SW_END_LINE_MAX];
    int status = sw_reproduce_begin(&m->reproducer, m->error);

    if (status < 0)
        return -1;
    sw_run_end_format(&m->reproducer.end, line, sizeof line);
    if (status == 0)
        return sw_run_end_is_failure(&m->reproducer.end)
                   ? refuse(m, "it is recorded as '%.200s', and now it ends otherwise: %.200s",
                            m->order->sched->outcome, line)
                   : refuse(m, "it does not fail, and there is nothing to minimise");
    m->result->wanted = m->reproducer.wanted;
    if (sw_reduce_keep(&m->reduce, m->error) < 0)
        return -1;
    m->result->before = m->reduce.best.count;
    status = sw_reduce_try(&m->reduce, &m->reduce.best, NULL, m->error);
    if (status != 0)
        return status;
    sw_run_end_format(&m->reproducer.end, line, sizeof line);
    return refuse(m,
                  "nothing can be left out: counted by each thread's own decisions it ends "
                  "otherwise: %.200s",
                  line);
}

/* ---- 2. the random numbers ---- */

/* Goes on with another setting of the same program. */
static int reopen(struct minimiser *m, const struct sw_sched *sched)
{
    struct sw_reproduce *reproducer = &m->reproducer;
    struct sw_end wanted = reproducer->wanted;
    uint64_t runs = reproducer->runs;

    sw_reproduce_close(reproducer);
    int status = sw_reproduce_open(reproducer, sched, m->start, m->error);
    reproducer->wanted = wanted;
    reproducer->runs = runs;
    reproducer->ends_at = m->ends_at;
    return status;
}

/* As sw_reproduce_run(). */
static int try_with(struct minimiser *m, const struct sw_sched *sched)
{
    return reopen(m, sched) < 0 ? -1 : sw_reduce_try(&m->reduce, &m->reduce.best, NULL, m->error);
}

/* plain has what is to be tried in place of what is minimised by now. */
static int try_plain(struct minimiser *m, struct sw_sched *plain)
{
    struct sw_minimised *result = m->result;
    int status = try_with(m, plain);

    if (status == 1)
        result->sched = plain;
    else if (status == 0)
        status = try_with(m, result->sched);
    /* It may be over: what is confirmed is what is known to fail. */
    if (status < 0 && m->reproducer.sched != result->sched)
        reopen(m, result->sched);
    return status < 0 || sw_reduce_keep(&m->reduce, m->error) < 0 ? -1 : 0;
}

/* If it fails so with those of the first chance, too, its random numbers do not matter; and its
 * layout, if it fails so in the first one. */
static int give_back(struct minimiser *m)
{
    struct sw_minimised *result = m->result;

    result->plain = *m->order->sched;
    result->plain.setting.chance = 0;
    if (m->order->sched->setting.chance > SW_CHANCE_FIRST && try_plain(m, &result->plain) < 0)
        return -1;
    if (m->order->sched->setting.layout == 0)
        return 0;
    result->plainer = *result->sched;
    result->plainer.setting.layout = 0;
    return try_plain(m, &result->plainer);
}

/* ---- 3. and 4. ---- */

/* Fewer preemptions may mean more of the other deviations: so it is reduced again. */
static int reduce_all(struct minimiser *m)
{
    uint32_t before;

    if (sw_reduce_run(&m->reduce, m->error) < 0)
        return -1;
    before = sw_relative_schedule_preemptions(&m->reduce.best);
    m->fewest.budget = m->order->budget == SW_MINIMISE_SOME_SECONDS ? sw_fewest_budget(&m->reduce)
                                                                    : m->order->budget;
    if (sw_fewest_run(&m->fewest, &m->reduce, m->error) < 0)
        return -1;
    if (m->fewest.preemptions < before && sw_reduce_run(&m->reduce, m->error) < 0)
        return -1;
    return make_earliest(m);
}

/* ---- 6. in a process of its own ---- */

/* 1: it fails there in the same way. */
static int confirm(struct minimiser *m)
{
    char line[SW_END_LINE_MAX];
    int status = sw_reproduce_confirm(&m->reproducer, m->reduce.exact, m->error);

    if (status != 0)
        return status;
    sw_run_end_format(&m->reproducer.end, line, sizeof line);
    return refuse(m,
                  "the smallest schedule that was found, of %u deviations, ends otherwise in a "
                  "process of its own: %.200s",
                  m->reduce.best.count, line);
}

/* ---- 7. what decides ---- */

static int look(struct minimiser *m)
{
    struct sw_minimised *result = m->result;

    if (sw_critical_pair_find(&m->reproducer, &m->reduce.best, &result->critical, m->error) < 0)
        return -1;
    int status = result->critical.found
                     ? sw_critical_pair_look(&m->reproducer, &result->critical, m->error)
                     : sw_left_over_look(&result->left, &m->reduce, m->error);
    result->is_looked_at = status == 0;
    return status;
}

/* ---- the whole ---- */

/* -1 with *e, unless that is because it is over. */
static int unless_over(struct minimiser *m, int status)
{
    return status < 0 && sw_reproduce_is_over(&m->reproducer) ? 1 : status;
}

static void take_result(struct minimiser *m)
{
    struct sw_minimised *result = m->result;

    result->deviations = m->reduce.best.count;
    sw_control_shm_copy_list(result->exact, m->reduce.exact);
    sw_fewest_print(&m->fewest, &m->reduce.best, result->proof, sizeof result->proof);
}

/* 1: it is minimised; 0: refused says why not; -1: *e. */
static int minimise(struct minimiser *m)
{
    int status = begin(m);

    if (status < 0 && m->reproducer.over != NULL)
        return refuse(m, "%s before anything was left out", m->reproducer.over);
    if (status <= 0)
        return status;
    status = give_back(m);
    status = unless_over(m, status < 0 ? status : reduce_all(m));
    if (status >= 0)
        status = confirm(m);
    if (status < 0 && m->reproducer.over != NULL)
        return refuse(m, "%s before the smallest schedule was confirmed", m->reproducer.over);
    if (status <= 0)
        return status;
    take_result(m);
    return unless_over(m, look(m)) < 0 ? -1 : 1;
}

static int minimise_from(struct minimiser *m, enum sw_batch_start start)
{
    int status = sw_reproduce_open(&m->reproducer, m->order->sched, start, m->error);

    m->start = start;
    m->result->sched = m->order->sched;
    m->reproducer.ends_at = m->ends_at;
    m->fewest = (struct sw_fewest){.tried = "fewer were not looked for"};
    if (status == 0 && !sw_reduce_open(&m->reduce, &m->reproducer))
        status = sw_error_set(m->error, NULL, 0, 0, "out of memory");
    m->reduce.on_run = tell;
    m->reduce.context = m;
    if (status == 0)
        status = minimise(m);
    m->result->runs += m->reproducer.runs;
    m->result->over = m->reproducer.over;
    sw_reduce_close(&m->reduce);
    sw_reproduce_close(&m->reproducer);
    return status;
}

int sw_minimise_run(const struct sw_minimise_order *order, struct sw_minimised *minimised,
                    struct sw_error *e)
{
    struct minimiser m = {.result = minimised,
                          .error = e,
                          .order = order,
                          .ends_at = order->seconds > 0 ? sw_real_time_s() + order->seconds : 0};

    *minimised =
        (struct sw_minimised){.sched = order->sched, .exact = calloc(1, sizeof *minimised->exact)};
    if (minimised->exact == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    int status = minimise_from(&m, SW_BATCH_CHECKPOINT);
    if (status == 0 && minimised->over == NULL)
        status = minimise_from(&m, SW_BATCH_COLD);
    if (status > 0)
        minimised->refused[0] = '\0';
    return status < 0 ? -1 : 0;
}

void sw_minimise_free(struct sw_minimised *minimised)
{
    sw_critical_pair_free(&minimised->critical);
    sw_left_over_free(&minimised->left);
    free(minimised->exact);
    *minimised = (struct sw_minimised){0};
}

int sw_minimise_write(const struct sw_minimised *minimised, const char *output, int silent,
                      struct sw_trial *trial)
{
    const struct sw_sched *sched = minimised->sched;
    int is_test = sched->setting.begins && sched->arg_count >= 2;
    char found[256];

    snprintf(found, sizeof found, "%.128s, minimised from %u deviations", sched->found,
             minimised->before);
    struct sw_trial_order order = {.interp = sched->interp,
                                   .starter = sched->program,
                                   .file = is_test ? sched->args[0] : sched->program,
                                   .test = is_test ? sched->args[1] : NULL,
                                   .args = is_test ? sched->args + 2 : sched->args,
                                   .folder = sched->folder,
                                   .schedule = {.strategy = SW_STRATEGY_REPLAY,
                                                .wanted = sw_schedule_order_list(minimised->exact)},
                                   .found = found,
                                   .alike = &minimised->wanted,
                                   .setting = &sched->setting,
                                   .output = output,
                                   .silent = silent,
                                   .holds_output = 1,
                                   .explains = 1,
                                   .how = minimised->how,
                                   .schedules = 1};
    sw_trial_run(&order, trial);
    return trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED ? 0 : 1;
}
