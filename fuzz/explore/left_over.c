/* SPDX-License-Identifier: MIT */
#include "left_over.h"

#include "contract/decision_kind.h"
#include "stack_print.h"

/* ---- looking ---- */

/* When does the thread run again that this decision stops? */
static uint64_t find_back(const struct sw_control_shm_log *log, uint64_t decision, uint32_t thread)
{
    for (uint32_t i = 0; i < log->count && i < SW_LOG_MAX; i++) {
        const struct sw_logged *logged = &log->decisions[i];
        if (logged->index > decision && sw_decision_kind(logged->kind)->is_schedule &&
            (logged->choice & ~SW_EARLY) == thread)
            return logged->index;
    }
    return 0;
}

static int look_at(struct sw_left_over_one *one, struct sw_reduce *reduce, struct sw_error *e)
{
    const struct sw_deviation *deviation = &one->deviation;
    int is_schedule = sw_decision_kind(deviation->kind)->is_schedule;
    const uint32_t threads[SW_SHOWN_THREADS] = {
        deviation->thread, is_schedule ? deviation->choice & ~SW_EARLY : deviation->thread};

    return sw_reproduce_look(reduce->reproducer, reduce->exact, one->decision, threads, &one->seen,
                             e);
}

int sw_left_over_look(struct sw_left_over *left, struct sw_reduce *reduce, struct sw_error *e)
{
    const struct sw_relative_schedule *best = &reduce->best;
    uint32_t skipped;

    *left = (struct sw_left_over){.preemptions = sw_relative_schedule_preemptions(best)};
    skipped = left->preemptions > SW_LEFT_OVER_MAX ? left->preemptions - SW_LEFT_OVER_MAX : 0;
    /* For its log. */
    if (left->preemptions > 0 && sw_reproduce_run(reduce->reproducer, best, NULL, e) < 0)
        return -1;
    for (uint32_t i = 0; i < best->count; i++) {
        if (!best->preempts[i] || (skipped > 0 && skipped--))
            continue;
        struct sw_left_over_one *one = &left->list[left->count++];
        *one =
            (struct sw_left_over_one){.deviation = best->list[i],
                                      .decision = best->decisions[i],
                                      .back = find_back(&reduce->reproducer->shm->log,
                                                        best->decisions[i], best->list[i].thread)};
    }
    for (uint32_t i = 0; i < left->count; i++)
        if (sw_reproduce_is_over(reduce->reproducer) || look_at(&left->list[i], reduce, e) < 0)
            return -1;
    return 0;
}

void sw_left_over_free(struct sw_left_over *left)
{
    for (uint32_t i = 0; i < left->count; i++)
        sw_stack_snapshot_free(&left->list[i].seen);
    *left = (struct sw_left_over){0};
}

/* ---- telling ---- */

static void print_heading(FILE *out, const struct sw_left_over_one *one)
{
    const struct sw_deviation *deviation = &one->deviation;
    char choice[SW_DECISION_TEXT];

    sw_decision_format((enum sw_decision_kind)deviation->kind, deviation->choice, choice,
                       sizeof choice);
    if (!sw_decision_kind(deviation->kind)->is_schedule)
        fprintf(out, "at %s T%u gets: %s %s", sw_decision_place(deviation->place),
                deviation->thread, sw_decision_verb(deviation->kind), choice);
    else if (one->back > 0)
        fprintf(out, "T%u stops and %s runs; T%u goes on at decision %llu", deviation->thread,
                choice, deviation->thread, (unsigned long long)one->back);
    else
        fprintf(out, "T%u stops for good and %s runs", deviation->thread, choice);
}

static void print_one(FILE *out, const struct sw_left_over_one *one, uint32_t number, uint32_t all)
{
    const struct sw_deviation *deviation = &one->deviation;
    int is_schedule = sw_decision_kind(deviation->kind)->is_schedule;

    fprintf(out, "%s %u of %u, at decision %llu: ", is_schedule ? "preemption" : "choice", number,
            all, (unsigned long long)one->decision);
    print_heading(out, one);
    fputc('\n', out);
    sw_stack_print_thread(out, is_schedule ? "stops" : "there", deviation->thread, &one->seen, 0);
    if (is_schedule)
        sw_stack_print_thread(out, "runs", deviation->choice & ~SW_EARLY, &one->seen, 1);
}

void sw_left_over_print(FILE *out, const struct sw_left_over *left)
{
    uint32_t first = left->preemptions - left->count;

    if (first > 0)
        fprintf(out, "the last %u of %u preemptions that are left:\n", left->count,
                left->preemptions);
    for (uint32_t i = 0; i < left->count; i++)
        print_one(out, &left->list[i], first + i + 1, left->preemptions);
}
