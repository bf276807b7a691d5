/* SPDX-License-Identifier: MIT
 *
 * spec.h - a scenario: one text file, parsed and checked before anything runs.
 *
 * scenarios/FORMAT.md documents the language by example.  A struct sw_spec owns
 * every string it points to; it is immutable once sw_spec_parse() has returned.
 * What is refused is listed in FORMAT.md, "What is refused"; after a successful
 * parse every index, point, fault and move of a spec is valid, so that nobody
 * has to look again.
 */
#ifndef SW_SPEC_H
#define SW_SPEC_H

#include <stdint.h>

#include "contract/error.h"
#include "contract/event_shm.h" /* the limits, and the enums a plan shares with a spec */
#include "contract/fault_set.h"

enum sw_outcome_kind {
    SW_OUT_DONE,
    SW_OUT_PARKED,
    SW_OUT_BLOCKS, /* object "." operation */
    SW_OUT_RAISES, /* name of the exception's type */
    SW_OUT_PAUSES, /* the tasklet took itself out of its ring */
};

struct sw_outcome {
    enum sw_outcome_kind kind;
    char *name; /* BLOCKS: the object's name; RAISES: the type; else NULL */
    char *operation; /* BLOCKS: "send" or "receive"; else NULL */
};

struct sw_spec_wake {
    int step;
    struct sw_outcome outcome;
};

struct sw_spec_move {
    unsigned line;
    int step;
    int resume; /* the step was parked by an earlier move */
    int last;   /* no later move starts a step of the same actor */
    int directive_count;
    struct sw_plan_directive directives[SW_DIRECTIVES_MAX];
    struct sw_outcome outcome;
    int wake_count;
    struct sw_spec_wake *wakes; /* in the order in which the woken steps come to rest */
};

struct sw_spec_schedule {
    char *name;
    unsigned line;
    int move_count;
    struct sw_spec_move *moves;
};

struct sw_spec_actor {
    char *name;
    char *class_name; /* NULL: stackless.tasklet */
    enum sw_actor_kind kind;
    int thread;
    int left_blocked; /* it may still be blocked, parked or paused when the schedule ends */
};

struct sw_spec_step {
    char *name;
    char *source; /* dedented */
    unsigned line;
    int actor;
};

struct sw_spec_condition {
    char *source;
    unsigned line;
    int never;
};

struct sw_spec {
    char *path;
    uint64_t hash;  /* XXH3 of the file's bytes */
    char *summary;  /* the comment at its top, joined to one line; "" if there is none */
    uint32_t needs; /* a bit for each enum sw_spec_need (spec_need.h) of its line `requires` */
    char *spill;    /* what SLP_SPILL is set to; "never" unless the spec says otherwise */
    int fails_count;
    struct sw_fault_set *fails; /* with each of these the scenario fails */
    int survives_count;
    struct sw_fault_set *survives; /* with each of these it still passes */
    int thread_count;
    uint32_t stack_bytes[SW_THREADS_MAX]; /* 0: default */
    char *setup; /* dedented; "" if there is none */
    unsigned setup_line;
    int actor_count;
    struct sw_spec_actor *actors;
    int step_count;
    struct sw_spec_step *steps;
    int schedule_count;
    struct sw_spec_schedule *schedules;
    int condition_count;
    struct sw_spec_condition *conditions;
};

/* The texts of the largest spec fit into the event memory (SW_TEXT_MAX) 16 times. */
#define SW_SPEC_BYTES_MAX (1u << 20)

/* Reads and parses the file.  0 and *out, or -1 and *e (place and text). */
int sw_spec_load(const char *path, struct sw_spec **out, struct sw_error *e);
/* The same from memory; path is for messages only. */
int sw_spec_parse(const char *path, const char *bytes, unsigned long size, struct sw_spec **out,
                  struct sw_error *e);
void sw_spec_free(struct sw_spec *spec);

/* The name of a point, from the interpreter's list. */
const char *sw_spec_point_name(int point);

#endif
