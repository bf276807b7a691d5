/* SPDX-License-Identifier: MIT */
#include "event_writer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct sw_event_shm *event_shm;
static int program;
static uint32_t current_move;
static void (*annotate)(struct sw_event *event);
static void (*tell_engine)(uint32_t number);
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

void sw_event_writer_tell_engine_with(void (*to_tell)(uint32_t number))
{
    tell_engine = to_tell;
}

void sw_event_writer_annotate_with(void (*to_annotate)(struct sw_event *event))
{
    annotate = to_annotate;
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
    case SW_EVENT_VISIT:
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
    if (program && at >= SW_EVENTS_MAX / 2 && is_narrative(event->kind)) {
        /* Who asks why wants the story, and must be told of a gap. */
        event_shm->events_lost += event_shm->explains != 0;
        return 0;
    }
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
    /* A handler of a crash may look at nothing of Python's. */
    if (annotate != NULL && event->kind != SW_EVENT_CRASH)
        annotate(slot);
    __atomic_store_n(&event_shm->event_count, at + 1, __ATOMIC_RELEASE);
    if (tell_engine != NULL)
        tell_engine(at + 1);
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

/* Far from the regions of the C library and of harness/control/process/mmap_layout.c.  A page that
 * is not touched costs nothing; nothing is given back, since an explained run is short. */
#define OWN_MEMORY ((void *)0x1a0000000000)
enum { OWN_MEMORY_MAX = 1 << 30, ALIGNMENT = 16 };
static char *own_memory;
static unsigned long own_used;

void sw_event_writer_use_own_memory(void)
{
    void *memory = mmap(OWN_MEMORY, OWN_MEMORY_MAX, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    /* Then it is the heap: the run shows by its decisions whether that matters. */
    own_memory = memory != MAP_FAILED ? memory : NULL;
}

static void *alloc(unsigned long count, unsigned long size)
{
    unsigned long bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    if (own_memory == NULL)
        return calloc(count, size);
    if (bytes > OWN_MEMORY_MAX - own_used)
        return NULL;
    own_used += bytes;
    return own_memory + own_used - bytes;
}

void sw_event_writer_free(void *memory)
{
    if (own_memory == NULL)
        free(memory);
}

void *sw_event_writer_alloc(unsigned long count, unsigned long size)
{
    void *memory = alloc(count, size);

    if (memory == NULL) {
        /* A hook cannot fail: the interpreter's state at a point is not one to raise an exception
         * in. */
        fputs("spillway: the agent is out of memory\n", stderr);
        _exit(2);
    }
    return memory;
}
