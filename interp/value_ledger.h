/* SPDX-License-Identifier: MIT
 *
 * value_ledger.h - the ledger of values: what was sent must be what is received.
 *
 * Each value (or exception) that a send begins with gets a number, from 1, in the
 * order of the sends, and is followed until it ends in one bucket:
 *
 *   received       the receive returns that very object, or raises that exception
 *   displaced      an exception was thrown at the receiver before it went on; the
 *                  interpreter says so
 *   undelivered    its send raised before anybody had it: the sender knows
 *   still queued   its sender is blocked, or the receiver has not run yet
 *   given away     the program has assigned to the mailbox, at its own risk
 *                  (SEMANTICS.md, 1.7): what it has put there takes the value's place
 *   abandoned      the tasklet that had it was lost with its thread, or in a fork
 *   FAILED         anything else, in one of the ways of SLP_VALUE_FAILURES
 *
 * A tasklet has a stack of operations: a callback, or a release that runs in the
 * middle of a receive, may itself send and receive.  The operation under way owns
 * what is known of its value.  The object is compared and never touched, and no
 * reference to it is taken: what a report shows of it is copied when it is sent.
 *
 * When a loss is told.  MAILBOX_DROP is the moment of the loss.  It is told at
 * once if the value was already in the receiver's mailbox, or if the sender itself
 * runs.  But when somebody throws an exception at a sender that is blocked, its
 * value is dropped legitimately: there the ledger waits until it is known whether
 * the send raises, and then nothing is lost.  A loss is told once.
 *
 * MAILBOX_BURST of an exception that is followed here is legitimate if the next
 * point of that thread, but for spills, is the end of that receive.
 *
 * In slpython and in the extension module it is called only while values are
 * watched (value_watch.h); in the lab build always.  All calls need the GIL.
 */
#ifndef SLP_VALUE_LEDGER_H
#define SLP_VALUE_LEDGER_H

#include "cpython.h"

#include <stdint.h>

#include "contract/points.h"
#include "tasklet.h"
#include "value_text.h"

/* X(ID, NAME): NAME is how reports begin. */
#define SLP_VALUE_FAILURES(X) \
    X(LOST, "value-lost")               /* nobody will get what was sent */ \
    X(DOUBLED, "value-doubled")         /* what one has received already comes again */ \
    X(PHANTOM, "value-phantom")         /* something comes, and nobody has sent */ \
    X(MISPLACED, "value-misplaced")     /* what was sent for another receiver comes */ \
    X(WRONG, "value-wrong")             /* something else than was sent comes */ \
    X(DETONATED, "exception-misplaced") /* a sent exception is raised in a wrong place */

enum slp_value_failure {
#define SLP_VALUE_FAILURE_ENUM(id, name) SLP_VALUE_##id,
    SLP_VALUE_FAILURES(SLP_VALUE_FAILURE_ENUM)
#undef SLP_VALUE_FAILURE_ENUM
    SLP_VALUE_FAILURE_COUNT
};
extern const char *const slp_value_ledger_names[SLP_VALUE_FAILURE_COUNT];

enum { SLP_VALUE_TYPE_MAX = 40 };

/* A send or a receive that has begun and not ended. */
struct slp_value_operation {
    struct slp_value_operation *outer;
    struct slp_channel *channel;
    unsigned char receives;
    unsigned char delivered; /* a send: somebody has it; a receive: it has it */
    unsigned char exploded;  /* a receive: its exception was raised where it should be */
    unsigned char assigned;  /* the program has put something into the mailbox: not judged */
    unsigned char dropped;   /* a send: the value was thrown away, which is not judged yet */
    unsigned char told;      /* it has failed, and that was told */
    unsigned char is_bomb;
    uint32_t number;  /* of the value; 0 until something is delivered */
    PyObject *object; /* valid while number != 0; compared, never touched */
    uint32_t sender;  /* slp_tasklet.number */
    /* The observer's own: zero at first; goes with the value when that is handed over.  memory is
     * free()d at the end. */
    struct slp_value_mark {
        uint32_t text, sender, report;
        void *memory;
    } mark;
    char type[SLP_VALUE_TYPE_MAX]; /* its type's name; an exception's */
    struct slp_value_copy copy;    /* what is shown of it */
};

/* What happens to values, told to the observer as it happens. */
enum slp_value_news {
    SLP_VALUE_IS_SENT,
    SLP_VALUE_IS_DELIVERED, /* op: the receive, which answers for the value now; other: who sends */
    SLP_VALUE_IS_RECEIVED,  /* object: what the receive returns */
    SLP_VALUE_IS_DISPLACED,
    SLP_VALUE_EXPLODES,
    SLP_VALUE_IS_DROPPED, /* not judged yet: the moment, if it turns out to be a loss */
    SLP_VALUE_BURSTS,     /* the same of an exception */
    SLP_VALUE_FAILS,      /* in the way of `failure`, as `note` says; `moment` */
    SLP_VALUE_FAILED,     /* before, and `note` says what came of it */
    SLP_VALUE_IS_MEANT,   /* it failed before it was known that tasklet was to receive it */
};

/* When a failure happened that is told now. */
enum slp_value_moment {
    SLP_VALUE_NOW,
    SLP_VALUE_AT_DROP,  /* as IS_DROPPED has told */
    SLP_VALUE_AT_BURST, /* as BURSTS has told */
    SLP_VALUE_BEFORE,   /* at a time that nobody has seen */
};

/* Valid in the call of the observer only. */
struct slp_value_told {
    enum slp_value_news news;
    slp_tasklet *tasklet; /* whose operation it is */
    slp_tasklet *other;
    struct slp_value_operation *op;
    PyObject *object; /* FAILS: what came instead, or NULL */
    enum slp_value_failure failure;
    enum slp_value_moment moment;
    const char *note; /* FAILS: "" if the object says all */
    slp_tasklet *holder; /* FAILS: " of" whom stands behind the note; or NULL */
};
typedef void (*slp_value_observer)(const struct slp_value_told *told);

/* NULL: nobody is told.  At first it is slp_value_watch_tell(). */
void slp_value_ledger_set_observer(slp_value_observer observer);

/* A visit of one of the points that slp_value_ledger_points() has, or of any, if
 * slp_value_ledger_expects. */
void slp_value_ledger_visit(const struct slp_point_info *info);
uint64_t slp_value_ledger_points(void);
/* An exception has burst on this thread: the next point decides whether in its place. */
extern __thread int slp_value_ledger_expects;

/* "'chunk'", "<Type #3>", "ValueError": what was sent.  Returns buf. */
char *slp_value_ledger_text(const struct slp_value_operation *op, char *buf, size_t size);

#endif
