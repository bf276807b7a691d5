/* SPDX-License-Identifier: MIT
 *
 * why_stack.h - what a C stack of the interpreter says: in the middle of which of its operations
 * something was seen.
 *
 * An operation is what a reader of the interpreter's documentation has a word for: a switch, the
 * release behind it, a spill, an operation on a channel.  It is read off the names of functions, so
 * it is as sure as the stack.
 */
#ifndef SW_WHY_STACK_H
#define SW_WHY_STACK_H

#include "contract/event_shm.h"

/* X(FUNCTION, OPERATION, PHRASE): the function is in the middle of the operation; PHRASE: what a
 * stack says there, "" if the function's own name says it all. */
#define SW_WHY_FUNCTIONS(X) \
    X("slp_eval_frame_newstack", "spill", "the spill's entry") \
    X("spill_with_faults", "spill", "") \
    X("slp_spill_call", "spill", "the spill") \
    X("take_proxy", "spill", "") \
    X("slp_transfer_release", "release", "the release in the transfer") \
    X("slp_transfer", "switch", "the transfer") \
    X("slp_transfer_arrive", "switch", "the transfer, in who goes on") \
    X("slp_slice_restore", "switch", "") \
    X("slp_tstate_swap_save", "switch", "") \
    X("slp_tstate_swap_load", "switch", "") \
    X("run_tasklet", "start", "a tasklet begins") \
    X("slp_schedule_end", "end", "a tasklet ends") \
    X("slp_transfer_end", "end", "") \
    X("thread_end", "thread-end", "a thread ends") \
    X("thread_give_up", "thread-end", "") \
    X("slp_thread_kill_all", "thread-end", "") \
    X("slp_thread_wake_stuck", "thread-end", "") \
    X("kill_started", "thread-end", "") \
    X("abandon_all", "thread-end", "") \
    X("slp_thread_wait", "wait", "a thread waits for another one") \
    X("slp_thread_wake", "wake", "a thread is woken") \
    X("deliver_bomb", "throw", "") \
    X("slp_tasklet_throw", "throw", "an exception is thrown at a tasklet") \
    X("slp_tasklet_kill", "throw", "a tasklet is killed") \
    X("tasklet_kill", "throw", "") \
    X("tasklet_throw", "throw", "") \
    X("tasklet_raise_exception", "throw", "") \
    X("unwind", "dealloc", "a tasklet is ended, so that it can be freed") \
    X("tasklet_finalize", "dealloc", "") \
    X("tasklet_dealloc", "dealloc", "the deallocation of a tasklet") \
    X("ask_callback", "callback", "the channel callback") \
    X("call_back", "callback", "the channel callback") \
    X("notify", "callback", "the schedule callback") \
    X("generic_channel_action", "operation", "") \
    X("impl_channel_send", "operation", "a send") \
    X("impl_channel_receive", "operation", "a receive") \
    X("tasklet_insert", "insert", "a tasklet is put into its ring") \
    X("tasklet_remove", "remove", "a tasklet is taken out of its ring") \
    X("module_schedule_remove", "remove", "") \
    X("tasklet_run", "run", "") \
    X("tasklet_switch", "run", "") \
    X("slp_schedule_run_now", "run", "") \
    X("slp_schedule_run", "run", "run() of the scheduler") \
    X("module_run", "run", "") \
    X("module_schedule", "schedule", "") \
    X("slp_channel_action", "operation", "an operation on a channel") \
    X("refused", "operation", "an operation on a channel is refused") \
    X("over", "operation", "an operation on a channel is over") \
    X("undo_wait", "operation", "") \
    X("slp_schedule", "schedule", "a tasklet yields") \
    X("resume_runner", "timeout", "a timeout") \
    X("interrupt", "timeout", "a timeout") \
    X("slp_preempt_tick", "timeout", "") \
    X("channel_get_closed", "closed", "") \
    X("slp_atomic_set", "atomic", "") \
    X("slp_atomic_publish", "atomic", "") \
    X("tasklet_bind_thread", "bind", "a tasklet goes to another thread") \
    X("tasklet_bind", "setup", "") \
    X("tasklet_setup", "setup", "") \
    X("set_up", "setup", "a tasklet is set up") \
    X("subtype_dealloc", NULL, "the deallocation of an object") \
    X("PyObject_ClearWeakRefs", NULL, "the callbacks of its weak references") \
    X("slot_tp_finalize", NULL, "__del__")

/* X(FUNCTION, OPERATION): parts that many operations have.  They say which it is only where nothing
 * else does. */
#define SW_WHY_PARTS(X) \
    X("slp_ring_remove", "remove") \
    X("slp_schedule_insert", "insert")

enum { SW_WHY_FRAMES_MAX = 96, SW_WHY_NAME_MAX = 96 };

struct sw_why_frame {
    char function[SW_WHY_NAME_MAX];
    char place[SW_WHY_NAME_MAX]; /* "interp/eval.c:12"; "": not known */
};

struct sw_why_stack {
    uint32_t count;
    struct sw_why_frame frames[SW_WHY_FRAMES_MAX]; /* innermost first */
};

/* stack: as in struct sw_event; 0: an empty one.  The event memory is sanitized. */
void sw_why_stack_read(const struct sw_event_shm *event_shm, uint32_t stack,
                       struct sw_why_stack *out);
/* "spill": the innermost operation in the frames from *at on; NULL: none is known.  *at becomes
 * its innermost frame's index. */
const char *sw_why_stack_operation(const struct sw_why_stack *stack, uint32_t *at);
/* The same by a part, in the frames before end. */
const char *sw_why_stack_part(const struct sw_why_stack *stack, uint32_t end, uint32_t *at);
/* Of the frames of that operation from at on the one that a stack has a phrase for. */
const struct sw_why_frame *sw_why_stack_name(const struct sw_why_stack *stack, uint32_t at);
/* How many frames are inside of the innermost Python function: what C code was doing. */
uint32_t sw_why_stack_of_c(const struct sw_why_stack *stack);
/* What a function's name stands for, "" if for itself; NULL: it says nothing. */
const char *sw_why_stack_phrase(const char *function);
/* The same of an event that has no stack: its kind, or the point that it is a visit of. */
const char *sw_why_stack_operation_of_event(const struct sw_event_shm *event_shm,
                                            const struct sw_event *event);

#endif
