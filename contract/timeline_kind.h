/* SPDX-License-Identifier: MIT
 *
 * timeline_kind.h - what can happen in a run, as a timeline tells it.
 *
 * One list for who notes it (libspillway.so, the tracer, the agent) and who tells it: the report,
 * why, the pictures (harness/report/timeline.h).
 */
#ifndef SW_TIMELINE_KIND_H
#define SW_TIMELINE_KIND_H

/* X(ID, NAME, TEXT).  TEXT says what there is beside thread and place: `object` is what it is done
 * to, `other` another thread. */
#define SW_TIMELINE_KINDS(X) \
    X(RUN, "run", "a thread could not go on, so that other runs: it waits, or has ended") \
    X(CONTINUE, "continue", "it goes on, where by default other would have run") \
    X(PREEMPT, "preempt", "it could go on, but other runs") \
    X(EARLY, "early", "time jumps to other's deadline, and other runs") \
    X(DECIDE, "decide", "a choice that is not about threads: text = what was chosen") \
    X(READ, "read", "of object: before = the value") \
    X(WRITE, "write", "of object: before and after, as far as they are known") \
    X(LOCK, "lock", "has taken object") \
    X(UNLOCK, "unlock", "has released object") \
    X(BLOCK, "block", "waits for object, or for what the place says; text = in words") \
    X(TIMEOUT, "timeout", "that wait has ended without what was waited for") \
    X(WAIT, "wait", "for the notification of object") \
    X(NOTIFY, "notify", "of object: text = how many are woken") \
    X(WAKE, "wake", "other is woken, at object") \
    X(SPAWN, "spawn", "other is made") \
    X(BEGIN, "begin", "the thread's body: text = the thread's name") \
    X(END, "end", "the thread ends") \
    X(JOIN, "join", "other's end has come") \
    X(SEND, "send", "a value on object: text = its repr") \
    X(DELIVER, "deliver", "a value into the mailbox of text, on object") \
    X(RECEIVE, "receive", "a value from object: text = its repr") \
    X(SPILL, "spill", "the C stack of the tasklet") \
    X(UNSPILL, "unspill", "it is back") \
    X(RELEASE, "release", "after a switch, the last reference to text or not") \
    X(RELEASED, "released", "that is over") \
    X(DEALLOC, "dealloc", "the tasklet's last reference is gone") \
    X(GC, "gc", "the collector was run") \
    X(FAULT, "fault", "was switched on, or something was made to fail: text") \
    X(EVENT, "event", "of the agent: text in words; what has no kind of its own here") \
    X(EXCEPTION, "exception", "is raised here: text = its type and what it says") \
    X(ESCAPE, "escape", "an exception leaves the body of the thread, or the test: text as there") \
    X(FAILURE, "failure", "the run fails: text = how")

enum sw_timeline_kind {
#define SW_TIMELINE_ENUM(id, name, text) SW_TIMELINE_##id,
    SW_TIMELINE_KINDS(SW_TIMELINE_ENUM)
#undef SW_TIMELINE_ENUM
    SW_TIMELINE_KIND_COUNT
};

/* What an object is; ordinals are counted for each of these. */
enum sw_timeline_object_kind {
    SW_TIMELINE_NO_OBJECT,
    SW_TIMELINE_SYNC,     /* a lock, semaphore, condition, ...: ordinals of libspillway.so */
    SW_TIMELINE_VARIABLE, /* an attribute, global, cell or container */
    SW_TIMELINE_CHANNEL,
};

#endif
