/* SPDX-License-Identifier: MIT */
#include "fault_gate.h"

#include <stdio.h>
#include <string.h>

#include "model_gate.h"

static const struct {
    const char *name;
    struct sw_random_focus focus;
} faults[SW_SEARCH_FAULT_COUNT] = {
#define FAULT(id, name, shape, operation, text) \
    [SW_SEARCH_FAULT_##id] = {name, {shape, operation, 0, 0, SW_RANDOM_JOINS_ANY}},
    SW_TRACER_FAULTS(FAULT) SW_DPOR_FAULTS(FAULT)
#undef FAULT
};

/* More traces than are allowed are a fault, too, if they are fewer without it: nothing has been
 * compared then. */
static int is_sound(const struct sw_program_judgement *judgement)
{
    int agrees = judgement->verdict == SW_PROGRAM_AGREES ||
                 (judgement->verdict == SW_PROGRAM_UNDECIDED && judgement->interleavings > 0);

    return agrees && (!judgement->is_whole || judgement->traces == judgement->classes);
}

/* 1: something is wrong with it, and nothing is without the fault; 0; -1: *e. */
static int shows_fault(struct sw_program_judge *judge, const struct sw_random_program *program,
                       enum sw_search_fault fault, struct sw_program_judgement *judgement,
                       struct sw_error *e)
{
    struct sw_program_judgement without;

    if (sw_program_judge_run(judge, program, fault, judgement, e) < 0)
        return -1;
    if (is_sound(judgement))
        return 0;
    if (sw_program_judge_run(judge, program, SW_SEARCH_FAULT_NONE, &without, e) < 0)
        return -1;
    return is_sound(&without);
}

/* 1: a model shows it; 0; -1 with *e. */
static int run_models(enum sw_search_fault fault, struct sw_error *e)
{
    const char *what;
    int number = sw_model_gate_run(fault, &what);

    if (number < 0)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    if (number > 0)
        printf("%-22s noticed: model %d, %s\n", faults[fault].name, number, what);
    fflush(stdout);
    return number > 0;
}

static int run_fault(struct sw_program_judge *judge, enum sw_search_fault fault, uint64_t seed,
                     uint64_t programs, struct sw_error *e)
{
    struct sw_random_program program;
    struct sw_program_judgement judgement;
    int status = 0;

    for (uint64_t i = 0; i < programs && status == 0; i++) {
        struct sw_random_focus focus = faults[fault].focus;
        /* What a step of the search is for shows with three threads, in many an interleaving, or
         * else with two and more operations. */
        if (fault > SW_SEARCH_FAULT_TRACER_LAST)
            focus.threads = (seed + i) % 2 == 0 ? 3 : 2;
        if (sw_random_program_make(&program, seed + i, &focus) < 0)
            return sw_error_set(e, NULL, 0, 0, "fault %s: no such shape, or operation",
                                faults[fault].name);
        status = shows_fault(judge, &program, fault, &judgement, e);
    }
    if (status > 0)
        printf("%-22s noticed: seed %llu, %s\n", faults[fault].name,
               (unsigned long long)program.seed, sw_program_judge_names[judgement.verdict]);
    else if (status == 0)
        printf("%-22s not noticed in %llu programs\n", faults[fault].name,
               (unsigned long long)programs);
    fflush(stdout);
    return status;
}

int sw_fault_gate_run(struct sw_program_judge *judge, const char *name, uint64_t seed,
                      uint64_t programs, int *noticed, struct sw_error *e)
{
    int count = 0, all = 0;

    for (unsigned fault = 1; fault < SW_SEARCH_FAULT_COUNT; fault++) {
        if (faults[fault].name == NULL ||
            (strcmp(name, "all") != 0 && strcmp(name, faults[fault].name) != 0))
            continue;
        int status =
            fault > SW_SEARCH_FAULT_TRACER_LAST ? run_models((enum sw_search_fault)fault, e) : 0;
        if (status == 0)
            status = run_fault(judge, (enum sw_search_fault)fault, seed, programs, e);
        if (status < 0)
            return -1;
        count += status;
        all++;
    }
    if (all == 0)
        return sw_error_set(e, NULL, 0, 0, "there is no fault '%s'", name);
    printf("%d of %d faults noticed\n", count, all);
    *noticed = 20 * count >= 19 * all;
    return 0;
}
