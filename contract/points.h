/* SPDX-License-Identifier: MIT
 *
 * points.h - the places where the interpreter can be observed and asked.
 *
 * This is all that the interpreter knows of a harness: at each point it calls
 * one hook, if somebody has set one, and does what the hook answers.  The
 * points exist in the lab build only (SLP_LAB); in slpython itself SLP_POINT()
 * is the constant 0 and its arguments are not evaluated.
 *
 * X(ID, NAME, FLAGS, TEXT)
 *   NAME   how people write it, in specs and reports
 *   FLAGS  what a hook may ask for at this point (enum slp_point_flags)
 *
 * Every point but THREAD_WOKEN is reached with the GIL held.  An exception may
 * be pending at any of them, and a hook leaves it alone.  A hook may run the
 * collector, and with it Python code, only at points that say SLP_MAY_RUN.
 */
#ifndef SLP_POINTS_H
#define SLP_POINTS_H

#include <stdint.h>

enum slp_point_flags {
    SLP_MAY_SPILL = 1,  /* the hook may answer SLP_ACT_SPILL */
    SLP_MAY_PARK = 2,   /* the hook may keep this OS thread waiting here */
    SLP_MAY_RUN = 4,    /* the hook may run the collector here */
    SLP_MAY_FAIL = 16,  /* the hook may answer SLP_ACT_FAIL */
    SLP_MAY_THROW = 32, /* the hook may throw an exception at the object, pending */
    SLP_MAY_END = 64,   /* the hook may answer SLP_ACT_END */
    SLP_NO_GIL = 8,     /* reached without the GIL: no Python object may be touched */
};

/* What the arguments mean is said in TEXT: (subject, object, value). */
#define SLP_POINTS(X) \
    X(EVAL_ENTER, "eval.enter", SLP_MAY_SPILL | SLP_MAY_PARK | SLP_MAY_RUN, \
      "C code is about to evaluate a frame (current tasklet, -, its code)") \
    X(RELEASE_ENTER, "release.enter", SLP_MAY_SPILL | SLP_MAY_PARK | SLP_MAY_RUN, \
      "the same, from the release of a deferred object: a __del__, a weakref callback") \
    X(CALLBACK_ENTER, "callback.enter", SLP_MAY_SPILL | SLP_MAY_PARK | SLP_MAY_RUN, \
      "the same, from a channel or schedule callback") \
    X(SPILL_SAVE, "spill.save", SLP_MAY_PARK | SLP_MAY_FAIL, \
      "a spill begins, still on the old stack (current tasklet, -, -)") \
    X(SPILL_RUN, "spill.run", SLP_MAY_PARK, \
      "on the fresh base, before the frame runs (current tasklet, -, -)") \
    X(SPILL_RESTORE, "spill.restore", SLP_MAY_PARK, \
      "the spilled stack is back (current tasklet, -, -)") \
    X(SWITCH_LEAVE, "switch.leave", SLP_MAY_PARK, \
      "a switch is decided, nothing is saved yet (previous tasklet, next tasklet, -)") \
    X(SWITCH_SAVE, "switch.save", SLP_MAY_FAIL, \
      "the C stack is about to be copied away, or there has to be memory for that (previous " \
      "tasklet, next tasklet, -)") \
    X(BOMB_NEW, "bomb.new", SLP_MAY_FAIL, \
      "an exception is about to be packed for its way to another tasklet (-, -, -)") \
    X(SWITCH_ARRIVE, "switch.arrive", SLP_MAY_PARK | SLP_MAY_END, \
      "the next tasklet's stack and state are in place (current tasklet, -, -)") \
    X(SWITCH_RESULT, "switch.result", 0, \
      "it goes on with what its mailbox has brought (current tasklet, -, that; NULL when it raises)") \
    X(SWITCH_RELEASE, "switch.release", SLP_MAY_PARK | SLP_MAY_RUN, \
      "a deferred object is about to be released (current tasklet, the object, -)") \
    X(SWITCH_RELEASED, "switch.released", SLP_MAY_PARK | SLP_MAY_RUN, \
      "it has been released (current tasklet, -, -)") \
    X(TASKLET_NEW, "tasklet.new", 0, "a tasklet object was made (the tasklet, -, -)") \
    X(TASKLET_START, "tasklet.start", SLP_MAY_PARK | SLP_MAY_RUN, \
      "on its own stack for the first time (the tasklet, -, -)") \
    X(TASKLET_END, "tasklet.end", SLP_MAY_PARK | SLP_MAY_END, \
      "its callable has returned or raised (the tasklet, -, its result; NULL when it raised)") \
    X(TASKLET_UNCAUGHT, "tasklet.uncaught", 0, \
      "the exception with which it has ended is passed on (the tasklet, to whom, as a bomb)") \
    X(TASKLET_LOST, "tasklet.lost", 0, \
      "its thread ends, and it will not go on (the tasklet, -, -)") \
    X(TASKLET_DEALLOC, "tasklet.dealloc", 0, \
      "its last reference is gone; weakref callbacks follow (the tasklet, -, -)") \
    X(MAILBOX_DROP, "mailbox.drop", 0, \
      "something other than None in a mailbox is thrown away unread (the tasklet, -, it)") \
    X(MAILBOX_DISPLACE, "mailbox.displace", 0, \
      "an exception is thrown at a tasklet that has received a value and not run since " \
      "(the tasklet, -, the value)") \
    X(MAILBOX_BURST, "mailbox.burst", 0, \
      "a bomb was taken from a mailbox and raised (the tasklet, -, the bomb)") \
    X(CHAN_NEW, "chan.new", 0, "a channel object was made (the channel, -, -)") \
    X(CHAN_DEALLOC, "chan.dealloc", 0, "its last reference is gone (the channel, -, -)") \
    X(CHAN_TRY, "chan.try", 0, \
      "a send or receive is asked for, and may be refused (current tasklet, the channel, what is " \
      "sent, or None)") \
    X(CHAN_TRIED, "chan.tried", 0, \
      "its answer, refused or not (the tasklet, the channel, the result; NULL when it raises)") \
    X(CHAN_SEND, "chan.send", SLP_MAY_PARK | SLP_MAY_RUN, \
      "a send begins (current tasklet, the channel, the value or bomb)") \
    X(CHAN_RECEIVE, "chan.receive", SLP_MAY_PARK | SLP_MAY_RUN, \
      "a receive begins (current tasklet, the channel, -)") \
    X(CHAN_ENQUEUE, "chan.enqueue", SLP_MAY_PARK | SLP_MAY_END, \
      "the current tasklet is in the channel's queue, out of its ring, and will wait " \
      "(the tasklet, the channel, -)") \
    X(CHAN_COMPLETE, "chan.complete", SLP_MAY_PARK | SLP_MAY_THROW | SLP_MAY_END, \
      "the value has gone from the sender's mailbox to the receiver's " \
      "(sender, receiver, the value or bomb)") \
    X(CHAN_SENT, "chan.sent", 0, \
      "a send returns (the tasklet, the channel, None; NULL when it raises)") \
    X(CHAN_RECEIVED, "chan.received", 0, \
      "a receive returns (the tasklet, the channel, what it returns; NULL when it raises)") \
    X(CALLBACK_TELLS, "callback.tells", 0, \
      "a schedule callback is about to be called (previous tasklet, next tasklet, -)") \
    X(CALLBACK_FAILED, "callback.failed", 0, \
      "the channel callback has raised (the tasklet whose operation it is, the channel, -)") \
    X(RING_INSERT, "ring.insert", 0, "a tasklet became runnable (the tasklet, whom it is put behind; - at the end, -)") \
    X(RING_REMOVE, "ring.remove", 0, "a tasklet left its ring (the tasklet, who was behind it, -)") \
    X(DEADLOCK, "deadlock", 0, \
      "nobody can run: an error is about to be set (current tasklet, -, -)") \
    X(THREAD_IDLE, "thread.idle", SLP_MAY_PARK, \
      "this thread's ring is empty, it is going to wait; it is not marked yet (-, -, -)") \
    X(THREAD_WAIT, "thread.wait", SLP_MAY_PARK, \
      "it is marked as waiting and drops the GIL next (-, -, -)") \
    X(THREAD_WAKE, "thread.wake", SLP_MAY_PARK, \
      "this thread wakes another one (the tasklet that became runnable there, -, -); " \
      "slp_point_info.thread is the one that is woken") \
    X(THREAD_WOKEN, "thread.woken", SLP_MAY_PARK | SLP_NO_GIL, \
      "the wait is over, the GIL is not taken yet (-, -, -)") \
    X(THREAD_RESUME, "thread.resume", SLP_MAY_PARK | SLP_MAY_END, \
      "the GIL is taken again, the ring is looked at next (-, -, -)") \
    X(MAILBOX_ASSIGN, "mailbox.assign", 0, \
      "the program puts something into a mailbox by itself (the tasklet, -, it)")

enum slp_point {
#define SLP_POINT_ENUM(id, name, flags, text) SLP_POINT_##id,
    SLP_POINTS(SLP_POINT_ENUM)
#undef SLP_POINT_ENUM
    SLP_POINT_COUNT
};

/* What a hook can ask for, or'ed. */
enum slp_action {
    SLP_ACT_NOTHING = 0,
    SLP_ACT_SPILL = 1, /* spill the C stack here; only where SLP_MAY_SPILL */
    SLP_ACT_FAIL = 2,  /* there is no memory for it; only where SLP_MAY_FAIL */
    SLP_ACT_END = 4,   /* this thread ends: slp_tasklet_end_thread(); only where SLP_MAY_END */
};

/* One visit of a point.  All pointers are borrowed and valid during the call
 * only; they are PyObject pointers, void here so that a reader of the list
 * needs no Python.h. */
struct slp_point_info {
    enum slp_point point;
    void *subject;
    void *object;
    void *value;
    uint64_t thread; /* PyThreadState.id of the thread concerned; 0 while it is not known */
};

typedef unsigned (*slp_point_hook)(const struct slp_point_info *info);

#ifdef SLP_LAB
/* The hook, NULL for none.  Set it with slp_point_set_hook(), before Python
 * starts or with the GIL held. */
extern slp_point_hook slp_point_current_hook;
#define SLP_POINT_ALL UINT64_MAX
/* Whether a visit has any effect, 1 << point, or'ed: it is one of the hook's, or
 * hostile mode is on (interp/lab/hostile.h). */
extern uint64_t slp_point_active;
/* points: those at which the hook is called, 1 << point, or'ed. */
void slp_point_set_hook(slp_point_hook hook, uint64_t points);
/* While the ledger of values looks at a visit: the frame address of slp_point_visit(), for who
 * tells where the point was reached. */
extern __thread const void *slp_point_frame;
/* While the invariants look at a visit: 1 + the point; 0: in no visit. */
extern __thread int slp_point_looked_at;
/* Hostile mode was switched on or off. */
void slp_point_update(void);
/* The hook wants to be asked where frames are evaluated: each of these goes the slow way then, and
 * the C stack is deeper than without. */
extern int slp_point_at_frames;
/* Whether this build has points; whether somebody has set a hook, and wants frames; whether a visit
 * of some point has any effect. */
#define SLP_POINT_BUILT 1
#define SLP_POINT_HOOKED (slp_point_current_hook != NULL)
#define SLP_POINT_AT_FRAMES (slp_point_at_frames != 0)
#define SLP_POINT_ACTIVE (slp_point_active != 0)
unsigned slp_point_visit(enum slp_point point, void *subject, void *object, void *value,
                         uint64_t thread);
#define SLP_POINT_THREAD(id, subject, object, value, thread) \
    (__builtin_expect((slp_point_active >> SLP_POINT_##id & 1) != 0, 0) \
         ? slp_point_visit(SLP_POINT_##id, (subject), (object), (value), (thread)) \
         : 0u)
#else
#define SLP_POINT_BUILT 0
#define SLP_POINT_HOOKED 0
#define SLP_POINT_AT_FRAMES 0
#define SLP_POINT_ACTIVE 0
#define SLP_POINT_THREAD(id, subject, object, value, thread) 0u
#endif
#define SLP_POINT(id, subject, object, value) SLP_POINT_THREAD(id, subject, object, value, 0)

#endif
