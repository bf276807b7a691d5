/* SPDX-License-Identifier: MIT */
#include "explanation_chance.h"

#include <stdarg.h>

#include "contract/chance.h"
#include "contract/control_shm.h"
#include "run_once.h"

/* What fails half of the time passes once within so many but for one time in a hundred. */
enum { OTHERS_TRIED = 7 };

/* Only how it ends is asked: what it reads and writes is not looked at, which takes longer and moves
 * objects. */
static int default_passes(const struct sw_sched *sched)
{
    struct sw_sched plain = *sched;
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_process run;
    struct sw_error e;

    plain.deviation_count = 0;
    process.silent = 1;
    const struct sw_schedule_order schedule = sw_schedule_order_replay(&plain);
    int passes = sw_run_once_run(&run, &process, &schedule, &e) == 0 && !run.interrupted &&
                 run.end.kind == SW_ENDED_EXITED && !sw_run_end_is_failure(&run.end);
    sw_process_close(&run);
    return passes;
}

/* *setting is one of sched's: the first number from first on, but for its own, with which the default
 * schedule passes; its own: there is none. */
static uint32_t find_passing(const struct sw_sched *sched, uint32_t *setting, uint32_t first)
{
    uint32_t own = *setting, found = own;

    for (uint32_t i = 0; i <= OTHERS_TRIED && found == own; i++) {
        *setting = first + i;
        if (*setting != own && default_passes(sched))
            found = *setting;
    }
    *setting = own;
    return found;
}

/* 1. */
__attribute__((format(printf, 3, 4))) static int
set(struct sw_explanation *explanation, enum sw_explanation_kind kind, const char *format, ...)
{
    va_list arguments;

    explanation->kind = kind;
    va_start(arguments, format);
    vsnprintf(explanation->reason, sizeof explanation->reason, format, arguments);
    va_end(arguments);
    return 1;
}

int sw_explanation_chance_find(struct sw_explanation *explanation,
                               const struct sw_timeline *timeline, const struct sw_sched *sched)
{
    struct sw_sched other = *sched; /* borrows all that it points to */
    uint32_t *chance = &other.setting.chance, *layout = &other.setting.layout, found;

    if (explanation->kind != SW_EXPLANATION_NOT_KNOWN || timeline->follows == 0)
        return 0;
    if (sched->deviation_count > 0 && default_passes(sched))
        return 0;
    /* Layouts first: other random numbers can move objects, but where they lie draws nothing. */
    if ((timeline->follows & SW_FOLLOWS_LAYOUT) != 0 &&
        (found = find_passing(&other, layout, 0)) != *layout)
        return set(
            explanation, SW_EXPLANATION_ADDRESSES,
            "the default schedule fails with objects that lie as in layout %u, and passes as "
            "in layout %u",
            *layout, found);
    if (*chance == 0)
        *chance = SW_CHANCE_FIRST;
    if ((timeline->follows & SW_FOLLOWS_CHANCE) != 0 &&
        (found = find_passing(&other, chance, SW_CHANCE_FIRST)) != *chance)
        return set(explanation, SW_EXPLANATION_CHANCE,
                   "the default schedule fails with the random numbers of chance %u, and passes "
                   "with those of chance %u",
                   *chance, found);
    return 0;
}
