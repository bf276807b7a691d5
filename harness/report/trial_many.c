/* SPDX-License-Identifier: MIT */
#include "trial_many.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/runner/batch.h"
#include "harness/runner/interrupt.h"
#include "schedule_figures.h"
#include "trial_internal.h"

struct search {
    uint64_t *hashes; /* of each schedule */
    uint64_t count, room;
    uint64_t skipped;
    int failed;
    uint64_t failing_seed;
    struct sw_end failing; /* how */
};

static int add_hash(struct search *search, uint64_t hash)
{
    /* Twice as many each time: so each is copied about once, however many there are. */
    if (search->count == search->room) {
        uint64_t room = search->room > 0 ? 2 * search->room : 1024;
        uint64_t *hashes = realloc(search->hashes, room * sizeof *hashes);
        if (hashes == NULL)
            return -1;
        search->hashes = hashes;
        search->room = room;
    }
    search->hashes[search->count++] = hash;
    return 0;
}

static int on_result(void *context, const struct sw_batch_result *result)
{
    struct search *search = context;

    if (add_hash(search, result->hash) < 0)
        return 1;
    if (result->end->kind == SW_ENDED_SKIPPED)
        return ++search->skipped == search->count; /* the first: so will be all */
    if (!sw_run_end_is_failure(result->end))
        return 0;
    search->failed = 1;
    search->failing_seed = result->seed;
    search->failing = *result->end;
    return 1;
}

static void claim(const struct sw_trial_order *order, struct search *search,
                  const struct sw_batch_totals *totals, struct sw_trial *trial)
{
    char rate[32] = "", skipped[64] = "", processes[64] = "", how_fast[64] = "";

    if (search->skipped > 0 && search->skipped == search->count) {
        trial->skipped = 1;
        sw_trial_decide(trial, SW_AS_EXPECTED, "", "skipped");
        return;
    }
    if (search->skipped > 0)
        snprintf(skipped, sizeof skipped, ", %llu skipped", (unsigned long long)search->skipped);
    if (totals->processes > 1) /* whose starts are in no rate */
        snprintf(processes, sizeof processes, ", in %llu processes",
                 (unsigned long long)totals->processes);
    else if (totals->real_ns > 0) {
        sw_schedule_figures_rate(rate, sizeof rate,
                                 (double)search->count * 1e9 / (double)totals->real_ns);
        snprintf(how_fast, sizeof how_fast, ", %s a second", rate);
    }
    sw_trial_decide(trial, SW_AS_EXPECTED, "",
                    "%llu schedules of a random walk, seeds %llu to %llu%s, %llu distinct%s%s",
                    (unsigned long long)search->count, (unsigned long long)order->schedule.seed,
                    (unsigned long long)(order->schedule.seed + search->count - 1), skipped,
                    (unsigned long long)sw_schedule_figures_distinct(search->hashes, search->count),
                    processes, how_fast);
    sw_trial_tell_lives_on(trial, totals->lives_on);
}

/* Does it fail in the way that was found among other schedules? */
static int is_alike(const struct sw_trial *trial, const struct sw_end *failing)
{
    char word[SW_END_WORD_MAX];

    /* The oracle of a verdict is the word of its end. */
    return strcmp(trial->verdict.oracle, sw_run_end_word(failing, word)) == 0;
}

/* Only what a process of its own shows is believed. */
static void confirm(const struct sw_trial_order *order, const struct search *search,
                    struct sw_trial *trial)
{
    struct sw_trial_order one = *order;
    char failing[SW_END_LINE_MAX];

    sw_run_end_format(&search->failing, failing, sizeof failing);
    one.schedule.seed = search->failing_seed;
    sw_trial_run_one(&one, trial);
    /* A test that leaves something behind (a module's state, a file) can fail for what the
     * schedules before it did. That is worth a look, but it is not the failure of this schedule. */
    if (trial->verdict.kind == SW_AS_EXPECTED) {
        sw_trial_decide(
            trial, SW_INCONCLUSIVE, "cold",
            "seed %llu, number %llu of %llu: %s among other schedules, but in a process of its "
            "own it %s",
            (unsigned long long)one.schedule.seed, (unsigned long long)search->count,
            (unsigned long long)order->schedules, failing,
            trial->skipped ? "is skipped" : "passes");
        trial->skipped = 0;
    } else if (trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED) {
        sw_trial_tell(trial, "number %llu of %llu schedules", (unsigned long long)search->count,
                      (unsigned long long)order->schedules);
        if (!is_alike(trial, &search->failing))
            sw_trial_tell(trial, "among other schedules it was: %s", failing);
    }
}

static int search_many(const struct sw_trial_order *order, struct search *search,
                       struct sw_batch_totals *totals, struct sw_error *e)
{
    char *args[SW_TRIAL_ARGS];
    struct sw_batch_order warm = {.run = sw_trial_process(order, args),
                                  .schedule = order->schedule,
                                  .on_result = on_result,
                                  .context = search};

    warm.run.silent = 1;
    warm.schedule.loop_count = order->schedules;
    warm.schedule.decisions_max = SW_DECISIONS_MAX;
    return sw_batch_run(&warm, totals, e);
}

/* What was run before that stands, and is told. */
static void tell_interruption(const struct sw_trial_order *order, const struct search *search,
                              struct sw_trial *trial)
{
    sw_trial_tell(trial, "it was interrupted: go on with --seed %llu",
                  (unsigned long long)(order->schedule.seed + search->count));
    if (!trial->skipped)
        trial->verdict.kind = SW_INCONCLUSIVE;
}

void sw_trial_many_run(const struct sw_trial_order *order, struct sw_trial *trial)
{
    struct search search = {0};
    struct sw_batch_totals totals;
    struct sw_error e;

    if (search_many(order, &search, &totals, &e) < 0) {
        sw_trial_run_one(order, trial); /* which says why */
        if (trial->verdict.kind == SW_AS_EXPECTED && !trial->skipped)
            sw_trial_decide(trial, SW_HARNESS_ERROR, "start", "%s", e.text);
    } else if (search.failed) {
        confirm(order, &search, trial);
    } else {
        claim(order, &search, &totals, trial);
        sw_trial_tell_uncontrolled(trial, totals.uncontrolled.list, totals.uncontrolled.count);
        if (sw_interrupt_came())
            tell_interruption(order, &search, trial);
    }
    free(search.hashes);
}
