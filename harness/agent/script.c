/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <assert.h>
#include <string.h>

#include "contract/decision_kind.h"
#include "contract/points.h"
#include "event_writer.h"
#include "thread_gates.h"

enum state { IDLE, RUNS, BLOCKS, PAUSES, PARKED, DONE, RAISED, REFUSED };

struct condition { /* what a step's state is */
    enum state state;
    sw_text object;
    sw_text text;
    sw_text note;
    uint32_t count;
};

struct step {
    struct condition now;
    struct condition before; /* valid while PARKED: the state it was parked in */
    uint32_t changed; /* when; 0 never */
    uint32_t woken; /* when it was made runnable; 0: it has run since, or was not */
};

struct actor {
    int alive;
    int step; /* under way, -1: idle */
    int assigned; /* given, and not yet claimed */
    int last; /* no other step follows it */
};

_Static_assert((int)SLP_POINT_COUNT <= (int)SW_POINTS_MAX,
               "the event memory has room for each point's visits");

static const struct sw_plan *plan;
static struct step steps[SW_STEPS_MAX];
static struct actor actors[SW_ACTORS_MAX];
static int parked_step[SW_THREADS_MAX]; /* -1: none */
static uint32_t visits[SLP_POINT_COUNT];
static const struct sw_plan_move *current; /* NULL during the setup */
static unsigned char made[SW_MOVES_MAX]; /* moves */
static unsigned asked; /* what the directives want at the visit under way: 1 << enum sw_action */
static uint32_t now; /* grows with each change */
static uint32_t move_began;

void sw_script_start(const struct sw_plan *the_plan)
{
    plan = the_plan;
    current = NULL;
    now = move_began = 0;
    memset(steps, 0, sizeof steps);
    memset(actors, 0, sizeof actors);
    memset(visits, 0, sizeof visits);
    memset(made, 0, sizeof made);
    for (int i = 0; i < SW_ACTORS_MAX; i++)
        actors[i].step = -1;
    for (int i = 0; i < SW_THREADS_MAX; i++)
        parked_step[i] = -1;
}

/* Time is counted in changes: the rest states of a move are told in their order. */
static void change(int step, struct condition to)
{
    assert(step >= 0 && (uint32_t)step < plan->step_count);
    steps[step].now = to;
    steps[step].changed = ++now;
}

/* The same for a step that really ran, if only to its next rest: that it was woken is no news any
 * more. */
static void come_to(int step, struct condition to)
{
    steps[step].woken = 0;
    change(step, to);
}

static int refuse(uint32_t step, const char *why)
{
    change((int)step, (struct condition){.state = REFUSED, .note = sw_event_writer_text(why)});
    return -2;
}

static int thread_that_parks(int step)
{
    for (int i = 0; i < SW_THREADS_MAX; i++) {
        if (parked_step[i] == step)
            return i;
    }
    return -1;
}

/* Of several reasons the actor's own come first, and then its thread's. */
static int begin_step(void)
{
    int number = (int)plan->steps[current->step].actor;
    const struct actor *actor = &actors[number];

    if (!actor->alive)
        return refuse(current->step, "its actor has ended");
    if (actor->step >= 0 && steps[actor->step].now.state == BLOCKS)
        return refuse(current->step, "its actor is blocked in an earlier step");
    if (actor->step >= 0)
        return refuse(current->step, "its actor has not finished an earlier step");
    if (parked_step[plan->actors[number].thread] >= 0)
        return refuse(current->step, "its thread is parked");
    return number;
}

/* ---- which move is next ----
 *
 * The plan's order is a proposal: any driver may take the moves of different actors in another one.
 * What an actor does stays in its own order, since its steps are one program. */

static int can_be_made(const struct sw_plan_move *move)
{
    int number = (int)plan->steps[move->step].actor;

    if (move->resume)
        return thread_that_parks((int)move->step) >= 0;
    return actors[number].alive && actors[number].step < 0 &&
           parked_step[plan->actors[number].thread] < 0;
}

/* An actor makes its moves in the plan's order.  All moves are looked at, for each that is asked
 * about: with SW_MOVES_MAX = 512 that is at most 512 * 511 / 2, some 131,000 looks a question, and
 * a plan has a few dozen moves. */
static int is_its_actors_next(uint32_t move)
{
    for (uint32_t i = 0; i < move; i++)
        if (!made[i] &&
            plan->steps[plan->moves[i].step].actor == plan->steps[plan->moves[move].step].actor)
            return 0;
    return 1;
}

uint32_t sw_script_moves(uint32_t moves[SW_MOVES_MAX])
{
    uint32_t count = 0;

    /* The first stands there even if it cannot be made: it is the default, and that it cannot be
     * made is then told as UNFINISHED and not passed over. */
    for (uint32_t i = 0; i < plan->move_count; i++)
        if (!made[i] && (count == 0 || (is_its_actors_next(i) && can_be_made(&plan->moves[i]))))
            moves[count++] = i;
    return count;
}

/* The plan's order is the default, and what its directives say is not. */
static int choose(struct sw_driver *driver, const struct sw_decision *decision)
{
    (void)driver;
    if (!sw_decision_kind(decision->kind)->is_action)
        return (int)decision->fallback;
    /* An action's candidates are to do nothing, and to do it: index 1 if a directive wants it. */
    return (asked & 1u << decision->candidates[1]) != 0;
}

struct sw_driver *sw_script_driver(void)
{
    static struct sw_driver driver = {choose};

    return &driver;
}

int sw_script_move(uint32_t move, int *thread)
{
    assert(move < plan->move_count && !made[move]);
    /* Made, whether it succeeds or not: the schedule goes on after it. */
    made[move] = 1;
    current = &plan->moves[move];
    /* Whatever changes after this moment is news of this move. */
    move_began = now;
    *thread = -1;
    sw_event_writer_set_move(move + 1);
    sw_event_writer_append(
        &(struct sw_event){.kind = SW_EVENT_MOVE, .who = plan->steps[current->step].name});
    if (!current->resume)
        return begin_step();
    *thread = thread_that_parks((int)current->step);
    return *thread < 0 ? refuse(current->step, "it is not parked") : -1;
}

static void append_rest(int number)
{
    static const uint16_t kinds[] = {
        [IDLE] = SW_EVENT_UNFINISHED, [RUNS] = SW_EVENT_UNFINISHED,   [BLOCKS] = SW_EVENT_BLOCKS,
        [PAUSES] = SW_EVENT_PAUSES,   [PARKED] = SW_EVENT_PARKED,     [DONE] = SW_EVENT_DONE,
        [RAISED] = SW_EVENT_RAISED,   [REFUSED] = SW_EVENT_UNFINISHED};
    const struct condition *at = &steps[number].now;
    const struct sw_plan_step *step = &plan->steps[number];
    uint32_t note = at->note;

    /* It is in the middle of the step: in something that is no operation of the interpreter's. */
    if (at->state == RUNS && note == 0) {
        char waits[128];
        sw_thread_gates_describe((int)plan->actors[step->actor].thread, waits, sizeof waits);
        if (*waits != '\0')
            note = sw_event_writer_text(waits);
    }
    sw_event_writer_append(&(struct sw_event){.kind = kinds[at->state],
                                              .who = step->name,
                                              .other = plan->actors[step->actor].name,
                                              .object = at->object,
                                              .text = at->text,
                                              .note = note,
                                              .count = at->count});
}

/* The step other than the moved one that changed first after a time, or -1. */
static int next_change(uint32_t after)
{
    int found = -1;

    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (i == current->step || steps[i].changed <= after)
            continue;
        if (found < 0 || steps[i].changed < steps[found].changed)
            found = (int)i;
    }
    return found;
}

/* What was made runnable and has not run is news, unless a parked thread may
 * have to do with it. */
static void judge_woken(void)
{
    for (int i = 0; i < SW_THREADS_MAX; i++) {
        if (parked_step[i] >= 0)
            return;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (steps[i].woken == 0)
            continue;
        steps[i].now = (struct condition){.state = RUNS};
        /* Woken in this move: it stands where it was woken.  Woken earlier, while a thread was
         * parked: only now is it news, and comes last. */
        steps[i].changed = steps[i].woken > move_began ? steps[i].woken : ++now;
        steps[i].woken = 0;
    }
}

void sw_script_settle(void)
{
    assert(current != NULL);
    judge_woken();
    append_rest((int)current->step);
    /* Each has changed later than the one before, so the search goes on behind it. */
    for (int i = next_change(move_began); i >= 0; i = next_change(steps[i].changed))
        append_rest(i);
    /* A directive whose visit has not come by now never will: the runner compares these numbers
     * with what the spec asks for. */
    memcpy(sw_event_writer_event_shm()->visits[current - plan->moves], visits, sizeof visits);
}

void sw_script_actor_ready(int actor)
{
    actors[actor].alive = 1;
}

void sw_script_actor_ended(int actor)
{
    actors[actor].alive = 0;
    actors[actor].step = -1;
}

int sw_script_actor_idle(int actor)
{
    return actors[actor].alive && (actors[actor].step < 0 || actors[actor].assigned);
}

void sw_script_assign(void)
{
    struct actor *actor = &actors[plan->steps[current->step].actor];

    assert(actor->alive && actor->step < 0);
    actor->step = (int)current->step;
    /* Until the actor's own code has claimed it, what happens to the tasklet is the harness's doing
     * and no part of the step. */
    actor->assigned = 1;
    actor->last = (int)current->last;
    change(actor->step, (struct condition){.state = RUNS});
}

int sw_script_claim(int actor)
{
    if (!actors[actor].assigned)
        return -1;
    actors[actor].assigned = 0;
    return actors[actor].step;
}

int sw_script_end_step(int actor, sw_text type, sw_text note)
{
    struct actor *a = &actors[actor];

    assert(a->step >= 0);
    come_to(a->step, (struct condition){.state = type ? RAISED : DONE, .text = type, .note = note});
    a->step = -1;
    return a->last;
}

/* The actor's step comes to rest, if it has one that has begun. */
static void come_to_rest(int actor, struct condition at)
{
    if (actor >= 0 && actors[actor].step >= 0 && !actors[actor].assigned)
        come_to(actors[actor].step, at);
}

void sw_script_blocks(int actor, sw_text channel, int receive)
{
    come_to_rest(actor,
                 (struct condition){.state = BLOCKS,
                                    .object = channel,
                                    .text = sw_event_writer_text(receive ? "receive" : "send")});
}

void sw_script_pauses(int actor)
{
    come_to_rest(actor, (struct condition){.state = PAUSES});
}

void sw_script_wakes(int actor)
{
    if (actor < 0 || actors[actor].step < 0 || actors[actor].assigned)
        return;
    struct step *step = &steps[actors[actor].step];
    /* One that runs, or has ended, is not woken by being put into a ring. */
    if (step->now.state == BLOCKS || step->now.state == PAUSES || step->now.state == PARKED)
        step->woken = ++now;
}

int sw_script_visit(unsigned point, uint32_t *nth)
{
    static const enum sw_action actions[] = {
        [SW_UNTIL] = SW_ACTION_PARK,    [SW_SPILL_AT] = SW_ACTION_SPILL,
        [SW_GC_AT] = SW_ACTION_COLLECT, [SW_FAIL_AT] = SW_ACTION_FAIL,
        [SW_KILL_AT] = SW_ACTION_KILL,  [SW_THROW_AT] = SW_ACTION_THROW,
        [SW_END_AT] = SW_ACTION_END};

    assert(point < SLP_POINT_COUNT);
    /* Each visit has directives of its own; those of the last one have been answered. */
    asked = 0;
    if (current == NULL)
        return 0;
    *nth = ++visits[point];
    for (uint32_t i = 0; i < current->directive_count; i++) {
        const struct sw_plan_directive *d = &current->directives[i];
        if (d->point == point && d->nth == *nth)
            asked |= 1u << actions[d->kind];
    }
    return 1;
}

/* Whose step is held: see the header. */
static int held_step(int thread, int actor, unsigned point)
{
    int between = point == SLP_POINT_THREAD_IDLE || point == SLP_POINT_THREAD_WAIT ||
                  point == SLP_POINT_THREAD_WOKEN || point == SLP_POINT_THREAD_RESUME;
    const struct sw_plan_step *moved = &plan->steps[current->step];

    if (between && plan->actors[moved->actor].thread == (uint32_t)thread)
        return (int)current->step;
    if (actor < 0 || actors[actor].step < 0)
        return (int)current->step;
    return actors[actor].step;
}

void sw_script_park(int thread, int actor, unsigned point, uint32_t nth)
{
    static const char *const names[] = {
#define POINT_NAME(id, name, flags, text) name,
        SLP_POINTS(POINT_NAME)
#undef POINT_NAME
    };
    int step = held_step(thread, actor, point);

    assert(current != NULL && parked_step[thread] < 0);
    /* Two threads can hold the same step, its own and its receiver's; what counts when both are let
     * go is what it was before the first. */
    if (steps[step].now.state != PARKED)
        steps[step].before = steps[step].now;
    parked_step[thread] = step;
    change(step, (struct condition){
                     .state = PARKED, .text = sw_event_writer_text(names[point]), .count = nth});
}

void sw_script_unpark(int thread)
{
    int step = parked_step[thread];

    assert(step >= 0);
    parked_step[thread] = -1;
    change(step, steps[step].before);
}
