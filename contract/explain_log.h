/* SPDX-License-Identifier: MIT
 *
 * explain_log.h - what happened in one run, for whoever wants to explain it.
 *
 * A part of the control memory (control_shm.h).  It is written only where the runner has asked for
 * it (explain_wanted), so that other runs pay nothing; what is noted changes no decision.  Who
 * writes: the engine (decisions, waits, threads), the tracer (accesses, with their values), and the
 * agent, who says where its own events belong.
 *
 * Texts are kept once each; an entry has their offsets, 0 for none.  What does not fit is counted.
 */
#ifndef SW_EXPLAIN_LOG_H
#define SW_EXPLAIN_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "timeline_kind.h"

/* 2 ** 18 entries of 72 bytes are 18 MiB, and the texts are 8: of a program's accesses, the first
 * 262,144. */
enum { SW_EXPLAIN_ENTRIES_MAX = 1 << 18, SW_EXPLAIN_TEXT_MAX = 1 << 23, SW_EXPLAIN_SLOTS = 1 << 16 };

/* Of the control memory's explain_wanted: 0 is nothing; with accesses, as far as there is a tracer,
 * or without it. */
enum { SW_EXPLAIN_ACCESSES = 1, SW_EXPLAIN_NO_ACCESSES = 2 };

/* In entry.flags: it was not the default; and what asked is code that is cold (below). */
enum { SW_EXPLAIN_DEVIATES = 1, SW_EXPLAIN_COLD = 2 };

/* What the next check of a thread's eval breaker is, where the interpreter is traced and so does
 * not know itself: as ever; no decision, as the call is specialised and would not look; or one that
 * would not be once the call has been specialised, which this code is too cold for. */
enum sw_next_check { SW_CHECK_ASKS, SW_CHECK_IS_NONE, SW_CHECK_IS_COLD };

#define SW_EXPLAIN_NOBODY 0xffffffffu
/* In entry.object of a lock that no schedule has named: a number of its own, which says nothing. */
#define SW_EXPLAIN_UNNAMED 0x80000000u

struct sw_explain_entry {
    uint64_t step;   /* how many decisions had been asked: the last of them is step - 1 */
    uint32_t kind;   /* enum sw_timeline_kind */
    uint32_t flags;  /* SW_EXPLAIN_DEVIATES, SW_EXPLAIN_COLD */
    uint32_t thread; /* ordinal */
    uint32_t other;  /* ordinal; SW_EXPLAIN_NOBODY: none */
    uint16_t object_kind; /* enum sw_timeline_object_kind */
    uint16_t place;  /* of a decision or wait, 1 + enum sw_place; 0: none, or one with a name */
    uint32_t object; /* ordinal among its kind, from 1 */
    uint32_t line;   /* from 1; 0: not known */
    uint16_t column, column_end; /* bytes, from 0; equal: not known */
    uint32_t file, function; /* texts */
    uint32_t name; /* of the object, whoever touches it */
    uint32_t text, before, after;
    uint32_t event;  /* 1 + index of an event in the event memory; 0: none */
};

struct sw_explain_log {
    uint32_t count;
    uint32_t lost;      /* entries that did not fit */
    uint32_t text_used;
    uint32_t text_lost; /* texts that did not fit */
    uint32_t slots[SW_EXPLAIN_SLOTS]; /* offsets of texts by their hash; 0: free */
    struct sw_explain_entry entries[SW_EXPLAIN_ENTRIES_MAX];
    char text[SW_EXPLAIN_TEXT_MAX];
};

/* Empties it. */
void sw_explain_log_begin(struct sw_explain_log *log);
/* The offset of that text; 0: it is empty, or there is no room. */
uint32_t sw_explain_log_text(struct sw_explain_log *log, const char *text, size_t length);
/* Appends; NULL: there is no room, which has been counted. */
struct sw_explain_entry *sw_explain_log_add(struct sw_explain_log *log,
                                            const struct sw_explain_entry *entry);
/* The text at an offset; "" for one that is none, whatever a crashing process has written. */
const char *sw_explain_log_read(const struct sw_explain_log *log, uint32_t offset);

#endif
