/* SPDX-License-Identifier: MIT */
#include "event_writer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sw_event_shm *event_shm;
static int program;
static uint32_t current_move;
static __thread unsigned thread_ordinal = SW_THREAD_OTHER;

void sw_event_writer_start(struct sw_event_shm *the_event_shm, int is_program)
{
    assert(the_event_shm != NULL);
    event_shm = the_event_shm;
    program = is_program;
    current_move = 0;
}

struct sw_event_shm *sw_event_writer_event_shm(void)
{
    return event_shm;
}

void sw_event_writer_set_thread(unsigned ordinal)
{
    thread_ordinal = ordinal;
}

unsigned sw_event_writer_thread(void)
{
    return thread_ordinal;
}

/* Of all threads: moves come one by one, and what any thread does during one belongs to it. */
void sw_event_writer_set_move(uint32_t move)
{
    current_move = move;
}

/* What merely tells a story.  Of a program that runs by itself these are by far the most. */
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

/* All that may not use the reserve.  What may: each oracle, each rest state, the end. */
static int is_plain(unsigned kind)
{
    return is_narrative(kind) || kind == SW_EVENT_SEND || kind == SW_EVENT_DELIVER ||
           kind == SW_EVENT_RECEIVED || kind == SW_EVENT_DISPLACED || kind == SW_EVENT_EXPLODES;
}

uint32_t sw_event_writer_append(const struct sw_event *event)
{
    uint32_t at = event_shm->event_count;

    assert(event->kind > SW_EVENT_NONE && event->kind < SW_EVENT_COUNT);
    if (program && at >= SW_EVENTS_MAX / 2 && is_narrative(event->kind))
        return 0;
    if (at >= SW_EVENTS_MAX - (is_plain(event->kind) ? SW_EVENT_WRITER_RESERVE : 0u)) {
        event_shm->events_lost++;
        return 0;
    }
    /* The count follows the event: a crash in between leaves the stream whole (event_shm.h). */
    struct sw_event *slot = &event_shm->events[at];
    *slot = *event;
    slot->index = at;
    slot->move = current_move;
    slot->thread = (uint16_t)thread_ordinal;
    __atomic_store_n(&event_shm->event_count, at + 1, __ATOMIC_RELEASE);
    return at + 1;
}

struct sw_event *sw_event_writer_at(uint32_t number)
{
    assert(number <= event_shm->event_count);
    return number == 0 ? NULL : &event_shm->events[number - 1];
}

sw_text sw_event_writer_text_n(const char *text, uint32_t length)
{
    return sw_event_shm_text_add(event_shm, text, length);
}

sw_text sw_event_writer_text(const char *text)
{
    return sw_event_shm_text_add(event_shm, text, (uint32_t)strlen(text));
}

sw_text sw_event_writer_format(const char *format, ...)
{
    char buf[512];
    va_list args;

    va_start(args, format);
    /* A negative length is an encoding error, which no format here can have; a cut text is still
     * one. */
    int length = vsnprintf(buf, sizeof buf, format, args);
    va_end(args);
    return length < 0 ? 0 : sw_event_writer_text(buf);
}

const char *sw_event_writer_read(sw_text text)
{
    return sw_event_shm_text(event_shm, text);
}

void *sw_event_writer_alloc(unsigned long count, unsigned long size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        /* A hook cannot fail: the interpreter's state at a point is not one to raise an exception
         * in. */
        fputs("spillway: the agent is out of memory\n", stderr);
        _exit(2);
    }
    return memory;
}
