/* SPDX-License-Identifier: MIT */
#include "event_shm_sanitize.h"

#include "contract/utf8.h"

/* Returns whether something had to be changed. */
static int mend_text(struct sw_event_shm *event_shm, sw_text *text)
{
    int changed = 0;

    if (*text >= SW_TEXT_MAX)
        *text = 0;
    if (*text == 0)
        return 0;
    char *at = event_shm->text + *text, *last = event_shm->text + SW_TEXT_MAX - 1;
    /* So long is no name; but a step may raise an exception with a whole document in it. */
    if (last - at > SW_EVENT_SHM_SANITIZE_TEXT_MAX)
        last = at + SW_EVENT_SHM_SANITIZE_TEXT_MAX;
    while (at < last && *at != '\0') {
        size_t length = sw_utf8_printable(at, last);
        if (length == 0) {
            /* One byte for one, so that no text moves: others may overlap with it. */
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

static int mend_texts(struct sw_event_shm *event_shm, struct sw_event *event)
{
    return mend_text(event_shm, &event->who) | mend_text(event_shm, &event->object) |
           mend_text(event_shm, &event->other) | mend_text(event_shm, &event->text) |
           mend_text(event_shm, &event->note) | mend_text(event_shm, &event->place);
}

static void mend_numbers(struct sw_event_shm *event_shm, uint32_t index)
{
    struct sw_event *event = &event_shm->events[index];

    /* What an event says of itself is not believed; where it stands is. */
    event->index = index;
    if (event->kind >= SW_EVENT_COUNT)
        event->kind = SW_EVENT_NONE;
    if (event->move > SW_MOVES_MAX)
        event->move = 0;
    if (event->stack > event_shm->stack_count &&
        !(event_shm->explains && event->stack > SW_STACKS_KEPT && event->stack <= SW_STACKS_MAX))
        event->stack = 0;
}

static void limit(uint32_t *count, uint32_t most)
{
    if (*count > most)
        *count = most;
}

void sw_event_shm_sanitize(struct sw_event_shm *event_shm)
{
    limit(&event_shm->event_count, SW_EVENTS_MAX);
    limit(&event_shm->stack_count, SW_STACKS_KEPT);
    limit(&event_shm->maps_used, SW_MAPS_MAX);
    uint32_t stacks = event_shm->explains ? SW_STACKS_MAX : SW_STACKS_KEPT;
    for (uint32_t i = 0; i < stacks; i++)
        limit(&event_shm->stacks[i].frame_count, SW_FRAMES_MAX);
    event_shm->text[0] = '\0';
    for (uint32_t i = 0; i < event_shm->event_count; i++)
        mend_numbers(event_shm, i);
    /* Texts that overlap, which the agent never writes: what mends one may break
     * another.  Each change leaves a byte as it may stay, so this ends. */
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t i = 0; i < event_shm->event_count; i++)
            changed |= mend_texts(event_shm, &event_shm->events[i]);
    }
}
