/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "contract/words.h"
#include "explore.h"

/* BOUND: of preemptions or delays, where none is named.  Two expose most bugs (Musuvathi and
 * Qadeer, Iterative Context Bounding, 2007), and all schedules within two are still few. */
enum { BOUND = 2, NUMBER_MAX = 1000 };

static const struct strategy {
    const char *name;
    const char *number; /* what stands behind a colon; NULL: nothing may */
    int learns;
    enum sw_explore_method method;
} strategies[] = {
    {"portfolio", NULL, 1, SW_EXPLORE_SAMPLES}, {"random", NULL, 0, SW_EXPLORE_SAMPLES},
    {"pct", "DEPTH", 1, SW_EXPLORE_SAMPLES},    {"pos", NULL, 1, SW_EXPLORE_SAMPLES},
    {"surw", NULL, 1, SW_EXPLORE_SAMPLES},      {"coverage", NULL, 0, SW_EXPLORE_COVERAGE},
    {"dpor", NULL, 0, SW_EXPLORE_DPOR},         {"preemptions", "N", 0, SW_EXPLORE_PREEMPTIONS},
    {"delays", "N", 0, SW_EXPLORE_DELAYS},
};
enum { COUNT = sizeof strategies / sizeof *strategies };

static const struct strategy *find(const char *text, size_t length)
{
    for (int i = 0; i < COUNT; i++)
        if (strlen(strategies[i].name) == length && strncmp(strategies[i].name, text, length) == 0)
            return &strategies[i];
    return NULL;
}

static int refuse(const char *text, struct sw_error *e)
{
    char all[300];
    size_t used = 0;

    for (int i = 0; i < COUNT && used < sizeof all; i++) {
        const struct strategy *one = &strategies[i];
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s%s%s%s",
                                 i == 0           ? ""
                                 : i == COUNT - 1 ? " and "
                                                  : ", ",
                                 one->name, one->number != NULL ? "[:" : "",
                                 one->number != NULL ? one->number : "",
                                 one->number != NULL ? "]" : "");
    }
    return sw_error_set(e, NULL, 0, 0, "'%s' is none of %s", text, all);
}

int sw_explore_strategy_set(struct sw_explore *explore, const char *text, struct sw_error *e)
{
    struct sw_trial_order *trial = &explore->search.trial;
    size_t length = strcspn(text, ":");
    const struct strategy *strategy = find(text, length);

    if (strategy == NULL || (text[length] == ':' && strategy->number == NULL) ||
        strlen(text) >= sizeof explore->strategy)
        return refuse(text, e);
    trial->schedule.argument = 0;
    if (text[length] == ':' &&
        sw_words_number(text + length + 1, 1, NUMBER_MAX, &trial->schedule.argument, e) < 0)
        return -1;
    snprintf(explore->strategy, sizeof explore->strategy, "%s", text);
    snprintf(explore->name, sizeof explore->name, "%s", strategy->name);
    trial->schedule.strategy =
        strcmp(explore->name, "random") == 0 ? SW_STRATEGY_RANDOM : SW_STRATEGY_NAMED;
    trial->schedule.name = explore->name;
    explore->search.learns = strategy->learns;
    explore->method = strategy->method;
    explore->bound = trial->schedule.argument > 0 ? (uint32_t)trial->schedule.argument : BOUND;
    return 0;
}
