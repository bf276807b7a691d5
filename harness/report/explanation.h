/* SPDX-License-Identifier: MIT
 *
 * explanation.h - why a run has failed, read off its timeline: what kind of failure it is, the two
 * operations whose order decides, and one sentence about the schedule.
 *
 *      sw_timeline_fill(&timeline, ...)
 *      sw_explanation_make(&explanation, &timeline)
 *      sw_explanation_print(out, &explanation, &timeline, how)
 *
 * How it is found.  A deadlock says itself who waits for whom.  Everything else begins with the
 * exception that has failed the run: with what its statement has read, and with who has written
 * that, and with what that one had read before, a few steps back.  On the way an object is looked
 * for with one of these patterns, in the order of the entries (r a read, w a write; 1 and 2 two
 * threads):
 *
 *      lost update        r1 w2 w1, where w1 overwrites a value that is not the one of r1
 *      check then act     r1 w2, and then thread 1 acts: it reads again what is now another value
 *                         and writes, or fails there
 *      torn pair          two objects that one thread writes one after the other, and of which
 *                         another has read one before and one behind its write
 *      order violation    the failing access comes before the write that makes it possible, or
 *                         behind the one that makes it impossible, and its thread has not checked
 *
 * The values of the run are the evidence: without them nothing is claimed.  Where no pattern is
 * found, other random numbers and other orders of addresses are tried (explanation_chance.h); and
 * where these change nothing, the kind is not known, which is said so.
 */
#ifndef SW_EXPLANATION_H
#define SW_EXPLANATION_H

#include <stdio.h>

#include "timeline.h"

/* X(ID, NAME) */
#define SW_EXPLANATION_KINDS(X) \
    X(NOT_KNOWN, "not known") \
    X(LOST_UPDATE, "lost update") \
    X(CHECK_THEN_ACT, "check then act") \
    X(TORN_PAIR, "torn pair") \
    X(ITERATION, "iteration while changed") \
    X(ORDER, "order violation") \
    X(DEADLOCK, "deadlock") \
    X(LOST_WAKE_UP, "lost wake-up") \
    X(MISPLACED_EXCEPTION, "exception at the wrong place") \
    X(CHANCE, "random numbers") \
    X(ADDRESSES, "order of addresses") \
    X(LOST_VALUE, "value lost") \
    X(DOUBLED_VALUE, "value doubled") \
    X(MISPLACED_VALUE, "value misplaced")

enum sw_explanation_kind {
#define SW_EXPLANATION_ENUM(id, name) SW_EXPLANATION_##id,
    SW_EXPLANATION_KINDS(SW_EXPLANATION_ENUM)
#undef SW_EXPLANATION_ENUM
        SW_EXPLANATION_KIND_COUNT
};

enum { SW_EXPLANATION_ROWS = 48, SW_EXPLANATION_TEXT = 1024, SW_EXPLANATION_NAME = 200 };

/* Entries are 1 + their index in the timeline; 0: none. */
struct sw_explanation {
    enum sw_explanation_kind kind;
    char object[SW_EXPLANATION_NAME]; /* what it is about; "": nothing that has a name */
    uint32_t pair[2]; /* the two whose order decides, in the order of the run */
    uint32_t failure; /* the exception, the last wait, or the end */
    uint32_t rows[SW_EXPLANATION_ROWS]; /* what matters, ascending: the pair among them */
    uint32_t row_count;
    char sentence[SW_EXPLANATION_TEXT]; /* what the schedule is but for its deviations */
    char reason[SW_EXPLANATION_TEXT]; /* what the values show; "" */
};

void sw_explanation_make(struct sw_explanation *explanation, const struct sw_timeline *timeline);
const char *sw_explanation_name(enum sw_explanation_kind kind);
/* "FILE:LINE FILE:LINE" of the pair, by the files' last names, in the order of the alphabet, so
 * that it is the same in every schedule and checkout; "" if there is none.  Returns buf. */
char *sw_explanation_pair(const struct sw_explanation *explanation,
                          const struct sw_timeline *timeline, char *buf, size_t size);

enum sw_explanation_how { SW_EXPLANATION_SHORT, SW_EXPLANATION_FULL };

/* What one entry is: "writes Account.balance: 30 -> -40". */
void sw_explanation_print_entry(FILE *out, const struct sw_timeline *timeline,
                                const struct sw_timeline_entry *entry);

/* Lines; FULL has all accesses to what threads share, and not only those that matter. */
void sw_explanation_print(FILE *out, const struct sw_explanation *explanation,
                          const struct sw_timeline *timeline, enum sw_explanation_how how);

#endif
