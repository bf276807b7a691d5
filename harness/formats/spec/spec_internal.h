/* SPDX-License-Identifier: MIT
 *
 * spec_internal.h - what spec.c and the spec_*.c files share.
 *
 * The parser reads top to bottom, once, and hands each clause of a schedule to
 * the check as it reads it, so that the first thing that is wrong in the file
 * is the one that is reported.  All memory of a spec belongs to its owner;
 * whoever fails just returns -1 and sw_spec_parse() frees the owner.
 */
#ifndef SW_SPEC_INTERNAL_H
#define SW_SPEC_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "spec.h"
#include "spec_lex.h"

/* Limits that the event memory does not set (contract/event_shm.h has the others).  They bound
 * memory and time, and were chosen freely: far above what a person writes, and small enough for
 * tables that are made at their limits. */
enum {
    SW_SPEC_NAME_MAX = 64, /* bytes of a name */
    SW_SPEC_SETS_MAX = 64, /* of "fails", and of "survives" */
    SW_SPEC_SCHEDULES_MAX = 256,
    SW_SPEC_WAKES_MAX = 64, /* of one move */
};

/* ---- memory ---- */

struct sw_spec_chunk;

struct sw_spec_owner {
    struct sw_spec spec; /* first: a struct sw_spec that is handed out is one of these */
    struct sw_spec_chunk *chunks;
};

/* Zeroed memory that lives as long as the spec; NULL when there is none. */
void *sw_spec_alloc(struct sw_spec_owner *owner, size_t size);

/* ---- the static check of schedules ---- */

enum sw_spec_actor_state {
    SW_SPEC_RESTING, /* it can start a step */
    SW_SPEC_BLOCKED,
    SW_SPEC_PAUSED,
    SW_SPEC_PARKED,
    SW_SPEC_DEAD, /* it raised TaskletExit */
};

struct sw_spec_check {
    const struct sw_spec *spec;
    const struct sw_spec_lexer *lexer; /* places and messages */
    unsigned char used[SW_STEPS_MAX]; /* by any schedule so far */

    /* Of the schedule being read: */
    const char *started[SW_STEPS_MAX]; /* the place of the move that did; NULL: not yet */
    struct {
        enum sw_spec_actor_state state;
        int step; /* the one that brought it there; no meaning while it has none behind it */
        const char *at; /* the place of the outcome that did */
    } actors[SW_ACTORS_MAX];
    int parked_on[SW_THREADS_MAX]; /* the actor with which this OS thread stands still, or -1 */

    /* Of the move being read: */
    int mover; /* an actor */
    const char *until; /* the place of its directive, or NULL */
    const char *parked_at; /* the place of the one outcome that says so, or NULL */
};

void sw_spec_check_schedule(struct sw_spec_check *check);
/* A move of this step begins, at this place.  Says whether it resumes the step. */
int sw_spec_check_move(struct sw_spec_check *check, int step, const char *at, int *resume);
int sw_spec_check_directive(struct sw_spec_check *check, const struct sw_spec_move *move,
                            const struct sw_plan_directive *directive, const char *at,
                            const char *point_at);
int sw_spec_check_outcome(struct sw_spec_check *check, int step, const struct sw_outcome *outcome,
                          const char *at);
int sw_spec_check_wake(struct sw_spec_check *check, int step, const char *at);
void sw_spec_check_move_end(struct sw_spec_check *check);
/* Nobody is left behind; also fills in which moves are the last of their actor. */
int sw_spec_check_schedule_end(struct sw_spec_check *check, struct sw_spec_schedule *schedule);

/* ---- the parser ---- */

/* The sections of a spec, in their order. */
enum sw_spec_section {
    SW_SPEC_HEADER,
    SW_SPEC_SETUP,
    SW_SPEC_ACTORS,
    SW_SPEC_SCHEDULES,
    SW_SPEC_CONDITIONS,
};

struct sw_spec_parser {
    struct sw_spec_lexer lexer;
    struct sw_spec_owner *owner;
    struct sw_spec *spec; /* &owner->spec */
    enum sw_spec_section section;
    int schedule_open; /* the last of spec->schedules is being read */
    int has_requires;
    int has_setup;
    /* Places of what was declared, for errors that show later. */
    const char *actor_at[SW_ACTORS_MAX];
    const char *step_at[SW_STEPS_MAX];
    const char *stack_at[SW_THREADS_MAX];
    const char *schedule_at; /* of the one being read */
    int actor_steps[SW_ACTORS_MAX]; /* how many */
    struct sw_spec_check check;
    /* The schedule being read, until it is copied to its size. */
    struct sw_spec_move moves[SW_MOVES_MAX];
    struct sw_spec_wake wakes[SW_SPEC_WAKES_MAX];
};

/* Reads all of a valid text into parser->spec. */
int sw_spec_parse_text(struct sw_spec_parser *parser);
/* Its index, or -1. */
int sw_spec_parse_find_step(const struct sw_spec *spec, const struct sw_spec_token *token);

/* ---- clauses, in spec_clause.c: what all lines are made of ---- */

int sw_spec_clause_end(struct sw_spec_parser *parser);
/* Reads a word; what is named in the message if there is none. */
int sw_spec_clause_word(struct sw_spec_parser *parser, const char *what,
                       struct sw_spec_token *token);
/* One given word or sign. */
int sw_spec_clause_this(struct sw_spec_parser *parser, const char *what);
/* An OS thread: T0 to T15, without leading zeros. */
int sw_spec_clause_thread(struct sw_spec_parser *parser, int *thread, struct sw_spec_token *token);
/* A word that is a name: letters, digits and "_", and "-" unless Python must be
 * able to say it. */
int sw_spec_clause_name(struct sw_spec_parser *parser, const char *what,
                       struct sw_spec_token *token);
int sw_spec_clause_identifier(struct sw_spec_parser *parser, const char *what,
                             struct sw_spec_token *token);
int sw_spec_clause_is_identifier(const char *at, size_t length);
/* The token's text in the spec's memory; NULL with the error filled in. */
char *sw_spec_clause_copy(struct sw_spec_parser *parser, const struct sw_spec_token *token);
/* Decimal digits as a number below 2^32; -1 if they are anything else. */
int sw_spec_clause_number(const char *at, size_t length, uint32_t *out);
/* Reads a word that is one of these names: its index, or -1.  expected is named if there is no
 * word, and what if it is another one. */
int sw_spec_clause_choice(struct sw_spec_parser *parser, const char *expected, const char *what,
                         const char *const *names, int count, struct sw_spec_token *token);
/* "unknown WHAT 'word'", with the nearest of the candidates if one is near. */
int sw_spec_clause_unknown(struct sw_spec_parser *parser, const char *what,
                          const struct sw_spec_token *token, const char *const *candidates,
                          int count);
int sw_spec_clause_no_memory(struct sw_spec_parser *parser);

/* ---- header lines, in spec_header.c: what follows the keyword ---- */

int sw_spec_header_requires(struct sw_spec_parser *parser, const struct sw_spec_token *keyword);
int sw_spec_header_spill(struct sw_spec_parser *parser, const struct sw_spec_token *keyword);
int sw_spec_header_fails(struct sw_spec_parser *parser, const struct sw_spec_token *keyword);
int sw_spec_header_survives(struct sw_spec_parser *parser, const struct sw_spec_token *keyword);
int sw_spec_header_stack(struct sw_spec_parser *parser, const struct sw_spec_token *keyword);

/* ---- schedules, in spec_schedule.c ---- */

/* What follows the keyword; one line with a move; what comes when there is no more. */
int sw_spec_schedule_open(struct sw_spec_parser *parser);
int sw_spec_schedule_move(struct sw_spec_parser *parser);
int sw_spec_schedule_close(struct sw_spec_parser *parser);

/* ---- names, in spec.c ---- */

/* The flags of a point: enum slp_point_flags. */
unsigned sw_spec_point_flags(int point);

#endif
