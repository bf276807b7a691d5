/* SPDX-License-Identifier: MIT */
#include "event.h"

const char *sw_event_name(unsigned kind)
{
    static const char *const names[] = {
#define EVENT_NAME(id, name, text) name,
        SW_EVENTS(EVENT_NAME)
#undef EVENT_NAME
    };
    return kind < SW_EVENT_COUNT ? names[kind] : "unknown";
}
