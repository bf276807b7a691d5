/* SPDX-License-Identifier: MIT
 *
 * run_end.h - how a run ended: made once, and read by everyone who judges.
 *
 *      waitpid's status  --+
 *      the watchdog      --+--> struct sw_end --> "deadlock T1 waits ..." in a .sched
 *      the engine's word --+         ^                      |
 *      a spec's oracle   --+         +------ parsed --------+
 *
 * It is made where a process is reaped (process.c, spec_process.c), or of the result that a test
 * has left in the control memory (batch.c).  Of several causes the first of these counts: the
 * watchdog, what the engine ended the process for, a signal, an oracle, the exit status.
 *
 * A struct sw_end owns its text.  It is large: whoever makes thousands fills in one over and over.
 */
#ifndef SW_RUN_END_H
#define SW_RUN_END_H

#include <stddef.h>
#include <stdint.h>

#include "contract/control_shm.h"

/* X(ID, WORD): the word is the kind's name in verdicts, and begins the line of a .sched. */
#define SW_ENDINGS(X) \
    X(EXITED, "exit")             /* the process, by itself: code */ \
    X(PASSED, "passed")           /* a test, and its process goes on */ \
    X(FAILED, "failed")           /* the same: signature */ \
    X(SKIPPED, "skipped")         /* the same */ \
    X(CRASHED, "crashed")         /* signal */ \
    X(DEADLOCK, "deadlock")       /* text: what each thread waits for */ \
    X(LIVELOCK, "livelock")       /* more decisions than were allowed; text */ \
    X(DIVERGED, "diverged")       /* a replay that could not go on; text: where */ \
    X(WATCHDOG, "watchdog")       /* real time was up */ \
    X(ENGINE_ERROR, "harness")    /* the engine itself failed; text: why */ \
    X(ORACLE, "")                 /* text begins with the oracle's name: "value-lost" */

enum sw_end_kind {
#define SW_ENDING_ENUM(id, word) SW_ENDED_##id,
    SW_ENDINGS(SW_ENDING_ENUM)
#undef SW_ENDING_ENUM
    SW_ENDED_COUNT
};

enum { SW_END_WORD_MAX = 32, SW_END_LINE_MAX = SW_REPORT_MAX + 32 };

struct sw_end {
    enum sw_end_kind kind;
    int code;           /* EXITED, PASSED, FAILED, SKIPPED, ENGINE_ERROR: the exit status */
    int signal;         /* CRASHED: its number */
    /* FAILED: of the exception and where it was raised; DEADLOCK: of the set of waits; 0: nobody
     * says, as in a .sched. */
    uint32_t signature;
    char text[SW_REPORT_MAX]; /* one line; "" where the kind has none.  DIVERGED: not in a .sched */
};

/* Of a process that has been reaped.  status: as waitpid() has it; timed_out: the watchdog ended
 * it; shm: its control memory, or NULL when nothing was under control. */
void sw_run_end_make(struct sw_end *end, int status, int timed_out,
                     const struct sw_control_shm *shm);
/* The same process, when its exit says nothing and an oracle does: "value-lost ch: ...".  Only an
 * EXITED one is changed. */
void sw_run_end_set_oracle(struct sw_end *end, const char *line);
/* Of one test among others in a process that goes on. */
void sw_run_end_of_test(struct sw_end *end, const struct sw_result *result);

/* The line that a .sched has: "exit 0", "crashed SIGSEGV", "deadlock ...".  A test that failed is
 * "exit 1" there, as its process would have ended.  Returns buf. */
char *sw_run_end_format(const struct sw_end *end, char *buf, size_t size);
/* And back.  What is none of our lines is an oracle's. */
void sw_run_end_parse(struct sw_end *end, const char *line);
/* "exit", "crashed", "deadlock", "value-lost": what has to be the same when it is run again.
 * Returns buf. */
char *sw_run_end_word(const struct sw_end *end, char buf[SW_END_WORD_MAX]);
/* "SIGSEGV", or "signal 34" for one without a name.  Returns buf. */
char *sw_run_end_signal_name(int number, char *buf, size_t size);

/* Anything but a 0, a pass or a skip. */
int sw_run_end_is_failure(const struct sw_end *end);
/* The engine ended it, and not the program itself: a deadlock, a livelock, ... */
int sw_run_end_is_engine(const struct sw_end *end);
/* A signal that others send, like SIGTERM, so that it may say nothing of the program. */
int sw_run_end_is_kill(const struct sw_end *end);
/* Is it that recorded line, to the letter?  But for the numbers of locks, which are others where it
 * came to the same by other decisions. */
int sw_run_end_is_recorded(const struct sw_end *end, const char *line);
/* The same failure, as far as another schedule can have it: the kind, the exit status, the
 * exception of a test, the waits of a
 * deadlock as far as they are known, the oracle. */
int sw_run_end_is_alike(const struct sw_end *a, const struct sw_end *b);

#endif
