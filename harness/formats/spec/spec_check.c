/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "contract/points.h"
#include "spec_internal.h"

/* What a schedule says of itself, played through as it is read: each actor is in a state, which the
 * outcomes change, and each move and wake must be possible in it.  Nothing is run, so what is
 * refused here is wrong whatever the interpreter does. */

static const char *const state_names[] = {
    [SW_SPEC_RESTING] = "at rest", [SW_SPEC_BLOCKED] = "blocked", [SW_SPEC_PAUSED] = "paused",
    [SW_SPEC_PARKED] = "parked",   [SW_SPEC_DEAD] = "dead",
};

static const char *step_name(const struct sw_spec_check *check, int step)
{
    assert(step >= 0 && step < check->spec->step_count);
    return check->spec->steps[step].name;
}

/* The line of the outcome that brought an actor where it is. */
static unsigned line_of_state(const struct sw_spec_check *check, int actor)
{
    assert(check->actors[actor].at != NULL);
    return sw_spec_lex_line_of(check->lexer, check->actors[actor].at);
}

/* Each schedule begins anew: all actors at rest (which is 0), no step started. */
void sw_spec_check_schedule(struct sw_spec_check *check)
{
    memset(check->started, 0, sizeof check->started);
    memset(check->actors, 0, sizeof check->actors);
    for (int i = 0; i < SW_THREADS_MAX; i++)
        check->parked_on[i] = -1;
}

/* Another actor that is parked on this one's OS thread, or -1. */
static int parked_neighbour(const struct sw_spec_check *check, int actor)
{
    int parked = check->parked_on[check->spec->actors[actor].thread];

    return parked == actor ? -1 : parked;
}

static int refuse_still_thread(const struct sw_spec_check *check, int step, int parked,
                               const char *at, const char *verb)
{
    return sw_spec_lex_refuse(
        check->lexer, at, "'%s' cannot %s: T%d stands still, '%s' is parked there since line %u",
        step_name(check, step), verb, check->spec->actors[parked].thread,
        step_name(check, check->actors[parked].step), line_of_state(check, parked));
}

/* The actor is not at rest, and this is not the step that it is parked in. */
static int refuse_to_start(const struct sw_spec_check *check, int step, const char *at)
{
    int actor = check->spec->steps[step].actor;
    int other = check->actors[actor].step;
    const char *name = step_name(check, step);
    unsigned line = line_of_state(check, actor);

    switch (check->actors[actor].state) {
    case SW_SPEC_DEAD:
        return sw_spec_lex_refuse(
            check->lexer, at, "'%s' cannot run: its actor '%s' ended with TaskletExit in line %u",
            name, check->spec->actors[actor].name, line);
    case SW_SPEC_PARKED:
        return sw_spec_lex_refuse(
            check->lexer, at,
            "'%s' cannot start: its actor is parked in '%s' since line %u, and "
            "a move of '%s' comes first",
            name, step_name(check, other), line, step_name(check, other));
    default:
        return sw_spec_lex_refuse(
            check->lexer, at,
            "'%s' cannot move: its actor is %s in '%s' since line %u, and only "
            "'wakes %s' moves it on",
            name, state_names[check->actors[actor].state], step_name(check, other), line,
            step_name(check, other));
    }
}

static int start_step(struct sw_spec_check *check, int step, const char *at)
{
    if (check->started[step] != NULL)
        return sw_spec_lex_refuse(
            check->lexer, at, "'%s' has already run in this schedule: line %u starts it",
            step_name(check, step), sw_spec_lex_line_of(check->lexer, check->started[step]));
    check->started[step] = at;
    return 0;
}

/* A step is in one of two places: its actor parked in it, so that the move resumes it; or not yet
 * started, its actor at rest.  And the actor's thread must not stand still for another one. */
int sw_spec_check_move(struct sw_spec_check *check, int step, const char *at, int *resume)
{
    int actor = check->spec->steps[step].actor;
    int neighbour = parked_neighbour(check, actor);
    enum sw_spec_actor_state state = check->actors[actor].state;

    /* A new move: what was said of the one before does not hold any more. */
    check->mover = actor;
    check->until = NULL;
    check->parked_at = NULL;
    check->used[step] = 1;
    *resume = state == SW_SPEC_PARKED && check->actors[actor].step == step;
    if (!*resume && state != SW_SPEC_RESTING)
        return refuse_to_start(check, step, at);
    if (neighbour >= 0)
        return refuse_still_thread(check, step, neighbour, at, "move");
    if (*resume) {
        check->parked_on[check->spec->actors[actor].thread] = -1;
        return 0;
    }
    return start_step(check, step, at);
}

/* ---- directives ---- */

static const struct {
    unsigned flag;
    const char *text;
} abilities[] = {
#define ABILITY(id, word, flag, why) {flag, why},
    SW_DIRECTIVES(ABILITY)
#undef ABILITY
};

/* "; possible at ..." if that is few enough to say, else "". */
static const char *list_points(unsigned flag, char *buf, size_t size)
{
    /* As many as fit into a message with all else that it says; chosen freely. */
    enum { POINTS_MAX = 10 };
    size_t used = 0;
    int count = 0;

    buf[0] = '\0';
    for (int i = 0; i < SLP_POINT_COUNT; i++) {
        if (!(sw_spec_point_flags(i) & flag))
            continue;
        used += (size_t)snprintf(buf + used, size - used, "%s%s",
                                 count == 0 ? "; possible at " : ", ", sw_spec_point_name(i));
        if (++count > POINTS_MAX || used >= size)
            return "";
    }
    return buf;
}

static int has_directive(const struct sw_spec_move *move, const struct sw_plan_directive *directive)
{
    for (int i = 0; i < move->directive_count; i++) {
        const struct sw_plan_directive *other = &move->directives[i];

        if (other->kind == directive->kind && other->point == directive->point &&
            other->nth == directive->nth)
            return 1;
    }
    return 0;
}

int sw_spec_check_directive(struct sw_spec_check *check, const struct sw_spec_move *move,
                            const struct sw_plan_directive *directive, const char *at,
                            const char *point_at)
{
    const char *point = sw_spec_point_name((int)directive->point);
    unsigned flag = abilities[directive->kind].flag;
    char points[256];

    /* The interpreter would not do it there, and the directive would be passed over in silence. */
    if (!(sw_spec_point_flags((int)directive->point) & flag))
        return sw_spec_lex_refuse(check->lexer, point_at, "%s at '%s'%s",
                                  abilities[directive->kind].text, point,
                                  list_points(flag, points, sizeof points));
    if (has_directive(move, directive))
        return sw_spec_lex_refuse(check->lexer, at, "the same directive at '%s#%u' twice", point,
                                  directive->nth);
    if (directive->kind != SW_UNTIL)
        return 0;
    if (check->until != NULL)
        return sw_spec_lex_refuse(check->lexer, at, "a second 'until' in one move");
    check->until = at;
    return 0;
}

/* ---- outcomes ---- */

static int check_parked(struct sw_spec_check *check, int actor, const char *at)
{
    if (check->until == NULL)
        return sw_spec_lex_refuse(
            check->lexer, at, "'parked', but the move says no 'until' with the point to park at");
    if (check->parked_at != NULL)
        return sw_spec_lex_refuse(check->lexer, at, "a second 'parked' in one move");
    check->parked_at = at;
    /* The mover's own outcome is written first, but those that it wakes may come
     * to rest before it parks: its OS thread stands still after the move only. */
    if (actor != check->mover)
        check->parked_on[check->spec->actors[actor].thread] = actor;
    return 0;
}

/* TaskletExit ends a tasklet quietly, and with it the actor; every other exception is caught at the
 * end of its step (driver.py), and the actor takes the next. */
static enum sw_spec_actor_state state_after(const struct sw_outcome *outcome)
{
    switch (outcome->kind) {
    case SW_OUT_PARKED:
        return SW_SPEC_PARKED;
    case SW_OUT_BLOCKS:
        return SW_SPEC_BLOCKED;
    case SW_OUT_PAUSES:
        return SW_SPEC_PAUSED;
    case SW_OUT_RAISES:
        return strcmp(outcome->name, "TaskletExit") == 0 ? SW_SPEC_DEAD : SW_SPEC_RESTING;
    case SW_OUT_DONE:
        break;
    }
    return SW_SPEC_RESTING;
}

int sw_spec_check_outcome(struct sw_spec_check *check, int step, const struct sw_outcome *outcome,
                          const char *at)
{
    int actor = check->spec->steps[step].actor;

    if (outcome->kind == SW_OUT_PARKED && check_parked(check, actor, at) < 0)
        return -1;
    if (outcome->kind == SW_OUT_PAUSES && check->spec->actors[actor].kind == SW_ACTOR_THREAD)
        return sw_spec_lex_refuse(check->lexer, at,
                                  "'pauses' is for tasklets, and '%s' runs in the thread '%s'",
                                  step_name(check, step), check->spec->actors[actor].name);
    check->actors[actor].state = state_after(outcome);
    check->actors[actor].step = step;
    check->actors[actor].at = at;
    return 0;
}

/* Only what waits can be woken; what is parked waits for a move of its own. */
int sw_spec_check_wake(struct sw_spec_check *check, int step, const char *at)
{
    int actor = check->spec->steps[step].actor;
    int neighbour = parked_neighbour(check, actor);
    enum sw_spec_actor_state state = check->actors[actor].state;
    const char *name = step_name(check, step);

    if (state == SW_SPEC_PARKED && check->actors[actor].step == step)
        return sw_spec_lex_refuse(
            check->lexer, at, "'%s' is parked, not blocked: a move of its own moves it on", name);
    if (state != SW_SPEC_BLOCKED && state != SW_SPEC_PAUSED)
        return sw_spec_lex_refuse(check->lexer, at, "'%s' is not blocked or paused", name);
    if (check->actors[actor].step != step)
        return sw_spec_lex_refuse(check->lexer, at,
                                  "'%s' is not blocked or paused; of the same actor '%s' is", name,
                                  step_name(check, check->actors[actor].step));
    return neighbour < 0 ? 0 : refuse_still_thread(check, step, neighbour, at, "go on");
}

/* Only now does the mover's thread stand still: see check_parked(). */
void sw_spec_check_move_end(struct sw_spec_check *check)
{
    if (check->actors[check->mover].state == SW_SPEC_PARKED)
        check->parked_on[check->spec->actors[check->mover].thread] = check->mover;
}

/* ---- the end of a schedule ---- */

/* From the end: a move is its actor's last if no later one starts a step.  One that resumes a step
 * starts none, so the move that parked it may be the last as well. */
static void find_last_moves(const struct sw_spec *spec, struct sw_spec_schedule *schedule)
{
    unsigned char starts_later[SW_ACTORS_MAX] = {0};

    for (int i = schedule->move_count - 1; i >= 0; i--) {
        struct sw_spec_move *move = &schedule->moves[i];
        int actor = spec->steps[move->step].actor;

        move->last = !starts_later[actor];
        if (!move->resume)
            starts_later[actor] = 1;
    }
}

int sw_spec_check_schedule_end(struct sw_spec_check *check, struct sw_spec_schedule *schedule)
{
    const struct sw_spec *spec = check->spec;
    int first = -1;

    find_last_moves(spec, schedule);
    for (int i = 0; i < spec->actor_count; i++) {
        enum sw_spec_actor_state state = check->actors[i].state;

        if (state == SW_SPEC_RESTING || state == SW_SPEC_DEAD || spec->actors[i].left_blocked)
            continue;
        /* The first in the file is reported, like every error. */
        if (first < 0 || check->actors[i].at < check->actors[first].at)
            first = i;
    }
    if (first < 0)
        return 0;
    return sw_spec_lex_refuse(check->lexer, check->actors[first].at,
                              "'%s' is still %s when the schedule '%s' ends; if that is meant, the "
                              "actor '%s' is marked 'left blocked'",
                              step_name(check, check->actors[first].step),
                              state_names[check->actors[first].state], schedule->name,
                              spec->actors[first].name);
}
