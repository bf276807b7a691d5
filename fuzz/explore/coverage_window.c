/* SPDX-License-Identifier: MIT */
#include "coverage_window.h"

#include <stdlib.h>
#include <string.h>

uint64_t sw_coverage_window_known(uint64_t number)
{
    uint64_t ahead = number / 4; /* chosen freely */

    /* Together with this one they have to fit. */
    if (ahead > SW_COVERAGE_WINDOW - 2)
        ahead = SW_COVERAGE_WINDOW - 2;
    return number - 1 - ahead;
}

struct sw_coverage_ended *sw_coverage_window_at(struct sw_coverage_window *window, uint64_t number)
{
    return &window->ended[number % SW_COVERAGE_WINDOW];
}

void sw_coverage_window_clear(struct sw_coverage_ended *ended)
{
    if (ended->seed != NULL)
        sw_schedule_mutate_free(ended->seed);
    free(ended->seed);
    free(ended->coverage);
    free(ended->profile);
    free(ended->list);
    *ended = (struct sw_coverage_ended){0};
}

void sw_coverage_window_free(struct sw_coverage_window *window)
{
    for (int i = 0; i < SW_COVERAGE_WINDOW; i++)
        sw_coverage_window_clear(&window->ended[i]);
}

struct sw_coverage *sw_coverage_window_copy(const struct sw_coverage *coverage)
{
    size_t size =
        offsetof(struct sw_coverage, features) + coverage->count * sizeof *coverage->features;
    struct sw_coverage *copy = malloc(size);

    if (copy != NULL)
        memcpy(copy, coverage, size);
    return copy;
}
