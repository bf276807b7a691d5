/* SPDX-License-Identifier: MIT */
#include "model_gate.h"

#include <stdlib.h>

#include "dpor_model.h"

/* A step that is switched off can run the same for ever. */
enum { RUNS_MAX = 4096 };

struct found {
    uint64_t classes, in_vain;
    int is_broken; /* it could not go on, or went on for too long */
};

static int explore(enum sw_search_fault fault, struct found *found)
{
    struct sw_dpor *dpor = sw_dpor_new();
    struct sw_dpor_run run;
    const char *why;
    int more = dpor != NULL ? 1 : -1;

    *found = (struct found){0};
    sw_search_fault = fault;
    for (int runs = 0; more > 0 && !found->is_broken; runs++) {
        more = sw_dpor_next(dpor, &run);
        if (more <= 0)
            break;
        run_model(&run);
        found->is_broken = sw_dpor_observe(dpor, trace, &why) < 0 || runs == RUNS_MAX;
    }
    sw_search_fault = SW_SEARCH_FAULT_NONE;
    if (more >= 0) {
        const struct sw_dpor_counts *counts = sw_dpor_counts(dpor);
        found->classes = counts->traces - counts->blocked;
        found->in_vain = counts->blocked + counts->infeasible;
    }
    sw_dpor_free(dpor);
    return more < 0 ? -1 : 0;
}

/* NULL: nothing shows. */
static const char *compare(const struct found *with, const struct found *without)
{
    if (without->is_broken || without->classes != class_count)
        return NULL;
    if (with->is_broken)
        return "it does not end";
    if (with->classes != class_count)
        return with->classes < class_count ? "fewer" : "more";
    return with->in_vain > without->in_vain ? "in vain" : NULL;
}

/* Variables, locks around them, and locks that are tried, in turn. */
static void make_model(int number)
{
    uint64_t random = (uint64_t)number;

    if (number % 2 == 0)
        random_tries(&random);
    else
        random_model(&random, 2);
}

int sw_model_gate_run(enum sw_search_fault fault, const char **what)
{
    struct found with, without;
    int number = 0, status = 0;

    setup();
    *what = NULL;
    while (*what == NULL && number < SW_MODEL_GATE_MODELS && status == 0) {
        make_model(++number);
        if (model_classes() < 0)
            continue;
        status = trace == NULL || explore(fault, &with) < 0 ||
                         explore(SW_SEARCH_FAULT_NONE, &without) < 0
                     ? -1
                     : 0;
        if (status == 0)
            *what = compare(&with, &without);
    }
    teardown();
    return status < 0 ? -1 : *what != NULL ? number : 0;
}
