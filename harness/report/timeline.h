/* SPDX-License-Identifier: MIT
 *
 * timeline.h - what happened in a recorded run, in its order: the one thing that the report, why,
 * diff and the pictures are made of.
 *
 *      sw_timeline_fill()     replays a schedule in a process of its own, which notes what happens
 *      sw_timeline_write()    as lines of JSON
 *      sw_timeline_free()
 *
 * The run is the recorded one, decision by decision: what is noted changes nothing that the program
 * sees.  `note` says where that could not be had, and `lost` what did not fit.
 *
 * Where the accesses come from: in CPython 3.11 a tracer (harness/tracer) sees each bytecode of a
 * test.  With other interpreters, with one thread, and in programs that no starter runs, there are no READ,
 * WRITE and EXCEPTION, and has_accesses is 0.  The frames that the
 * tracer is given may move objects, and so the order of a set, which is another run then.  If that one
 * fails as well, as far as the decisions fit, it is what is told, and `note` says from where on it is
 * another; else the run is made again without the tracer, has_accesses is 0, and `note` says so.
 *
 * STEP is the number of the decision that led there: the decision's own entry has it, and stands
 * first, and so has all that happens until the next one is asked.  What happens before the first
 * has step 0, too.
 *
 * A struct sw_timeline owns all it points to, from fill to free.  Indices are from 0, and in an
 * entry 0 is none and i + 1 is index i.
 */
#ifndef SW_TIMELINE_H
#define SW_TIMELINE_H

#include <stdint.h>
#include <stdio.h>

#include "contract/timeline_kind.h"
#include "harness/formats/sched/sched.h"
#include "harness/runner/process.h"

enum { SW_TIMELINE_NOTE = 512 };
#define SW_TIMELINE_SEVERAL 0xffffffffu

struct sw_timeline_thread {
    uint32_t ordinal;
    const char *name;  /* "Thread-1 (work)"; "" where nobody knows */
    uint32_t maker;    /* 1 + index of a thread; 0: none, or nobody knows */
    uint32_t first, last; /* entries of its own: 1 + index; 0: it has none */
};

struct sw_timeline_tasklet {
    const char *name;
    uint32_t thread; /* 1 + index: where it was seen first; 0: nowhere */
};

struct sw_timeline_object {
    enum sw_timeline_object_kind kind;
    uint32_t ordinal;
    const char *name; /* "lock#3", "Account.balance", "counter", "list", "chunks" */
    uint32_t uses;    /* entries with it */
    /* Who reads or writes it, and who writes it: 1 + index of a thread; 0: nobody;
     * SW_TIMELINE_SEVERAL: more than one. */
    uint32_t user, writer;
};

struct sw_timeline_entry {
    uint64_t step;
    enum sw_timeline_kind kind;
    int deviates;     /* of a decision: it was not the default */
    int is_cold;      /* and is asked only before the interpreter has specialised a call */
    uint32_t thread;  /* 1 + index of who does it; 0: nobody knows */
    uint32_t tasklet; /* 1 + index; 0: none, or nobody knows */
    uint32_t other;   /* 1 + index of another thread, as the kind says; 0: none */
    uint32_t object;  /* 1 + index; 0: none */
    uint32_t value;   /* ordinal of a value in transit, from 1 in the order of sends; 0: none */
    const char *place;    /* of a decision or wait: "gil.release"; "" */
    const char *file;     /* where it stands; "": not known */
    const char *function; /* "" likewise */
    uint32_t line;        /* 0: not known */
    uint32_t column, column_end; /* bytes of the line, from 0; equal: not known */
    const char *text;     /* in words; see the kind; "" */
    const char *before, *after; /* "": not known */
    /* 1 + index; 0: none.  Of UNLOCK: who takes it next; LOCK: who released it before; BLOCK: the
     * LOCK or WAKE that ended it; RECEIVE: the SEND; SPAWN: the BEGIN; JOIN: the END; ESCAPE: the
     * EXCEPTION. */
    uint32_t partner;
    uint32_t event; /* 1 + index in the event memory; 0: none */
    int is_hop;     /* of why, by what the agent tells (why_path.h); with sw_timeline_fill_all() */
    int is_point;   /* of EVENT: a visit of a point of the interpreter, which few want to know of */
    const char *stack; /* C stack, a line a frame, innermost first; NULL: none, or not asked for */
    /* Of an object: 1 + index of the entry with the same object before and behind; 0: none. */
    uint32_t same_before, same_behind;
};

struct sw_timeline {
    uint32_t thread_count, tasklet_count, object_count, entry_count;
    struct sw_timeline_thread *threads;   /* by ordinal */
    struct sw_timeline_tasklet *tasklets;
    struct sw_timeline_object *objects;
    struct sw_timeline_entry *entries;
    uint64_t decision_count, hash;
    uint64_t lost;      /* entries that did not fit */
    int is_same;        /* the run was the recorded one, in all decisions and in its exit status */
    int has_accesses;
    uint32_t follows;   /* SW_FOLLOWS_CHANCE, ...: what it has followed apart from its schedule */
    char left[32];      /* "step 351": where it no longer was, of a run that went on anyway; "" */
    char note[SW_TIMELINE_NOTE]; /* what there is to say of what is missing; "" */
    struct sw_end end;  /* how it ended */
    struct sw_timeline_texts *texts; /* where all texts are */
};

/* Replays it.  folder and files are found as `spillway replay` finds them: the schedule comes from
 * sw_sched_load() and sw_sched_paths().  0; or -1 with *e: nothing could be run.  To be freed
 * either way. */
int sw_timeline_fill(struct sw_timeline *timeline, const struct sw_sched *sched,
                     struct sw_error *e);
/* The same, with all that slpython-lab can tell: values and tasklets of programs, points, and the C
 * stacks of what went wrong, whose names take a tenth of a second to find. */
int sw_timeline_fill_all(struct sw_timeline *timeline, const struct sw_sched *sched,
                                 struct sw_error *e);
/* The same program with no deviation at all: a run that nobody has recorded, so that is_same is 0,
 * and there is no note. */
int sw_timeline_fill_defaults(struct sw_timeline *timeline, const struct sw_sched *sched,
                              struct sw_error *e);
/* The same program under a schedule of strategy random, likewise. */
int sw_timeline_fill_random(struct sw_timeline *timeline, const struct sw_sched *sched,
                            uint64_t seed, struct sw_error *e);
/* The same of a run that has been made already with explain_wanted, and is still open. */
int sw_timeline_take(struct sw_timeline *timeline, const struct sw_process *run,
                     struct sw_error *e);
void sw_timeline_free(struct sw_timeline *timeline);

/* A text that lives as long as the timeline; NULL: no memory. */
const char *sw_timeline_keep(struct sw_timeline *timeline, const char *text);
/* "preempt", "read": the name of that kind; "unknown" for a number that is none. */
const char *sw_timeline_name(enum sw_timeline_kind kind);
/* "T1"; of a thread that nobody knows "?".  Returns buf. */
char *sw_timeline_thread(const struct sw_timeline *timeline, uint32_t thread, char buf[16]);
/* Line number `line` of that file, without blanks around it, cut at size; "" if it cannot be read.
 * Returns buf. */
char *sw_timeline_source(const char *file, uint32_t line, char *buf, size_t size);

/* The part of its line that the entry is about, as far as its columns are known; "".  Returns buf. */
char *sw_timeline_segment(const struct sw_timeline_entry *entry, char *buf, size_t size);

/* A line of JSON an entry, and before them one each for the run, the threads, tasklets and
 * objects: {"is": "entry", "step": 3, ...}. */
void sw_timeline_write(FILE *out, const struct sw_timeline *timeline);

#endif
