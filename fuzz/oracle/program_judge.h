/* SPDX-License-Identifier: MIT
 *
 * program_judge.h - is what dpor says of a program true?
 *
 *      dpor            all traces of it, and which outcomes they have
 *      interleavings   all orders of its operations, at grain access, one by one: no trace can have
 *                      an outcome that none of them has, and none of them one that no trace has
 *      classes         of those, as many as dpor has run traces (trace_class.h)
 *      bytecodes       schedules with one preemption, which can be before any bytecode
 *      calls           random schedules at grain call, which the interpreter itself can come to
 *
 * An OUTCOME is what is left of the program's objects and what its threads have seen, as a number,
 * or that it ended in a deadlock or by a signal.  Each outcome is an assertion that could have been
 * written: dpor would have said that it holds in all traces.  So one that dpor has not seen, and that
 * is there, is a false certificate, whatever the program asserts.
 *
 * The programs run warm, one after the other, in one process for each way (oracle_host.py): to start
 * an interpreter takes as long as a hundred schedules.  Where that is no agreement, the program is
 * judged once more from a checkpoint, as explore would run it, and that counts.
 */
#ifndef SW_PROGRAM_JUDGE_H
#define SW_PROGRAM_JUDGE_H

#include "contract/error.h"
#include "contract/search_faults.h"
#include "random_program.h"

/* X(ID, NAME) */
#define SW_PROGRAM_VERDICTS(X) \
    X(AGREES, "agrees") /* dpor has all outcomes, and no other */ \
    X(FALSE, "false") /* dpor says "all", and has not seen the outcome `missing` */ \
    X(FEWER, "fewer") /* it says "all", and there are classes that it has not run */ \
    X(MORE, "more") /* dpor has seen one that no interleaving has */ \
    X(UNSURE, "unsure") /* dpor does not say "all" */ \
    X(UNDECIDED, "undecided") /* there are too many interleavings, and nothing is missing so far */

enum sw_program_verdict {
#define SW_PROGRAM_VERDICT_ENUM(id, name) SW_PROGRAM_##id,
    SW_PROGRAM_VERDICTS(SW_PROGRAM_VERDICT_ENUM)
#undef SW_PROGRAM_VERDICT_ENUM
        SW_PROGRAM_VERDICTS_COUNT
};

extern const char *const sw_program_judge_names[SW_PROGRAM_VERDICTS_COUNT];

struct sw_program_judgement {
    enum sw_program_verdict verdict;
    char why[512]; /* UNSURE, UNDECIDED: the reason */
    const char *witness; /* FALSE: who has seen it */
    int by_calls; /* FALSE: that was at grain call */
    char missing
        [1024]; /* FALSE: that outcome as a literal of Python, or "deadlock"; MORE: likewise */
    uint64_t traces, interleavings, classes, schedules;
    int is_whole; /* all interleavings were run */
    int differs; /* an interleaving was not the same each time */
    uint32_t outcomes;
};

struct sw_program_judge_order {
    const char *interp;
    uint64_t interleavings_max, calls; /* of one program */
    int is_cold; /* from a checkpoint, and not warm */
};

struct sw_program_judge;

/* order: borrowed.  NULL with *e. */
struct sw_program_judge *sw_program_judge_open(const struct sw_program_judge_order *order,
                                               struct sw_error *e);
void sw_program_judge_close(struct sw_program_judge *judge);

/* fault: that is on, else SW_SEARCH_FAULT_NONE.  0; or -1 with *e: it could not be run. */
int sw_program_judge_run(struct sw_program_judge *judge, const struct sw_random_program *program,
                         enum sw_search_fault fault, struct sw_program_judgement *judgement,
                         struct sw_error *e);
/* The same of a program's text: of a function outcome() that returns one. */
int sw_program_judge_text(struct sw_program_judge *judge, const char *text,
                          enum sw_search_fault fault, struct sw_program_judgement *judgement,
                          struct sw_error *e);

#endif
