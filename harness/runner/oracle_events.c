/* SPDX-License-Identifier: MIT */
#include "oracle_events.h"

#include <stdio.h>

#include "contract/utf8.h"

static int is_oracle(unsigned kind)
{
    return (kind >= SW_EVENT_LOST && kind <= SW_EVENT_CONDITION) || kind == SW_EVENT_SETUP_RAISED;
}

const struct sw_event *sw_oracle_events_invariant(const struct sw_event_shm *event_shm)
{
    for (uint32_t i = 0; i < event_shm->event_count; i++)
        if (event_shm->events[i].kind == SW_EVENT_INVARIANT)
            return &event_shm->events[i];
    return NULL;
}

const struct sw_event *sw_oracle_events_first(const struct sw_event_shm *event_shm)
{
    const struct sw_event *first = NULL;

    for (uint32_t i = 0; i < event_shm->event_count; i++) {
        const struct sw_event *event = &event_shm->events[i];
        if (!is_oracle(event->kind))
            continue;
        if (first == NULL ||
            (first->kind == SW_EVENT_CONDITION && event->kind != SW_EVENT_CONDITION))
            first = event;
    }
    return first;
}

const char *sw_oracle_events_name(const struct sw_event_shm *event_shm,
                                  const struct sw_event *event)
{
    return event->kind == SW_EVENT_INVARIANT ? sw_event_shm_text(event_shm, event->text)
                                             : sw_event_name(event->kind);
}

char *sw_oracle_events_describe(const struct sw_event_shm *event_shm, const struct sw_event *event,
                                char buf[SW_ORACLE_EVENTS_TEXT_MAX])
{
    const char *who = sw_event_shm_text(event_shm, event->who),
               *object = sw_event_shm_text(event_shm, event->object),
               *other = sw_event_shm_text(event_shm, event->other),
               *text = sw_event_shm_text(event_shm, event->text),
               *note = sw_event_shm_text(event_shm, event->note);
    size_t size = SW_ORACLE_EVENTS_TEXT_MAX;

    switch (event->kind) {
    case SW_EVENT_LOST:
        snprintf(buf, size, "%s: sent %s by %s, for %s: %s", object, text, other, who, note);
        break;
    case SW_EVENT_WRONG:
    case SW_EVENT_DOUBLED:
    case SW_EVENT_MISPLACED:
        if (event->value == 0 && event->kind != SW_EVENT_WRONG)
            snprintf(buf, size, "%s: nobody sent, %s received %s", object, who, note);
        else
            snprintf(buf, size, "%s: sent %s, received %s by %s", object, text, note, who);
        break;
    case SW_EVENT_PHANTOM:
        snprintf(buf, size, "%s: nobody sent, %s received %s", object, who, note);
        break;
    case SW_EVENT_DETONATED:
        snprintf(buf, size, "%s: %s, sent by %s for %s, was raised in a wrong place", object, text,
                 other, who);
        break;
    case SW_EVENT_INVARIANT:
        snprintf(buf, size, "%s%s%s", who, *who ? ": " : "", note);
        break;
    case SW_EVENT_CONDITION:
        snprintf(buf, size, "%s: %s", text, note);
        break;
    default:
        snprintf(buf, size, "the setup raised %s: %s", text, note);
        break;
    }
    sw_utf8_trim(buf);
    return buf;
}
