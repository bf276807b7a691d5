/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sw_wire *wire;
static int program;
static uint32_t current_move;
static __thread unsigned thread_ordinal = SW_THREAD_OTHER;

void sw_record_start(struct sw_wire *the_wire, int is_program)
{
    assert(the_wire != NULL);
    wire = the_wire;
    program = is_program;
    current_move = 0;
}

struct sw_wire *sw_record_wire(void)
{
    return wire;
}

void sw_record_set_thread(unsigned ordinal)
{
    thread_ordinal = ordinal;
}

unsigned sw_record_thread(void)
{
    return thread_ordinal;
}

void sw_record_set_move(uint32_t move)
{
    current_move = move;
}

/* What merely tells a story. */
static int is_narrative(unsigned kind)
{
    switch (kind) {
    case SW_EVENT_SPILL:
    case SW_EVENT_UNSPILL:
    case SW_EVENT_RELEASE:
    case SW_EVENT_RELEASED:
    case SW_EVENT_DEALLOC:
    case SW_EVENT_ENDS:
    case SW_EVENT_WAIT:
    case SW_EVENT_WAKE:
        return 1;
    default:
        return 0;
    }
}

static int is_plain(unsigned kind)
{
    return is_narrative(kind) || kind == SW_EVENT_SEND || kind == SW_EVENT_DELIVER ||
           kind == SW_EVENT_RECEIVED || kind == SW_EVENT_DISPLACED || kind == SW_EVENT_EXPLODES;
}

uint32_t sw_record_append(const struct sw_event *event)
{
    uint32_t at = wire->event_count;

    assert(event->kind > SW_EVENT_NONE && event->kind < SW_EVENT_COUNT);
    if (program && at >= SW_EVENTS_MAX / 2 && is_narrative(event->kind))
        return 0;
    if (at >= SW_EVENTS_MAX - (is_plain(event->kind) ? SW_RECORD_RESERVE : 0u)) {
        wire->events_lost++;
        return 0;
    }
    struct sw_event *slot = &wire->events[at];
    *slot = *event;
    slot->index = at;
    slot->move = current_move;
    slot->thread = (uint16_t)thread_ordinal;
    __atomic_store_n(&wire->event_count, at + 1, __ATOMIC_RELEASE);
    return at + 1;
}

struct sw_event *sw_record_at(uint32_t number)
{
    assert(number <= wire->event_count);
    return number == 0 ? NULL : &wire->events[number - 1];
}

sw_text sw_record_text_n(const char *text, uint32_t length)
{
    return sw_wire_text_add(wire, text, length);
}

sw_text sw_record_text(const char *text)
{
    return sw_wire_text_add(wire, text, (uint32_t)strlen(text));
}

sw_text sw_record_format(const char *format, ...)
{
    char buf[512];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(buf, sizeof buf, format, args);
    va_end(args);
    return length < 0 ? 0 : sw_record_text(buf);
}

const char *sw_record_read(sw_text text)
{
    return sw_wire_text(wire, text);
}

void *sw_record_alloc(unsigned long count, unsigned long size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        fputs("spillway: the agent is out of memory\n", stderr);
        _exit(2);
    }
    return memory;
}
