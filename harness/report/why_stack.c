/* SPDX-License-Identifier: MIT */
#include "why_stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/runner/stack_symbols.h"

static const struct {
    const char *function, *operation, *phrase;
} functions[] = {
#define FUNCTION_ROW(function, operation, phrase) {function, operation, phrase},
    SW_WHY_FUNCTIONS(FUNCTION_ROW)
#undef FUNCTION_ROW
};
enum { FUNCTION_COUNT = sizeof functions / sizeof *functions };

static int find(const char *function)
{
    for (int i = 0; i < FUNCTION_COUNT; i++)
        if (strcmp(functions[i].function, function) == 0)
            return i;
    return -1;
}

const char *sw_why_stack_phrase(const char *function)
{
    int i = find(function);

    return i >= 0 ? functions[i].phrase : NULL;
}

/* "#3  slp_transfer  interp/transfer.c:12  (inlined)": as stack_symbols.h prints a frame. */
static void read_frame(const char *line, struct sw_why_stack *out)
{
    struct sw_why_frame *frame = &out->frames[out->count];
    int number, fields;

    *frame = (struct sw_why_frame){{0}, {0}};
    fields = sscanf(line, " #%d %95s %95s", &number, frame->function, frame->place);
    if (fields < 2)
        return;
    /* A part that the compiler has cut out of a function is still that function. */
    frame->function[strcspn(frame->function, ".")] = '\0';
    if (fields < 3 || strchr(frame->place, ':') == NULL)
        frame->place[0] = '\0';
    out->count++;
}

void sw_why_stack_read(const struct sw_event_shm *event_shm, uint32_t stack,
                       struct sw_why_stack *out)
{
    char *text = NULL, *rest = NULL;
    size_t size = 0;

    out->count = 0;
    FILE *lines = stack != 0 ? open_memstream(&text, &size) : NULL;
    if (lines == NULL)
        return;
    sw_stack_symbols_print(lines, event_shm, stack, "");
    if (fclose(lines) == 0)
        for (char *line = strtok_r(text, "\n", &rest);
             line != NULL && out->count < SW_WHY_FRAMES_MAX; line = strtok_r(NULL, "\n", &rest))
            read_frame(line, out);
    free(text);
}

static const char *operation_of(const char *function)
{
    int known = find(function);

    return known >= 0 ? functions[known].operation : NULL;
}

const char *sw_why_stack_operation(const struct sw_why_stack *stack, uint32_t *at)
{
    for (uint32_t i = *at; i < stack->count; i++) {
        const char *operation = operation_of(stack->frames[i].function);
        if (operation == NULL)
            continue;
        *at = i;
        return operation;
    }
    return NULL;
}

const char *sw_why_stack_part(const struct sw_why_stack *stack, uint32_t end, uint32_t *at)
{
    static const char *const parts[][2] = {
#define PART_ROW(function, operation) {function, operation},
        SW_WHY_PARTS(PART_ROW)
#undef PART_ROW
    };

    for (*at = 0; *at < end; ++*at)
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            if (strcmp(stack->frames[*at].function, parts[i][0]) == 0)
                return parts[i][1];
    return NULL;
}

const struct sw_why_frame *sw_why_stack_name(const struct sw_why_stack *stack, uint32_t at)
{
    const char *operation = operation_of(stack->frames[at].function);

    for (uint32_t i = at; operation != NULL && i < stack->count; i++) {
        const char *other = operation_of(stack->frames[i].function);
        if (other == NULL || strcmp(other, operation) != 0)
            break;
        if (*functions[find(stack->frames[i].function)].phrase != '\0')
            return &stack->frames[i];
    }
    return &stack->frames[at];
}

uint32_t sw_why_stack_of_c(const struct sw_why_stack *stack)
{
    uint32_t count = 0;

    while (count < stack->count &&
           strcmp(stack->frames[count].function, "_PyEval_EvalFrameDefault") != 0)
        count++;
    return count;
}

/* The beginnings of the points' names (contract/points.h). */
static const char *operation_of_point(const char *point)
{
    static const char *const points[][2] = {
        {"chan.", "operation"},        {"switch.", "switch"},       {"tasklet.start", "start"},
        {"tasklet.end", "end"},        {"tasklet.uncaught", "end"}, {"tasklet.lost", "thread-end"},
        {"callback.", "callback"},     {"thread.wake", "wake"},     {"thread.", "wait"},
        {"mailbox.displace", "throw"}, {"spill.", "spill"},
    };

    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (strncmp(point, points[i][0], strlen(points[i][0])) == 0)
            return points[i][1];
    return NULL;
}

const char *sw_why_stack_operation_of_event(const struct sw_event_shm *event_shm,
                                            const struct sw_event *event)
{
    switch (event->kind) {
    case SW_EVENT_VISIT:
        return operation_of_point(sw_event_shm_text(event_shm, event->text));
    case SW_EVENT_SEND:
    case SW_EVENT_DELIVER:
    case SW_EVENT_RECEIVED:
    case SW_EVENT_EXPLODES:
    case SW_EVENT_BLOCKS:
        return "operation";
    case SW_EVENT_SPILL:
    case SW_EVENT_UNSPILL:
        return "spill";
    case SW_EVENT_RELEASE:
    case SW_EVENT_RELEASED:
        return "release";
    case SW_EVENT_DEALLOC:
        return "dealloc";
    case SW_EVENT_ENDS:
        return "end";
    case SW_EVENT_WAIT:
        return "wait";
    case SW_EVENT_WAKE:
        return "wake";
    case SW_EVENT_DISPLACED:
        return "throw";
    default:
        return NULL;
    }
}
