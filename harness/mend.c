/* SPDX-License-Identifier: MIT */
#include "mend.h"

#include "utf8.h"

/* Returns whether something had to be changed. */
static int mend_text(struct sw_wire *wire, sw_text *text)
{
    int changed = 0;

    if (*text >= SW_TEXT_MAX)
        *text = 0;
    if (*text == 0)
        return 0;
    char *at = wire->text + *text, *last = wire->text + SW_TEXT_MAX - 1;
    if (last - at > SW_MEND_TEXT_MAX)
        last = at + SW_MEND_TEXT_MAX;
    while (at < last && *at != '\0') {
        size_t length = sw_utf8_printable(at, last);
        if (length == 0) {
            *at = *at == '\n' || *at == '\t' ? ' ' : '?';
            changed = 1;
        }
        at += length > 0 ? length : 1;
    }
    if (*at != '\0') {
        *at = '\0';
        changed = 1;
    }
    return changed;
}

static int mend_texts(struct sw_wire *wire, struct sw_event *event)
{
    return mend_text(wire, &event->who) | mend_text(wire, &event->object) |
           mend_text(wire, &event->other) | mend_text(wire, &event->text) |
           mend_text(wire, &event->note);
}

static void mend_numbers(struct sw_wire *wire, uint32_t index)
{
    struct sw_event *event = &wire->events[index];

    event->index = index;
    if (event->kind >= SW_EVENT_COUNT)
        event->kind = SW_EVENT_NONE;
    if (event->move > SW_MOVES_MAX)
        event->move = 0;
    if (event->stack > wire->stack_count)
        event->stack = 0;
}

static void limit(uint32_t *count, uint32_t most)
{
    if (*count > most)
        *count = most;
}

void sw_mend_wire(struct sw_wire *wire)
{
    limit(&wire->event_count, SW_EVENTS_MAX);
    limit(&wire->stack_count, SW_STACKS_MAX);
    limit(&wire->maps_used, SW_MAPS_MAX);
    for (uint32_t i = 0; i < wire->stack_count; i++)
        limit(&wire->stacks[i].frame_count, SW_FRAMES_MAX);
    wire->text[0] = '\0';
    for (uint32_t i = 0; i < wire->event_count; i++)
        mend_numbers(wire, i);
    /* Texts that overlap, which the agent never writes: what mends one may break
     * another.  Each change leaves a byte as it may stay, so this ends. */
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t i = 0; i < wire->event_count; i++)
            changed |= mend_texts(wire, &wire->events[i]);
    }
}
