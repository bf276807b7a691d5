/* SPDX-License-Identifier: MIT
 *
 * evidence.h - the reads and writes of a run, as the patterns (pattern.h) look at them, and what they
 * say of it.
 *
 * Entries are numbers as in explanation.h: 1 + an index of the timeline, and 0 is none.
 */
#ifndef SW_EVIDENCE_H
#define SW_EVIDENCE_H

#include "explanation.h"
#include "explanation_find.h"

enum {
    SW_EVIDENCE_DEPTH_MAX = 5,  /* steps back: the assertion, who wrote that, what he had read, ... */
    SW_EVIDENCE_READS_MAX = 16, /* of one thread before a place: what its last lines looked at */
};

struct sw_evidence {
    struct sw_explanation *explanation;
    const struct sw_timeline *timeline;
    /* objects whose writers have been asked already */
    uint32_t seen[SW_EVIDENCE_DEPTH_MAX * SW_EVIDENCE_READS_MAX];
    uint32_t seen_count;
};

/* What a thread has looked at before a place. */
struct sw_evidence_reads {
    uint32_t list[SW_EVIDENCE_READS_MAX]; /* the last one first; each object once */
    uint32_t count;
};

const struct sw_timeline_entry *sw_evidence_at(const struct sw_evidence *search, uint32_t number);

/* ---- of entries ---- */

int sw_evidence_is_access(const struct sw_timeline_entry *entry);
int sw_evidence_is_write(const struct sw_timeline_entry *entry);
/* "dict['x']" and "dict['y']" are two things; "dict.pop" is about all of it. */
int sw_evidence_may_meet(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b);
int sw_evidence_is_same_thing(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b);
int sw_evidence_is_in_one_function(const struct sw_timeline_entry *a,
                                   const struct sw_timeline_entry *b);
/* A value that says no more than whether there is something. */
int sw_evidence_is_nothing(const char *value);

/* ---- what stands before and behind ---- */

/* Of the same object; step: -1 or 1. */
uint32_t sw_evidence_next(const struct sw_timeline_entry *entry, int step);
uint32_t sw_evidence_first_of(const struct sw_evidence *search, uint32_t entry);
/* A write of that thing by another thread in between. */
uint32_t sw_evidence_find_write_between(const struct sw_evidence *search, uint32_t from,
                                        uint32_t to);
/* The last read of that thing by the same thread, with no write of its own in between. */
uint32_t sw_evidence_find_read_before(const struct sw_evidence *search, uint32_t number);
/* The last write of the object by another thread before it, or the first one behind it. */
uint32_t sw_evidence_find_write(const struct sw_evidence *search, uint32_t number, int step);
/* Of what others write, too. */
void sw_evidence_find_reads(const struct sw_evidence *search, uint32_t number,
                            struct sw_evidence_reads *reads);

/* ---- what it shows ---- */

/* In a buffer of two, since a sentence may have two. */
const char *sw_evidence_name(const struct sw_evidence *search, uint32_t number);
/* Returns 1. */
int sw_evidence_tell(struct sw_evidence *search, enum sw_explanation_kind kind, uint32_t first,
                     uint32_t second);
__attribute__((format(printf, 2, 3))) void
sw_evidence_give_reason(struct sw_evidence *search, const char *format, ...);

#endif
