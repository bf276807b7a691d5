/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "value_story.h"

#include <stdlib.h>

#include "event_writer.h"
#include "own_cstack.h"
#include "pyobject_text.h"
#include "interp/value_text.h"
#include "tasklet_names.h"

/* Where an exception has burst; until the next point of the thread, which judges it. */
static __thread struct sw_event_shm_stack burst;

static const uint16_t kinds[SLP_VALUE_FAILURE_COUNT] = {
    [SLP_VALUE_LOST] = SW_EVENT_LOST,       [SLP_VALUE_DOUBLED] = SW_EVENT_DOUBLED,
    [SLP_VALUE_PHANTOM] = SW_EVENT_PHANTOM, [SLP_VALUE_MISPLACED] = SW_EVENT_MISPLACED,
    [SLP_VALUE_WRONG] = SW_EVENT_WRONG,     [SLP_VALUE_DETONATED] = SW_EVENT_DETONATED,
};

static sw_text name_of(slp_tasklet *t)
{
    return sw_tasklet_names_of_tasklet(sw_tasklet_names_tasklet(t));
}

static sw_text channel_of(const struct slp_value_operation *op)
{
    return sw_tasklet_names_of_channel(sw_tasklet_names_channel(op->channel));
}

static void capture(struct sw_event_shm_stack *stack)
{
    sw_own_cstack_capture(stack, slp_point_frame, 0);
}

/* The event of an operation, without what is particular to it. */
static uint32_t append(enum sw_event_kind kind, const struct slp_value_told *told, sw_text other,
                       sw_text note, uint32_t stack)
{
    const struct slp_value_operation *op = told->op;

    return sw_event_writer_append(&(struct sw_event){.kind = (uint16_t)kind,
                                                     .who = name_of(told->tasklet),
                                                     .object = channel_of(op),
                                                     .other = other,
                                                     .value = op->number,
                                                     .text = op->mark.text,
                                                     .note = note,
                                                     .stack = stack});
}

/* All that is known of the object is asked now: at its end it may be gone. */
static void is_sent(const struct slp_value_told *told)
{
    char text[SLP_VALUE_TEXT_MAX];

    told->op->mark.text = sw_event_writer_text(slp_value_ledger_text(told->op, text, sizeof text));
    told->op->mark.sender = name_of(told->tasklet);
    append(SW_EVENT_SEND, told, 0, 0, 0);
}

static void is_delivered(const struct slp_value_told *told)
{
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_DELIVER,
                                              .who = name_of(told->other),
                                              .other = name_of(told->tasklet),
                                              .object = channel_of(told->op),
                                              .value = told->op->number,
                                              .text = told->op->mark.text});
}

/* Only the very object has the value's number and text: another one may look the same. */
static void is_received(const struct slp_value_told *told)
{
    const struct slp_value_operation *op = told->op;
    int right = op->number != 0 && told->object == op->object && !op->is_bomb;

    sw_event_writer_append(&(struct sw_event){
        .kind = SW_EVENT_RECEIVED,
        .who = name_of(told->tasklet),
        .object = channel_of(op),
        .value = right ? op->number : 0,
        .text = right ? op->mark.text : sw_pyobject_text_describe(told->object, 0)});
}

static void is_dropped(const struct slp_value_told *told)
{
    struct slp_value_mark *mark = &told->op->mark;

    /* The ledger frees it: it is the heap's.  Without it the moment is not known, and no more. */
    if (mark->memory == NULL)
        mark->memory = calloc(1, sizeof(struct sw_event_shm_stack));
    if (mark->memory != NULL)
        capture(mark->memory);
}

static uint32_t stack_of(const struct slp_value_told *told)
{
    struct sw_event_shm_stack now;

    switch (told->moment) {
    case SLP_VALUE_NOW:
        capture(&now);
        return sw_own_cstack_keep(&now);
    case SLP_VALUE_AT_DROP:
        return told->op->mark.memory != NULL ? sw_own_cstack_keep(told->op->mark.memory) : 0;
    case SLP_VALUE_AT_BURST:
        return sw_own_cstack_keep(&burst);
    default:
        return 0;
    }
}

/* For whom a value that is still the sender's was meant, nobody knows yet. */
static void fails(const struct slp_value_told *told)
{
    struct slp_value_operation *op = told->op;
    sw_text note = *told->note == '\0' ? sw_pyobject_text_describe(told->object, 0)
                   : told->holder == NULL
                       ? sw_event_writer_text(told->note)
                       : sw_event_writer_format("%s of %s", told->note,
                                                sw_event_writer_read(name_of(told->holder)));

    op->mark.report = append(kinds[told->failure], told, op->mark.sender, note, stack_of(told));
    if (!op->receives && op->mark.report != 0)
        sw_event_writer_at(op->mark.report)->who = 0;
}

/* Adds what came of it in the end to the note of the report. */
static void add_to_note(const struct slp_value_told *told)
{
    struct sw_event *event = sw_event_writer_at(told->op->mark.report);

    if (event != NULL && *told->note != '\0')
        event->note =
            sw_event_writer_format("%s; %s", sw_event_writer_read(event->note), told->note);
}

static void is_meant(const struct slp_value_told *told)
{
    struct sw_event *event = sw_event_writer_at(told->op->mark.report);

    if (event != NULL)
        event->who = name_of(told->tasklet);
}

void sw_value_story_tell(const struct slp_value_told *told)
{
    switch (told->news) {
    case SLP_VALUE_IS_SENT:
        is_sent(told);
        break;
    case SLP_VALUE_IS_DELIVERED:
        is_delivered(told);
        break;
    case SLP_VALUE_IS_RECEIVED:
        is_received(told);
        break;
    case SLP_VALUE_IS_DISPLACED:
        told->op->mark.report = append(SW_EVENT_DISPLACED, told, told->op->mark.sender, 0, 0);
        break;
    case SLP_VALUE_EXPLODES:
        append(SW_EVENT_EXPLODES, told, 0, 0, 0);
        break;
    case SLP_VALUE_IS_DROPPED:
        is_dropped(told);
        break;
    case SLP_VALUE_BURSTS:
        capture(&burst);
        break;
    case SLP_VALUE_FAILS:
        fails(told);
        break;
    case SLP_VALUE_FAILED:
        add_to_note(told);
        break;
    case SLP_VALUE_IS_MEANT:
        is_meant(told);
        break;
    }
}
