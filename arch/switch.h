/* SPDX-License-Identifier: MIT
 *
 * switch.h - leaving one C stack and going on with another, on one thread.
 *
 * Every OS thread has a constant base.  What a tasklet has on the C stack is
 * the slice from its stack pointer up to the base; all tasklets of a thread
 * run on the same memory, one at a time, and the others' slices are copies:
 *
 *      high   +------------------+
 *             | the OS, main()   |  never moved
 *      base   +------------------+  <- slp_base_call() stood here
 *             | the slice of the |
 *             | running tasklet  |
 *      sp     +------------------+
 *             | free             |
 *      low    +------------------+
 *
 * The implementation is one assembly file an architecture (arch.h); it saves
 * what the ABI asks a callee to keep, and the floating point control words.
 */
#ifndef SLP_SWITCH_H
#define SLP_SWITCH_H

/* Called on the old stack.  sp is the lowest byte that must be kept.  Returns
 * the stack pointer to go to, or NULL when that is impossible (no memory); then
 * nothing has happened. */
typedef char *(*slp_save_func)(void *arg, char *sp);
/* Called on the new stack, below everything that it puts into place. */
typedef void (*slp_restore_func)(void *arg);
/* More than the call of it takes, before it has a frame of its own. */
enum { SLP_SWITCH_CALL_BYTES = 256 };
/* Where to go when a stack that was begun is empty again: to sp, which a stack was left with, and
 * there restore(arg) is called.  Not on that stack. */
struct slp_stack_back {
    char *sp;
    slp_restore_func restore;
    void *arg;
};
/* Called on an empty stack.  What was left for good is never come back to, so this may return:
 * then the stack that it names is resumed.  And it should, where it can, since the processor
 * foresees where a function returns to from the calls that it has seen: those that are left
 * without a return make it wrong about all returns that follow. */
typedef struct slp_stack_back *(*slp_entry_func)(void *arg);

/* Calls fn(arg) and stores the stack pointer just before the call, which is
 * 16-aligned, in *base.  Returns what fn returns. */
void *slp_base_call(void *(*fn)(void *), void *arg, char **base);

/* Leaves this stack and resumes the one that save() named, which was left by
 * one of these two functions.  Returns 0 when somebody comes back here, -1 when
 * save() refused.  arg must not be on the stack that is left. */
int slp_stack_switch(void *arg, slp_save_func save, slp_restore_func restore);

/* Leaves this stack and calls entry(arg) on an empty one whose first byte is
 * below the address that save() returned (16-aligned).  When entry() returns, the
 * stack that it names is resumed, as by slp_stack_switch().  Returns as above. */
int slp_stack_start(void *arg, slp_save_func save, slp_entry_func entry);

#endif
