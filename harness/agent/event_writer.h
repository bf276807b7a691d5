/* SPDX-License-Identifier: MIT
 *
 * event_writer.h - appends events and texts to the event memory.
 *
 * One thread writes at a time: the caller holds the GIL, or is the engine's current
 * thread.  The crash handler is the one exception.  It writes whatever happens, since
 * nothing comes after it.
 *
 * The stream is finite.  Its last SW_EVENT_WRITER_RESERVE places are kept for what a
 * verdict rests on: oracles, rest states, the end.  An event that does not fit into
 * the others is counted in events_lost.  A program that runs by itself can be long.
 * So what merely tells a story about it (spills, releases, waits) is left out once
 * half of the stream is used, and is not counted: no verdict needs it.
 */
#ifndef SW_AGENT_EVENT_WRITER_H
#define SW_AGENT_EVENT_WRITER_H

#include "contract/event.h"
#include "contract/event_shm.h"

/* 8 for each of at most SW_MOVES_MAX = 512 moves, and 1 in 64 of the stream. */
#define SW_EVENT_WRITER_RESERVE 4096u

/* event_shm: borrowed for the life of the process.  program: nothing is controlled. */
void sw_event_writer_start(struct sw_event_shm *event_shm, int program);
struct sw_event_shm *sw_event_writer_event_shm(void);

/* The ordinal that the calling thread's events carry; SW_THREAD_OTHER before. */
void sw_event_writer_set_thread(unsigned ordinal);
unsigned sw_event_writer_thread(void);
/* What later events carry as their move (1 + its index). */
void sw_event_writer_set_move(uint32_t move);

/* Appends *event; index, move and thread are filled in here.  Returns 1 + its
 * index, or 0 when there was no room. */
uint32_t sw_event_writer_append(const struct sw_event *event);
/* Is told of each event, by its number, when it is whole. */
void sw_event_writer_tell_engine_with(void (*tell)(uint32_t number));
/* In an explaining run: asked for each event, to fill in its decision and place. */
void sw_event_writer_annotate_with(void (*annotate)(struct sw_event *event));
/* The event that sw_event_writer_append() numbered so, to fill in a note; NULL for 0. */
struct sw_event *sw_event_writer_at(uint32_t number);

sw_text sw_event_writer_text(const char *text);
sw_text sw_event_writer_text_n(const char *text, uint32_t length);
/* printf-like, cut at 511 bytes. */
sw_text sw_event_writer_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *sw_event_writer_read(sw_text text);

/* calloc() and free(), in memory of our own once that was asked for: a program that is explained
 * must find its heap as it was.  Ends the process with one line on stderr when there is none. */
void *sw_event_writer_alloc(unsigned long count, unsigned long size);
void sw_event_writer_free(void *memory);
void sw_event_writer_use_own_memory(void);

#endif
