/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "agent_observe.h"

#include "interp/tasklet.h"
#include "agent_self.h"
#include "event_writer.h"
#include "pyobject_text.h"
#include "script.h"
#include "thread_gates.h"

static uint32_t spills;

static void simple_event(enum sw_event_kind kind, sw_text who, sw_text other)
{
    sw_event_writer_append(&(struct sw_event){.kind = (uint16_t)kind, .who = who, .other = other});
}

static void tasklet_made(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet_new(address, sw_event_writer_thread());

    /* The interpreter makes a thread's main tasklet before any other there. */
    if (sw_agent_self.has_main)
        return;
    sw_agent_self.has_main = 1;
    sw_agent_self.current = t;
    sw_tasklet_names_set_main(t, sw_event_writer_thread());
}

/* The tasklet in the mailbox of which a value can be has come to an end. */
static void tasklet_gone(const struct slp_point_info *info)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(info->subject);
    int ends = info->point == SLP_POINT_TASKLET_END;

    simple_event(ends ? SW_EVENT_ENDS : SW_EVENT_DEALLOC, t->name, 0);
    if (sw_agent_does.controls && t->actor >= 0)
        sw_script_actor_ended(t->actor);
    if (!ends)
        t->actor = -1;
}

/* Spills nest: a frame that runs on a fresh base can itself be spilled, and they end in the reverse
 * order.  Few tasklets have more than one under way, so the stack begins with 4, chosen freely. */
static void push_spill(struct sw_tasklet *t, uint32_t number)
{
    if (t->spill_depth == t->spill_room) {
        uint32_t room = t->spill_room ? t->spill_room * 2 : 4;
        uint32_t *bigger = sw_event_writer_alloc(room, sizeof *bigger);
        for (uint32_t i = 0; i < t->spill_depth; i++)
            bigger[i] = t->spills[i];
        sw_event_writer_free(t->spills);
        t->spills = bigger;
        t->spill_room = room;
    }
    t->spills[t->spill_depth++] = number;
}

/* As interp/eval.c chooses the point, where the hook was not called at it. */
static enum slp_point entered_by(const slp_tasklet *t)
{
    if (!sw_agent_does.explains_program || t == NULL)
        return sw_agent_self.entered;
    return t->releasing      ? SLP_POINT_RELEASE_ENTER
           : t->calling_back ? SLP_POINT_CALLBACK_ENTER
                             : SLP_POINT_EVAL_ENTER;
}

static void spill_begins(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(address);
    uint32_t number = ++spills << 1 | (uint32_t)sw_agent_self.asks_spill;

    /* The schedule's wish is granted by this spill; the next may be the interpreter's own. */
    sw_agent_self.asks_spill = 0;
    if (t == NULL)
        return;
    push_spill(t, number);
    sw_event_writer_append(&(struct sw_event){
        .kind = SW_EVENT_SPILL,
        .who = t->name,
        .text = sw_event_writer_text(sw_agent_self_point_names[entered_by(address)]),
        .value = number & 1,
        .count = number >> 1});
}

void sw_agent_observe_spill_fails(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(address);

    if (t != NULL && t->spill_depth > 0)
        t->spill_depth--;
}

static void spill_ends(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(address);

    if (t == NULL || t->spill_depth == 0)
        return;
    uint32_t number = t->spills[--t->spill_depth];
    sw_event_writer_append(&(struct sw_event){
        .kind = SW_EVENT_UNSPILL, .who = t->name, .value = number & 1, .count = number >> 1});
}

int sw_agent_observe_is_between_steps(const struct sw_tasklet *t)
{
    return sw_agent_does.controls && t != NULL && t->actor >= 0 && sw_script_actor_idle(t->actor);
}

int sw_agent_observe_rests_for_us(const struct sw_tasklet *t)
{
    return sw_agent_observe_is_between_steps(t) ||
           (sw_agent_does.controls && t != NULL && t->is_main && t->actor < 0);
}

static void release_begins(const struct slp_point_info *info)
{
    struct sw_tasklet *t = sw_tasklet_names_known_tasklet(info->object);

    sw_agent_self.hides_release = sw_agent_observe_is_between_steps(t);
    if (sw_agent_self.hides_release)
        return;
    sw_event_writer_append(&(struct sw_event){
        .kind = SW_EVENT_RELEASE,
        .who = sw_tasklet_names_of_tasklet(sw_tasklet_names_tasklet(info->subject)),
        .other = t != NULL ? t->name : sw_pyobject_text_describe(info->object, 0),
        .count = (uint32_t)sw_pyobject_text_is_last(info->object)});
}

static void release_ends(void *address)
{
    sw_agent_self.hid_release = sw_agent_self.hides_release;
    sw_agent_self.hides_release = 0;
    if (!sw_agent_self.hid_release)
        simple_event(SW_EVENT_RELEASED,
                     sw_tasklet_names_of_tasklet(sw_tasklet_names_tasklet(address)), 0);
}

static void thread_wakes(const struct slp_point_info *info)
{
    int woken = sw_agent_does.controls ? sw_thread_gates_find(info->thread) : -1;
    const struct sw_tasklet *t = sw_tasklet_names_tasklet(info->subject);

    if (sw_agent_does.controls && sw_agent_self.slot == SW_THREAD_GATES_CONDUCTOR)
        return; /* not part of the story */
    sw_event_writer_append(
        &(struct sw_event){.kind = SW_EVENT_WAKE,
                           .who = sw_tasklet_names_of_tasklet(sw_agent_self.current),
                           .other = sw_tasklet_names_of_tasklet(t),
                           .count = woken >= 0 ? (uint32_t)woken : t->home});
}

static void blocks(const struct slp_point_info *info)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(info->subject);

    if (sw_agent_does.controls && t->actor >= 0)
        sw_script_blocks(t->actor,
                         sw_tasklet_names_of_channel(sw_tasklet_names_channel(info->object)),
                         ((slp_tasklet *)info->subject)->direction < 0);
}

static void ring_changes(const struct slp_point_info *info)
{
    struct sw_tasklet *t;

    if (!sw_agent_does.controls)
        return;
    t = sw_tasklet_names_tasklet(info->subject);
    /* A tasklet that goes into a channel's queue leaves its ring first: the change to BLOCKS, at
     * CHAN_ENQUEUE, comes after this one, and the last change counts. */
    if (info->point == SLP_POINT_RING_REMOVE) {
        sw_script_pauses(t->actor);
        return;
    }
    sw_script_wakes(t->actor);
    /* Its thread may sit at the gate because run() found nothing to run. */
    if (t->home < SW_THREADS_MAX && sw_thread_gates_state_of((int)t->home) == SW_SEAT_IDLE)
        sw_thread_gates_call((int)t->home);
}

static void observe_spill(const struct slp_point_info *info)
{
    switch ((int)info->point) {
    case SLP_POINT_EVAL_ENTER:
    case SLP_POINT_RELEASE_ENTER:
    case SLP_POINT_CALLBACK_ENTER:
        /* A spill is decided at one of these, and the point at which it begins says nothing of
         * which it was. */
        sw_agent_self.entered = info->point;
        break;
    case SLP_POINT_SPILL_SAVE:
        spill_begins(info->subject);
        break;
    case SLP_POINT_SPILL_RESTORE:
        spill_ends(info->subject);
        break;
    }
}

/* The points of the life of tasklets and channels. */
static void observe_object(const struct slp_point_info *info)
{
    switch ((int)info->point) {
    case SLP_POINT_TASKLET_NEW:
        tasklet_made(info->subject);
        break;
    case SLP_POINT_TASKLET_END:
    case SLP_POINT_TASKLET_DEALLOC:
        tasklet_gone(info);
        break;
    case SLP_POINT_CHAN_NEW:
        sw_tasklet_names_channel_new(info->subject);
        break;
    }
}

/* The points of switches, of rings and queues, and of threads that wait for each other. */
static void observe_scheduling(const struct slp_point_info *info)
{
    switch ((int)info->point) {
    case SLP_POINT_CHAN_SEND:
    case SLP_POINT_CHAN_RECEIVE:
        sw_agent_self.current = sw_tasklet_names_tasklet(info->subject);
        break;
    case SLP_POINT_SWITCH_ARRIVE:
        sw_agent_self.current = sw_tasklet_names_tasklet(info->subject);
        sw_agent_self.arrivals++;
        break;
    case SLP_POINT_SWITCH_RELEASE:
        release_begins(info);
        break;
    case SLP_POINT_SWITCH_RELEASED:
        release_ends(info->subject);
        break;
    case SLP_POINT_RING_INSERT:
    case SLP_POINT_RING_REMOVE:
        ring_changes(info);
        break;
    case SLP_POINT_CHAN_ENQUEUE:
        blocks(info);
        break;
    case SLP_POINT_THREAD_WAIT:
        if (!sw_agent_observe_rests_for_us(sw_agent_self.current))
            simple_event(SW_EVENT_WAIT, 0, 0);
        break;
    case SLP_POINT_THREAD_RESUME:
        sw_agent_self.arrivals++;
        break;
    case SLP_POINT_THREAD_WAKE:
        thread_wakes(info);
        break;
    }
}

/* Each takes the points that are its own and passes over the others. */
void sw_agent_observe_visit(const struct slp_point_info *info)
{
    observe_spill(info);
    observe_object(info);
    observe_scheduling(info);
}
