/* SPDX-License-Identifier: MIT
 *
 * spec_need.h - what a spec may require of the interpreter: the words of its line `requires`.
 *
 * slpython-lab has all of it.  Of another interpreter each word is a question
 * that harness/runner/agentless_needs.py puts to it, by trying; a spec that
 * requires what is not there is skipped.
 *
 * A need is a bit of struct sw_spec's needs, in the order of this list, and the
 * driver is given the words in that order, too.
 */
#ifndef SW_SPEC_NEED_H
#define SW_SPEC_NEED_H

#include <stdint.h>

/* X(NAME, word, what it is): the cheap and the general ones first, since the first that is
 * missing is the one that is told. */
#define SW_SPEC_NEEDS(X) \
    X(SPILL, "spill", "stackless.spill()") \
    X(THREADS, "threads", "channels between threads") \
    X(DISPLACED, "displaced", "stackless.set_displaced_callback()") \
    X(LOOKS, "looks", "a tasklet's frame, paused, recursion_depth and thread_id") \
    X(REFCOUNTS, "refcounts", "that the last reference releases at once") \
    X(GC, "gc", "that gc.collect() runs the finalisers of what it finds") \
    X(RING, "ring", "that insert() does nothing to a runnable tasklet, and its next") \
    X(KILL, "kill", "that a killed tasklet leaves its channel at once") \
    X(THROW, "throw", "throw(), send_throw() and kill(pending=True)") \
    X(TRAPS, "traps", "that block_trap and close() refuse, and a channel's iteration") \
    X(MAILBOX, "mailbox", "that tempval is empty once its value is taken, and at the end") \
    X(RUN, "run", "that run() raises what nobody caught, and returns when its caller is inserted") \
    X(RUNS, "runs", "that any tasklet may call run()") \
    X(CALLBACKS, "callbacks", "that the error of a schedule callback is unraisable") \
    X(TOLD, "told", "that a channel callback comes first, cannot switch, and refuses by an error") \
    X(LIVES, "lives", "that a channel lives while somebody waits") \
    X(BINDS, "binds", "bind() with arguments, refused to who has begun, and bind_thread()") \
    X(UNWINDS, "unwinds", "that a paused tasklet ends where it stands with its last reference") \
    X(ENDS, "ends", "that a thread ends its tasklets where they stand") \
    X(CHAINED, "chained", "that an exception has a context, also one that is thrown") \
    X(LEAVING, "leaving", "that who leaves the ring is alive in a schedule callback") \
    X(FAR, "far", "that remove() of another thread's tasklet counts there alone") \
    X(ELSEWHERE, "elsewhere", "that one that runs on another thread can be thrown at") \
    X(WAITS, "waits", "that schedule_remove() of a main that is alone does not return at once") \
    X(NESTED, "nested", "that an inner run() returns before its outer one") \
    X(TRASHCAN, "trashcan", "that each tasklet counts its own nested deallocations") \
    X(ATOMIC, "atomic", "set_atomic()") \
    X(TIMEOUT, "timeout", "run(timeout)") \
    X(CONTEXT, "context", "a context for each tasklet") \
    X(TRACE, "trace", "a trace function for each tasklet")

enum sw_spec_need {
#define SW_SPEC_NEED_ROW(name, word, what) SW_SPEC_NEED_##name,
    SW_SPEC_NEEDS(SW_SPEC_NEED_ROW)
#undef SW_SPEC_NEED_ROW
        SW_SPEC_NEED_COUNT
};

extern const char *const sw_spec_need_words[SW_SPEC_NEED_COUNT];

/* What the need of that number is, for "needs ..."; it must be one. */
const char *sw_spec_need_text(int need);
/* The needs among these bits, by their words, with commas between; the caller's to free.
 * NULL: no memory. */
char *sw_spec_need_list(uint32_t needs);
/* The number of the nth need among these bits, from 0; -1 if there are not as many. */
int sw_spec_need_at(uint32_t needs, int nth);

#endif
