/* SPDX-License-Identifier: MIT */
#include "inevitable_print.h"

#include <stdlib.h>
#include <string.h>

#include "contract/decision_kind.h"
#include "harness/formats/files/json_fields.h"
#include "stack_print.h"

enum { CURVE = 60, LEVELS = 9 };

int sw_inevitable_print_takes_blocks(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;

    for (size_t i = 0; i < 3 && (value == NULL || *value == '\0'); i++)
        value = getenv(names[i]);
    return value != NULL &&
           (strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL);
}

/* ---- the curve ---- */

/* The last place that is not behind that many decisions. */
static const struct sw_inevitable_place *place_at(const struct sw_inevitable *inevitable,
                                                  uint64_t decisions)
{
    uint32_t i = 0;

    while (i + 1 < inevitable->count && inevitable->places[i + 1].decisions <= decisions)
        i++;
    return &inevitable->places[i];
}

/* A column is as high as P at its end; no failure at all is blank, or a dot. */
static void print_curve(FILE *out, const struct sw_inevitable *inevitable, int blocks)
{
    static const char *const block[LEVELS] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ascii[LEVELS] = {".", "1", "2", "3", "4", "5", "6", "7", "8"};
    uint64_t decisions = inevitable->places[inevitable->count - 1].decisions;

    fputs("  |", out);
    for (uint64_t column = 1; column <= CURVE; column++) {
        const struct sw_inevitable_place *place = place_at(inevitable, decisions * column / CURVE);
        uint32_t level = (place->failed * (LEVELS - 1) + place->runs - 1) / place->runs;
        fputs((blocks ? block : ascii)[level], out);
    }
    fputs("|\n", out);
}

static void print_places(FILE *out, const struct sw_inevitable *inevitable)
{
    fputs("  decisions  failed      P   95 %\n", out);
    for (uint32_t i = 0; i < inevitable->count; i++) {
        const struct sw_inevitable_place *place = &inevitable->places[i];
        fprintf(out, "  %9llu  %3u/%-3u  %5.2f   %.2f to %.2f%s\n",
                (unsigned long long)place->decisions, place->failed, place->runs,
                (double)place->failed / place->runs, place->low, place->high,
                inevitable->jump == i && i > 0 ? "   <- the jump" : "");
    }
}

/* ---- the jump ---- */

static void print_decision(FILE *out, const struct sw_inevitable *inevitable)
{
    const struct sw_logged *decision = &inevitable->decision;
    char choice[SW_DECISION_TEXT], candidates[256];
    int is_schedule = sw_decision_kind(decision->kind)->is_schedule;

    fprintf(out, "  there T%u at %s has to %s one of %s, and the answer is %s%s\n",
            decision->thread, sw_decision_place(decision->place), sw_decision_verb(decision->kind),
            sw_decision_format_all(decision->kind, inevitable->candidates, decision->count,
                                   candidates, sizeof candidates),
            sw_decision_format(decision->kind, decision->choice, choice, sizeof choice),
            decision->choice == decision->fallback ? ", the default" : "");
    if (!inevitable->seen.halted)
        return;
    sw_stack_print_thread(out, "asked", decision->thread, &inevitable->seen, 0);
    if (is_schedule && (decision->choice & ~SW_EARLY) != decision->thread)
        sw_stack_print_thread(out, "chosen", decision->choice & ~SW_EARLY, &inevitable->seen, 1);
}

static void print_jump(FILE *out, const struct sw_inevitable *inevitable)
{
    if (inevitable->jump == 0) {
        fputs("it rises nowhere: with these decisions the failure is no more likely than without\n",
              out);
        return;
    }
    const struct sw_inevitable_place *after = &inevitable->places[inevitable->jump],
                                     *before = after - 1;
    if (after->decisions - before->decisions > 1)
        fprintf(out, "the jump, from %.2f to %.2f, is between decisions %llu and %llu; --runs\n",
                (double)before->failed / before->runs, (double)after->failed / after->runs,
                (unsigned long long)before->decisions, (unsigned long long)after->decisions);
    else
        fprintf(out, "the jump, from %.2f to %.2f, is at step %llu\n",
                (double)before->failed / before->runs, (double)after->failed / after->runs,
                (unsigned long long)before->decisions);
    if (before->high >= after->low)
        fputs("  the intervals overlap: with more --runs it may be elsewhere\n", out);
    if (inevitable->is_found)
        print_decision(out, inevitable);
}

/* The end itself says nothing: there all decisions are taken. */
static void print_from(FILE *out, const struct sw_inevitable *inevitable)
{
    uint32_t from = sw_inevitable_from(inevitable);

    if (from + 1 < inevitable->count)
        fprintf(out, "from step %llu on it failed in every run\n",
                (unsigned long long)inevitable->places[from].decisions);
}

void sw_inevitable_print(FILE *out, const struct sw_inevitable *inevitable, int blocks)
{
    char line[SW_END_LINE_MAX];

    fprintf(out, "%s\n", sw_run_end_format(&inevitable->end, line, sizeof line));
    fprintf(out,
            "how likely that is, once so many decisions are as recorded and the others random "
            "(%llu runs):\n",
            (unsigned long long)inevitable->runs);
    if (inevitable->count > 0) {
        print_curve(out, inevitable, blocks);
        print_places(out, inevitable);
        if (inevitable->over == NULL) {
            print_from(out, inevitable);
            print_jump(out, inevitable);
        }
    }
    if (inevitable->over != NULL)
        fprintf(out, "%s\n", inevitable->over);
}

/* ---- JSON ---- */

static json_object *place_object(const struct sw_inevitable_place *place)
{
    json_object *object = json_object_new_object();

    sw_json_fields_add_number(object, "decisions", place->decisions);
    sw_json_fields_add_number(object, "runs", place->runs);
    sw_json_fields_add_number(object, "failed", place->failed);
    json_object_object_add(object, "low", json_object_new_double(place->low));
    json_object_object_add(object, "high", json_object_new_double(place->high));
    return object;
}

static json_object *decision_object(const struct sw_inevitable *inevitable)
{
    const struct sw_logged *decision = &inevitable->decision;
    json_object *object = json_object_new_object();
    char text[SW_DECISION_TEXT], place[800];

    sw_json_fields_add_number(object, "step", decision->index);
    sw_json_fields_add_number(object, "thread", decision->thread);
    sw_json_fields_add_text(object, "place", sw_decision_place(decision->place));
    sw_json_fields_add_text(object, "kind", sw_decision_verb(decision->kind));
    sw_json_fields_add_text(
        object, "answer", sw_decision_format(decision->kind, decision->choice, text, sizeof text));
    if (inevitable->seen.halted) {
        sw_json_fields_add_text(
            object, "asked_at",
            sw_stack_print_name(inevitable->seen.python[0], place, sizeof place));
        sw_json_fields_add_text(
            object, "chosen_at",
            sw_stack_print_name(inevitable->seen.python[1], place, sizeof place));
    }
    return object;
}

void sw_inevitable_print_json(FILE *out, const struct sw_inevitable *inevitable)
{
    json_object *object = json_object_new_object(), *places = json_object_new_array();
    char line[SW_END_LINE_MAX];

    sw_json_fields_add_text(object, "outcome",
                            sw_run_end_format(&inevitable->end, line, sizeof line));
    sw_json_fields_add_number(object, "runs", inevitable->runs);
    for (uint32_t i = 0; i < inevitable->count; i++)
        json_object_array_add(places, place_object(&inevitable->places[i]));
    json_object_object_add(object, "curve", places);
    if (sw_inevitable_from(inevitable) < inevitable->count)
        sw_json_fields_add_number(object, "inevitable_from",
                                  inevitable->places[sw_inevitable_from(inevitable)].decisions);
    if (inevitable->jump != 0) {
        sw_json_fields_add_number(object, "before",
                                  inevitable->places[inevitable->jump - 1].decisions);
        sw_json_fields_add_number(object, "after", inevitable->places[inevitable->jump].decisions);
    }
    if (inevitable->is_found)
        json_object_object_add(object, "jump", decision_object(inevitable));
    if (inevitable->over != NULL)
        sw_json_fields_add_text(object, "over", inevitable->over);
    fprintf(out, "%s\n", sw_json_fields_format(object));
    json_object_put(object);
}
