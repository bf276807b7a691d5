/* SPDX-License-Identifier: MIT */
#include "why_print.h"

#include <json-c/json.h>
#include <string.h>

#include "harness/runner/stack_symbols.h"

static const char *text_of(const struct sw_why *why, sw_text offset)
{
    return sw_event_shm_text(why->event_shm, offset);
}

/* ---- the chain of a stack ---- */

/* Of the C stack at the failure those functions that say something, outermost first. */
static void print_chain(FILE *out, const struct sw_why_stack *stack)
{
    fputs("      on the C stack, outermost first:\n", out);
    for (uint32_t i = stack->count; i-- > 0;) {
        const char *phrase = sw_why_stack_phrase(stack->frames[i].function);
        if (phrase != NULL && *phrase != '\0')
            fprintf(out, "        %-24s %s\n", stack->frames[i].function, phrase);
    }
}

static void print_operation(FILE *out, const struct sw_why *why)
{
    if (why->operation == NULL) {
        fputs("in the middle of which operation it went wrong is not known\n", out);
        return;
    }
    fprintf(out, "it went wrong in the operation: %s", why->operation);
    if (why->where.function[0] != '\0')
        fprintf(out, ", %s%s%s", why->where.function, why->where.place[0] != '\0' ? "  " : "",
                why->where.place);
    if (why->by != NULL)
        fprintf(out, "; that was the last before it, at step %u", why->by->decision);
    uint32_t at = 0;
    const char *there = sw_why_stack_operation(&why->stack, &at);
    if (why->by == NULL && there != NULL && strcmp(there, why->operation) != 0 &&
        at < sw_why_stack_of_c(&why->stack))
        fprintf(out, ", and there in the operation: %s, %s", there,
                sw_why_stack_name(&why->stack, at)->function);
    fputc('\n', out);
}

/* ---- hops ---- */

static void print_failure(FILE *out, const struct sw_why *why, const struct sw_why_hop *hop)
{
    if (why->stack.count == 0)
        return;
    print_chain(out, &why->stack);
    fputs("      all of it, innermost first:\n", out);
    sw_stack_symbols_print(out, why->event_shm, hop->event->stack, "        ");
}

static void print_hop(FILE *out, const struct sw_why *why, uint32_t i)
{
    const struct sw_why_hop *hop = &why->hops[i];
    const char *place = text_of(why, hop->event->place);

    fprintf(out, "%4u  %6u  ", i + 1, hop->event->decision);
    if (hop->event->thread == SW_THREAD_OTHER)
        fputs("T?   ", out);
    else
        fprintf(out, "T%-4u", hop->event->thread);
    fputs(hop->text, out);
    if (hop->copies > 1)
        fprintf(out, "  (%u times)", hop->copies);
    fputc('\n', out);
    if (*place != '\0')
        fprintf(out, "                   at %s\n", place);
    if (why->failure == i + 1)
        print_failure(out, why, hop);
}

static void print_left_out(FILE *out, const struct sw_why *why, uint32_t i)
{
    if (why->left_out > 0 && i == SW_WHY_HOPS_MAX / 2)
        fprintf(out, "         ... %u hops are left out\n", why->left_out);
}

void sw_why_print(FILE *out, const struct sw_why *why, int last_first)
{
    fprintf(out, "%s: %s\n", why->verdict.oracle[0] != '\0' ? why->verdict.oracle : "no failure",
            why->verdict.text);
    fprintf(out, "followed: %s, %s\n hop    step  thread\n", why->followed,
            last_first ? "from the failure back to its birth" : "from its birth to the failure");
    for (uint32_t k = 0; k < why->hop_count; k++) {
        uint32_t i = last_first ? why->hop_count - 1 - k : k;
        if (!last_first)
            print_left_out(out, why, i);
        print_hop(out, why, i);
        if (last_first)
            print_left_out(out, why, i);
    }
    print_operation(out, why);
    if (why->event_shm->events_lost > 0)
        fprintf(out, "%u events did not fit: what happened there was not seen\n",
                why->event_shm->events_lost);
}

/* ---- JSON ---- */

static void add_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, json_object_new_string(text));
}

static void add_number(json_object *object, const char *name, uint64_t number)
{
    json_object_object_add(object, name, json_object_new_uint64(number));
}

static json_object *hop_object(const struct sw_why *why, uint32_t i)
{
    const struct sw_event *event = why->hops[i].event;
    json_object *hop = json_object_new_object();

    add_number(hop, "hop", i + 1);
    add_number(hop, "step", event->decision);
    add_number(hop, "move", event->move);
    if (event->thread != SW_THREAD_OTHER)
        add_number(hop, "thread", event->thread);
    add_text(hop, "event",
             event->kind == SW_EVENT_VISIT ? text_of(why, event->text)
                                           : sw_event_name(event->kind));
    add_text(hop, "tasklet", text_of(why, event->who));
    add_text(hop, "text", why->hops[i].text);
    add_text(hop, "place", text_of(why, event->place));
    add_number(hop, "copies", why->hops[i].copies);
    json_object_object_add(hop, "failure", json_object_new_boolean(why->failure == i + 1));
    return hop;
}

static json_object *stack_array(const struct sw_why_stack *stack)
{
    json_object *array = json_object_new_array();

    for (uint32_t i = 0; i < stack->count; i++) {
        json_object *frame = json_object_new_object();
        add_text(frame, "function", stack->frames[i].function);
        add_text(frame, "place", stack->frames[i].place);
        json_object_array_add(array, frame);
    }
    return array;
}

int sw_why_print_json(FILE *out, const struct sw_why *why, int last_first)
{
    json_object *object = json_object_new_object(), *hops = json_object_new_array();

    if (object == NULL || hops == NULL)
        return -1;
    add_text(object, "oracle", why->verdict.oracle);
    add_text(object, "failure", why->verdict.text);
    add_text(object, "followed", why->followed);
    if (why->operation != NULL)
        add_text(object, "operation", why->operation);
    add_text(object, "function", why->where.function);
    add_text(object, "function_place", why->where.place);
    for (uint32_t k = 0; k < why->hop_count; k++)
        json_object_array_add(hops, hop_object(why, last_first ? why->hop_count - 1 - k : k));
    json_object_object_add(object, "hops", hops);
    add_number(object, "left_out", why->left_out);
    add_number(object, "not_seen", why->event_shm->events_lost);
    json_object_object_add(object, "stack", stack_array(&why->stack));
    fprintf(out, "%s\n",
            json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                       JSON_C_TO_STRING_SPACED |
                                                       JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
    return 0;
}
