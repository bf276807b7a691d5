/* SPDX-License-Identifier: MIT
 *
 * event_shm.h - the memory that the runner and the agent share.
 *
 *      runner                         child: interpreter + agent
 *      writes plan, starts child ---> maps it from SPILLWAY_FD, reads plan
 *      reads after the child is gone <--- appends events, text, stacks
 *
 * The runner makes it with memfd_create(), of sizeof(struct sw_event_shm) bytes.
 * Pages that nobody touches cost nothing, so the limits below are generous.  Until
 * the child has ended, only the child writes below the line.  The runner checks
 * each number that it finds there, since a crashing interpreter may have scribbled
 * on it.
 *
 * Counters are written after what they count, so that a crash in the middle of
 * an append leaves the stream whole.
 */
#ifndef SW_EVENT_SHM_H
#define SW_EVENT_SHM_H

#include <stdint.h>

#include "event.h"

#define SW_EVENT_SHM_MAGIC 0x53504c57u /* "SPLW" */
#define SW_EVENT_SHM_VERSION 4u
#define SW_EVENT_SHM_ENV "SPILLWAY_FD"

/* Of a plan: far above what a person writes.  Of the events and their text: 2 ** 18 of 52 bytes and
 * 16 MiB, by far the most of the 37 MiB that all of it takes.  All chosen freely; an event that
 * does not fit is counted (events_lost). */
enum {
    SW_THREADS_MAX = 16,
    SW_ACTORS_MAX = 64,
    SW_STEPS_MAX = 256,
    SW_MOVES_MAX = 512,
    SW_DIRECTIVES_MAX = 8,   /* of one move */
    SW_CONDITIONS_MAX = 32,
    SW_EVENTS_MAX = 1 << 18,
    SW_STACKS_MAX = 2048,      /* the first SW_STACKS_KEPT stay, in the others the latest are */
    SW_STACKS_KEPT = 16,
    SW_FRAMES_MAX = 512,
    SW_TEXT_MAX = 1 << 24,
    SW_MAPS_MAX = 1 << 17,
    SW_POINTS_MAX = 64, /* at least SLP_POINT_COUNT of contract/points.h */
};

/* Text is an offset into sw_event_shm.text; 0 is the empty text. */
typedef uint32_t sw_text;

struct sw_plan_thread {
    uint32_t stack_bytes; /* 0: the platform's default; always 0 for T0 */
};

enum sw_actor_kind { SW_ACTOR_TASKLET = 0, SW_ACTOR_THREAD = 1 };

struct sw_plan_actor {
    sw_text name;
    sw_text class_name; /* a tasklet's class in the setup's namespace; 0: stackless.tasklet */
    uint32_t kind;      /* enum sw_actor_kind */
    uint32_t thread;    /* ordinal */
};

struct sw_plan_step {
    sw_text name;
    sw_text source; /* dedented Python */
    uint32_t line;  /* of its first line in the spec, from 1 */
    uint32_t actor; /* index */
};

/* X(ID, WORD, FLAG, WHY): WORD is how a spec begins it; FLAG, of contract/points.h, is what its
 * point must allow; WHY is said where it does not. */
#define SW_DIRECTIVES(X) \
    X(UNTIL, "until", SLP_MAY_PARK, "nothing can be parked") \
    X(SPILL_AT, "spill at", SLP_MAY_SPILL, "nothing can be spilled") \
    X(GC_AT, "gc at", SLP_MAY_RUN, "the collector cannot run") \
    X(FAIL_AT, "fail at", SLP_MAY_FAIL, "nothing can fail") \
    X(KILL_AT, "kill at", SLP_MAY_THROW, "nobody can be killed") \
    X(THROW_AT, "throw at", SLP_MAY_THROW, "nothing can be thrown") \
    X(END_AT, "end at", SLP_MAY_END, "no thread can end")

enum sw_directive_kind {
#define SW_DIRECTIVE_ENUM(id, word, flag, why) SW_##id,
    SW_DIRECTIVES(SW_DIRECTIVE_ENUM)
#undef SW_DIRECTIVE_ENUM
    SW_DIRECTIVE_COUNT
};

struct sw_plan_directive {
    uint32_t kind;  /* enum sw_directive_kind */
    uint32_t point; /* enum slp_point of contract/points.h */
    uint32_t nth;   /* from 1: the nth visit in the schedule, whoever visits */
};

struct sw_plan_move {
    uint32_t step;
    uint32_t resume; /* 1: the step is parked and goes on; 0: it starts */
    uint32_t last;   /* 1: the actor has no later step in this schedule: it ends after this one */
    uint32_t directive_count;
    struct sw_plan_directive directives[SW_DIRECTIVES_MAX];
};

struct sw_plan_condition {
    sw_text source; /* a Python expression */
    uint32_t line;
    uint32_t never; /* 1: never, 0: always */
};

struct sw_plan {
    sw_text spec_path; /* for tracebacks; empty: no spec, the child runs a program by itself */
    sw_text schedule;
    sw_text setup;
    uint32_t setup_line;
    uint32_t thread_count; /* at least 1 */
    uint32_t actor_count;
    uint32_t step_count;
    uint32_t move_count;
    uint32_t condition_count;
    struct sw_plan_thread threads[SW_THREADS_MAX];
    struct sw_plan_actor actors[SW_ACTORS_MAX];
    struct sw_plan_step steps[SW_STEPS_MAX];
    struct sw_plan_move moves[SW_MOVES_MAX];
    struct sw_plan_condition conditions[SW_CONDITIONS_MAX];
};

/* A C stack, innermost frame first: code addresses of the child, to be read
 * together with its maps.  A frame's own address is that of the instruction
 * that runs; the others' are return addresses. */
struct sw_event_shm_stack {
    uint32_t frame_count;
    uint32_t truncated; /* 1: there were more frames than fit */
    uint64_t frames[SW_FRAMES_MAX];
};

struct sw_event_shm {
    uint32_t magic;
    uint32_t version;
    /* 1: events say after how many decisions and on which line of Python they came, and the other
     * points are visits.  What is decided stays the same. */
    uint32_t explains;
    struct sw_plan plan;
    /* ---- below this line the child writes ---- */
    uint32_t attached; /* SW_EVENT_SHM_MAGIC once there is an agent at the other end */
    uint32_t text_used; /* the runner puts the plan's texts first, and the first byte is 0 */
    uint32_t event_count;
    uint32_t events_lost; /* how many did not fit: the answer then is "inconclusive" */
    uint32_t stack_count; /* of those that stay */
    uint32_t maps_used;
    /* How often each point was visited in the schedule, up to the end of a move. */
    uint32_t visits[SW_MOVES_MAX][SW_POINTS_MAX];
    char maps[SW_MAPS_MAX]; /* the child's /proc/self/maps, taken with its first stack */
    struct sw_event events[SW_EVENTS_MAX];
    struct sw_event_shm_stack stacks[SW_STACKS_MAX];
    char text[SW_TEXT_MAX];
};

/* Copies s (length bytes) and a NUL into the event memory's text.  Returns its offset;
 * 0 for an empty text and when there is no room. */
sw_text sw_event_shm_text_add(struct sw_event_shm *event_shm, const char *s, uint32_t length);
/* The text at an offset, always NUL-terminated inside the event memory: "" for an
 * offset that is none. */
const char *sw_event_shm_text(const struct sw_event_shm *event_shm, sw_text offset);

#endif
