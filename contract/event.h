/* SPDX-License-Identifier: MIT
 *
 * event.h - what happened in a run: the one stream that every report reads.
 *
 * The agent, inside the interpreter's process, appends events to shared memory
 * (event_shm.h), so that the stream survives a crash.  Oracles are events too: a
 * lost value is an event with the stack of the moment of its loss.
 *
 * Names, never addresses: an event refers to a tasklet, channel or value by a
 * text that is the same in every run of the same decisions.
 */
#ifndef SW_EVENT_H
#define SW_EVENT_H

#include <stdint.h>

/* X(ID, NAME, TEXT).  TEXT says which fields of struct sw_event are used. */
#define SW_EVENTS(X) \
    X(NONE, "none", "no event") \
    X(MOVE, "move", "the schedule's next move begins: who = step") \
    X(DONE, "done", "a step came to its end: who = step, other = actor") \
    X(RAISED, "raised", "a step ended with an exception: text = its type, note = str() of it") \
    X(BLOCKS, "blocks", "who = step, other = actor, object = channel, text = operation") \
    X(PARKED, "parked", "who = step, other = actor, text = point, count = which visit") \
    X(PAUSES, "pauses", "a step's tasklet left its ring by itself: who = step, other = actor") \
    X(UNFINISHED, "unfinished", "a step stays runnable, but nothing runs it: who = step") \
    X(ENDS, "ends", "a tasklet's callable has ended: who = tasklet") \
    X(SEND, "send", "who sends value (text = its repr) on object") \
    X(DELIVER, "deliver", "value goes from who to other's mailbox, on object") \
    X(RECEIVED, "received", "who got value from object; value = 0 and text: something never sent") \
    X(DISPLACED, "displaced", "an exception was thrown at who, which had value (text) of other from " \
      "object in its mailbox and had not run since: it is the throw's, no fault; note = what came") \
    X(EXPLODES, "explodes", "who's receive on object raises the exception it was sent: value") \
    X(SPILL, "spill", "who's C stack is spilled: text = at which point, count = which spill, value = 1 if the " \
      "schedule asked for it") \
    X(UNSPILL, "unspill", "it is back: count = which spill, value as there") \
    X(RELEASE, "release", "who, after a switch, releases other: the last reference or not") \
    X(RELEASED, "released", "the release is over") \
    X(DEALLOC, "dealloc", "who's last reference is gone") \
    X(COLLECT, "collect", "the collector was run: text = at which point") \
    X(WAIT, "wait", "thread waits for another thread") \
    X(WAKE, "wake", "who wakes thread count for tasklet other") \
    X(UNRAISABLE, "unraisable", "an exception with nobody to go to: text = type, note = str()") \
    X(LOST, "value-lost", \
      "value, sent by other on object for who, is gone: text = repr of what was sent, " \
      "note = what happened to it, stack") \
    X(WRONG, "value-wrong", \
      "who received from object something that is not what was sent (value, text = its repr; " \
      "note = repr of what came)") \
    X(DOUBLED, "value-doubled", \
      "who received from object something that somebody had received before (as value-wrong; " \
      "value = 0: and nobody had sent)") \
    X(MISPLACED, "value-misplaced", \
      "who received from object something that was sent for another one (likewise)") \
    X(PHANTOM, "value-phantom", "who received from object, and nobody had sent: note = repr") \
    X(DETONATED, "exception-misplaced", \
      "an exception in transit (value, text) on object for who was raised in a wrong place, stack") \
    X(INVARIANT, "invariant", \
      "the core's state is not as it must be: who = tasklet or object = channel that it is about, " \
      "text = which invariant, note = what was found, other = the point at which it was looked at, " \
      "stack") \
    X(CONDITION, "condition", "an always or never does not hold: text = it, note = why") \
    X(SETUP_RAISED, "setup-raised", "text = type, note = str() of it") \
    X(CRASH, "crash", "a deadly signal: count = its number, who = current tasklet, stack") \
    X(FINISHED, "finished", "the schedule is at its end and every thread has answered") \
    X(VISIT, "visit", \
      "in an explaining run, a point that is no event by itself: text = which, who = tasklet, " \
      "object = channel, other = the second tasklet, note = of code that is called: where it begins")

enum sw_event_kind {
#define SW_EVENT_ENUM(id, name, text) SW_EVENT_##id,
    SW_EVENTS(SW_EVENT_ENUM)
#undef SW_EVENT_ENUM
    SW_EVENT_COUNT
};

/* who, object, other, text, note and place are offsets of NUL-terminated UTF-8 in the
 * event_shm's text; 0 is the empty text. */
struct sw_event {
    uint32_t index; /* position in the stream, from 0; decisions share it */
    uint32_t move;  /* 1 + index of the plan's move under way; 0 during the setup */
    uint16_t kind;  /* enum sw_event_kind */
    uint16_t thread; /* ordinal: 0 is T0; SW_THREAD_OTHER for one the plan does not know */
    uint32_t who;
    uint32_t object;
    uint32_t other;
    uint32_t value; /* ordinal of the value in transit, from 1 in the order of sends; 0: none */
    uint32_t text;
    uint32_t note;
    uint32_t count;
    uint32_t stack; /* 1 + index in the event memory's stacks; 0: none was taken */
    /* These two only in an explaining run (event_shm.h). */
    uint32_t decision; /* how many decisions had been taken: the number of the next one */
    uint32_t place; /* text: "path:line function", the innermost Python frame of the program */
};

#define SW_THREAD_OTHER 0xffff

/* The kind's name, for reports; "unknown" for a number that is none. */
const char *sw_event_name(unsigned kind);

#endif
