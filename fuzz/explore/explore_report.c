/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/schedule_figures.h"
#include "contract/layout.h"
#include "contract/version.h"
#include "contract/whole_file.h"
#include "harness/runner/interrupt.h"
#include "explore.h"
#include "harness/formats/files/json_fields.h"

enum { SCRIPT_BYTES_MAX = 16 << 20 };

static const char *grain_of(const struct sw_explore *explore)
{
    return explore->setting.grain == SW_GRAIN_ACCESS ? "access" : "call";
}

/* Which random numbers it had; "" of a program that has drawn none. */
static char *format_chance(const struct sw_explore *explore, const struct sw_search_totals *totals,
                           char *buf, size_t size)
{
    const struct sw_schedule_order *schedule = &explore->search.trial.schedule;
    uint32_t first = explore->setting.chance, last = 0;

    if (schedule->chance_how != SW_CHANCE_FIXED) {
        first = sw_chance_of_seed(schedule->chance_how, schedule->seed);
        last = totals->last > schedule->seed && totals->chance_how != SW_CHANCE_FIXED
                   ? sw_chance_of_seed(totals->chance_how, totals->last)
                   : first;
    }
    int draws = (totals->follows & SW_FOLLOWS_CHANCE) != 0;

    *buf = '\0';
    if (draws && last > first)
        snprintf(buf, size, ", random numbers of the chances from %u to %u", first, last);
    else if (draws)
        snprintf(buf, size, ", with chance %u; other random numbers were not tried",
                 first > 0 ? first : SW_CHANCE_FIRST);
    return buf;
}

/* Of the first seeds: have all layouts come? */
static uint32_t layouts_up_to(enum sw_chance_how how, uint32_t count, uint64_t first, uint64_t last)
{
    uint64_t turns = sw_chance_of_seed(how, last) - sw_chance_of_seed(how, first) + 1;

    return how == SW_CHANCE_FIXED ? 1 : (uint32_t)(turns < count ? turns : count);
}

/* Which orders of addresses it had; "" of a program that follows none, as far as is seen. */
static char *format_layout(const struct sw_explore *explore, const struct sw_search_totals *totals,
                           char *buf, size_t size)
{
    uint64_t first = explore->search.trial.schedule.seed;
    uint32_t count = layouts_up_to(totals->layout_how, sw_layout_count(explore->setting.layouts),
                                   first, totals->last > first ? totals->last : first);

    *buf = '\0';
    if (count > 1)
        snprintf(
            buf, size, ", %u layouts of addresses%s", count,
            totals->only_layouts && !totals->failed
                ? ", a schedule of each: only one thread ran, and nothing else was left to decide"
                : "");
    else if ((totals->follows & SW_FOLLOWS_LAYOUT) != 0)
        snprintf(buf, size, ", one order of addresses (layout %u)", explore->setting.layout);
    return buf;
}

/* What it had of all that a run follows apart from its schedule. */
static void format_beside(const struct sw_explore *explore, const struct sw_search_totals *totals,
                          char *buf, size_t size)
{
    char layout[160];

    format_chance(explore, totals, buf, size);
    size_t used = strlen(buf);
    snprintf(buf + used, size - used, "%s", format_layout(explore, totals, layout, sizeof layout));
}

char *sw_explore_report_claim(const struct sw_explore *explore,
                              const struct sw_explore_result *result, char *buf, size_t size)
{
    const struct sw_search_totals *totals = &result->totals;

    char beside[256];

    format_beside(explore, totals, beside, sizeof beside);
    if (explore->method != SW_EXPLORE_SAMPLES) {
        snprintf(buf, size, "%s%s", result->claim, beside);
        return buf;
    }
    if (totals->only_one && totals->failed) {
        snprintf(buf, size,
                 "1 schedule, grain %s: only one thread ran, and nothing was left to decide: it "
                 "fails always, and this is no race%s",
                 grain_of(explore), beside);
        return buf;
    }
    if (totals->only_one) {
        snprintf(buf, size,
                 "1 schedule, grain %s: only one thread ran, and nothing was left to "
                 "decide; all others are like it%s",
                 grain_of(explore), beside);
        return buf;
    }
    uint64_t first = explore->search.trial.schedule.seed;
    uint64_t in_order = totals->last - first + 1;
    char learning[64] = "", beyond[64] = "", rate[32], processes[64] = "";

    if (totals->learning > 0)
        snprintf(learning, sizeof learning, " (the first %llu pos, to learn)",
                 (unsigned long long)totals->learning);
    /* Beyond: jobs that were ahead when another one failed.  They are no part of what is shown. */
    if (totals->schedules > in_order)
        snprintf(beyond, sizeof beyond, " and %llu beyond",
                 (unsigned long long)(totals->schedules - in_order));
    if (totals->processes > 1)
        snprintf(processes, sizeof processes, " in %llu processes",
                 (unsigned long long)totals->processes);
    sw_schedule_figures_rate(rate, sizeof rate,
                             totals->seconds > 0 ? (double)totals->schedules / totals->seconds : 0);
    snprintf(
        buf, size,
        "%llu schedule%s of %s%s, seeds %llu to %llu%s, grain %s, %llu distinct%s, %s a second%s",
        (unsigned long long)totals->schedules, totals->schedules == 1 ? "" : "s", explore->strategy,
        learning, (unsigned long long)first, (unsigned long long)totals->last, beyond,
        grain_of(explore), (unsigned long long)result->distinct, processes, rate, beside);
    return buf;
}

/* ---- for people ---- */

/* By the rate so far, or by the clock, whichever ends it sooner. */
static void format_left(const struct sw_explore_progress *progress, char *buf, size_t size)
{
    double rate = progress->schedules > 0 ? (double)progress->schedules / progress->seconds : 0;
    double left = -1;

    if (progress->wanted > progress->schedules && rate > 0)
        left = (double)(progress->wanted - progress->schedules) / rate;
    if (progress->limit_s > 0 && (left < 0 || left > progress->limit_s - progress->seconds))
        left = progress->limit_s - progress->seconds;
    *buf = '\0';
    if (left >= 0)
        snprintf(buf, size, ", %.0f s left", left);
}

void sw_explore_report_progress(const struct sw_explore_progress *progress, double *told)
{
    enum { LINE_S = 10 }; /* in a log file; on a terminal one line is written over and over */
    int is_terminal = isatty(STDERR_FILENO);
    char rate[32], of[48] = "", distinct[48] = "", causes[32] = "", left[32];

    if (progress->seconds - *told < (is_terminal ? 0.1 : LINE_S))
        return;
    *told = progress->seconds;
    sw_schedule_figures_rate(rate, sizeof rate, (double)progress->schedules / progress->seconds);
    if (progress->wanted > 0)
        snprintf(of, sizeof of, " of %llu", (unsigned long long)progress->wanted);
    else if (progress->open > 0)
        snprintf(of, sizeof of, " of at least %llu",
                 (unsigned long long)(progress->schedules + progress->open));
    if (progress->distinct > 0)
        snprintf(distinct, sizeof distinct, ", about %llu distinct",
                 (unsigned long long)progress->distinct);
    else if (progress->features > 0)
        snprintf(distinct, sizeof distinct, ", %llu features",
                 (unsigned long long)progress->features);
    if (progress->causes > 0)
        snprintf(causes, sizeof causes, " of %d cause%s", progress->causes,
                 progress->causes == 1 ? "" : "s");
    format_left(progress, left, sizeof left);
    fprintf(stderr, "%s%llu%s schedules in %.0f s, %s a second%s, %llu failure%s%s%s%s",
            is_terminal ? "\r\033[K" : "", (unsigned long long)progress->schedules, of,
            progress->seconds, rate, distinct, (unsigned long long)progress->failures,
            progress->failures == 1 ? "" : "s", causes, left, is_terminal ? "" : "\n");
}

void sw_explore_report_end_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void print_lines(const char *text)
{
    while (text != NULL && *text != '\0') {
        int length = (int)strcspn(text, "\n");
        printf("       %.*s\n", length, text);
        text += length + (text[length] == '\n');
    }
}

static void print_failures(const struct sw_explore_result *result)
{
    for (uint32_t i = 0; i < result->failure_count; i++)
        printf("       %llu of %llu schedules, from seed %llu on: %s\n",
               (unsigned long long)result->failures[i].count,
               (unsigned long long)result->totals.schedules,
               (unsigned long long)result->failures[i].seed, result->failures[i].text);
}

/* FILE.py alone is run as a program, which only defines its tests. */
static void print_tests_of(const struct sw_explore *explore)
{
    const struct sw_trial_order *trial = &explore->search.trial;
    struct sw_error e;
    size_t size;
    char *text = trial->test == NULL
                     ? sw_whole_file_read(explore->target, SCRIPT_BYTES_MAX, &size, &e)
                     : NULL;
    const char *test = text != NULL ? strstr(text, "\ndef test") : NULL;

    if (test != NULL) {
        test += strlen("\ndef ");
        printf("       a test in it runs if it is named: %s::%.*s\n", explore->target,
               (int)strcspn(test, "( \n"), test);
    }
    free(text);
}

static const char *mode_text(const struct sw_explore *explore)
{
    return explore->setting.grain == SW_GRAIN_ACCESS
               ? "grain access is finer than the real interpreter in places: it may never do this"
               : "";
}

/* The clock or Ctrl-C came before the end: where it can be gone on with. */
static void print_stop(const struct sw_explore *explore, const struct sw_explore_result *result)
{
    const char *why = sw_interrupt_came() ? "it was interrupted" : "the time was up";

    if (!result->totals.stopped || (result->totals.failed && !explore->goes_on))
        return;
    if (explore->method == SW_EXPLORE_SAMPLES)
        printf("       %s: go on with --seed %llu\n", why,
               (unsigned long long)result->totals.last + 1);
    else if (result->end != SW_EXPLORE_INCONCLUSIVE)
        print_lines(why);
}

void sw_explore_report_print(const struct sw_explore *explore,
                             const struct sw_explore_result *result)
{
    static const char *const words[] = {"ok", "FAIL", "ERROR", "UNSURE"};
    char claim[512];
    const char *text = result->why;

    if (result->totals.skipped && result->end == SW_EXPLORE_NOTHING) {
        printf("%-6s %s\n", "skip", explore->target);
        return;
    }
    sw_explore_report_claim(explore, result, claim, sizeof claim);
    if (result->end == SW_EXPLORE_NOTHING)
        text = claim;
    printf("%-6s %s (%s)\n", words[result->end], explore->target, text);
    if (result->end != SW_EXPLORE_ERROR)
        print_lines(result->trial.story);
    if (explore->goes_on)
        print_failures(result);
    if (result->end != SW_EXPLORE_NOTHING && result->totals.schedules > 0)
        print_lines(claim);
    print_lines(result->other);
    print_lines(result->totals.note);
    print_lines(result->totals.in_turns);
    if (result->end == SW_EXPLORE_NOTHING && result->totals.lives_on > 0)
        print_lines(sw_trial_format_lives_on(result->totals.lives_on, claim, sizeof claim));
    if (result->totals.only_one)
        print_tests_of(explore);
    if (result->end == SW_EXPLORE_FOUND)
        print_lines(mode_text(explore));
    print_stop(explore, result);
    fflush(stdout);
}

/* ---- as JSON ---- */

static json_object *make_failures(const struct sw_explore_result *result)
{
    json_object *list = json_object_new_array();

    for (uint32_t i = 0; i < result->failure_count; i++) {
        json_object *failure = json_object_new_object();
        sw_json_fields_add_text(failure, "outcome", result->failures[i].text);
        sw_json_fields_add_number(failure, "schedules", result->failures[i].count);
        sw_json_fields_add_number(failure, "seed", result->failures[i].seed);
        json_object_array_add(list, failure);
    }
    return list;
}

/* Of the one that has been confirmed. */
static void add_explained(json_object *object, const struct sw_explained *explained)
{
    if (explained->kind[0] == '\0')
        return;
    sw_json_fields_add_text(object, "kind", explained->kind);
    sw_json_fields_add_text(object, "of", explained->object);
    sw_json_fields_add_text(object, "pair", explained->pair);
    sw_json_fields_add_text(object, "sentence", explained->sentence);
}

static json_object *make_json(const struct sw_explore *explore,
                              const struct sw_explore_result *result)
{
    static const char *const ends[] = {"nothing found", "found", "error", "inconclusive"};
    const struct sw_search_totals *totals = &result->totals;
    json_object *object = json_object_new_object();
    char claim[512];

    sw_json_fields_add_text(object, "writer", "spillway " SW_VERSION);
    sw_json_fields_add_text(object, "target", explore->target);
    sw_json_fields_add_text(object, "interpreter", explore->search.trial.interp);
    sw_json_fields_add_text(object, "strategy", explore->strategy);
    sw_json_fields_add_text(object, "grain", grain_of(explore));
    sw_json_fields_add_text(object, "end", totals->skipped ? "skipped" : ends[result->end]);
    sw_json_fields_add_text(object, "why", result->why);
    sw_json_fields_add_text(object, "claim",
                            sw_explore_report_claim(explore, result, claim, sizeof claim));
    if (*result->other != '\0')
        sw_json_fields_add_text(object, "other_grain", result->other);
    if (totals->stopped)
        sw_json_fields_add_text(object, "stopped", sw_interrupt_came() ? "interrupted" : "time");
    sw_json_fields_add_number(object, "schedules", totals->schedules);
    sw_json_fields_add_number(object, "learning", totals->learning);
    if (explore->method == SW_EXPLORE_COVERAGE)
        sw_json_fields_add_number(object, "features", result->features);
    else
        sw_json_fields_add_number(object, "distinct", result->distinct);
    sw_json_fields_add_number(object, "first_seed", explore->search.trial.schedule.seed);
    sw_json_fields_add_number(object, "last_seed", totals->last);
    sw_json_fields_add_number(object, "processes", totals->processes);
    sw_json_fields_add_number(object, "jobs", (uint64_t)explore->search.jobs);
    json_object_object_add(object, "seconds", json_object_new_double(totals->seconds));
    json_object_object_add(object, "drew_random_numbers",
                           json_object_new_boolean((totals->follows & SW_FOLLOWS_CHANCE) != 0));
    json_object_object_add(object, "follows_addresses",
                           json_object_new_boolean((totals->follows & SW_FOLLOWS_LAYOUT) != 0));
    sw_json_fields_add_number(object, "threads_that_live_on", totals->lives_on);
    if (result->has_trial && explore->method == SW_EXPLORE_SAMPLES)
        sw_json_fields_add_number(object, "failing_seed", result->seed);
    if (result->has_trial && explore->method != SW_EXPLORE_SAMPLES)
        sw_json_fields_add_number(object, "failing_number", result->failures[0].seed);
    json_object_object_add(object, "failures", make_failures(result));
    if (*result->trial.path != '\0')
        sw_json_fields_add_text(object, "schedule", result->trial.path);
    if (result->has_trial)
        add_explained(object, &result->trial.explained);
    return object;
}

int sw_explore_report_json(const struct sw_explore *explore, const struct sw_explore_result *result)
{
    int is_told = explore->told != NULL && explore->told->results != NULL;
    json_object *object = explore->json != NULL || is_told ? make_json(explore, result) : NULL;
    struct sw_error e;

    if (is_told)
        return json_object_array_add(explore->told->results, object);
    if (object == NULL)
        return 0;
    int status = sw_json_fields_write(object, explore->json, &e);

    if (status < 0)
        sw_error_print(&e);
    json_object_put(object);
    return status;
}
