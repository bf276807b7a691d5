/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "agent.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interp/lab/invariants.h"
#include "interp/tasklet.h"
#include "interp/value_watch.h"
#include "contract/faults.h"
#include "contract/points.h"
#include "contract/control_shm.h"
#include "harness/control/entry/agent_api.h"
#include "every_point.h"
#include "own_cstack.h"
#include "value_story.h"
#include "pyobject_text.h"
#include "spillway_module.h"
#include "tasklet_names.h"
#include "event_writer.h"
#include "script.h"
#include "thread_gates.h"

/* What the agent knows of the calling thread. */
static __thread struct {
    int known;
    int slot; /* 0.. for T0.., SW_THREAD_GATES_CONDUCTOR, or -1 */
    int has_main; /* its main tasklet was seen: the first that it makes */
    int hides_release; /* the release under way is of the agent's making */
    int hid_release; /* so was the one that has just ended */
    unsigned long arrivals; /* how often something began to run again here */
    unsigned long rested; /* arrivals at the last sw_agent_stirred() */
    enum slp_point entered; /* where it entered evaluation last: a spill's place */
    int ends; /* the schedule has said so */
    int asks_spill; /* at that place the schedule wants one, and it has not begun */
    struct sw_tasklet *current;
} self;

static const char *const point_names[] = {
#define POINT_NAME(id, name, flags, text) name,
    SLP_POINTS(POINT_NAME)
#undef POINT_NAME
};
static const unsigned char point_flags[] = {
#define POINT_FLAGS(id, name, flags, text) (flags),
    SLP_POINTS(POINT_FLAGS)
#undef POINT_FLAGS
};

struct faults {
    unsigned char list[SLP_FAULT_COUNT];
    int count;
};

static int controls; /* there is a plan */
static int observes; /* there is an event memory */
static int explains; /* it wants to know more: every_point.h */
static int explains_program; /* and nothing may be where it was not when nobody observed */
static int decides_points; /* a program's: see decide() */
static struct faults steps; /* that decide() asks for */
static struct faults step_faults; /* that are on until the next point */
static pthread_key_t end_of_thread;
static unsigned program_threads = 1; /* the main thread is there from the start */
static uint32_t spills;
static unsigned char woken_by_conductor[SW_THREADS_MAX]; /* the latest wake-up was its doing */

int sw_agent_controls(void)
{
    return controls;
}

const struct sw_plan *sw_agent_plan(void)
{
    return &sw_event_writer_event_shm()->plan;
}

/* ---- threads ---- */

static void leave_thread(void *unused)
{
    (void)unused;
    sw_own_cstack_leave_thread();
}

static void know_thread(int slot, unsigned ordinal)
{
    assert(!self.known || slot >= 0);
    /* The driver introduces a thread that may have passed points before: then only its name
     * changes, and its signal stack is there already. */
    if (!self.known && !explains_program) {
        sw_own_cstack_enter_thread();
        /* Any value but NULL has leave_thread() called when the thread ends. */
        pthread_setspecific(end_of_thread, &self);
    }
    self.known = 1;
    self.slot = slot;
    sw_event_writer_set_thread(ordinal);
}

/* The first visit of a thread that nobody has introduced.  Not inlined: visit() is on the way of
 * every point, and this happens once in a thread's life. */
static __attribute__((noinline)) void meet_thread(void)
{
    unsigned ordinal = SW_THREAD_OTHER;

    if (!controls) {
        /* Nothing is published with the number; it only has to be another one each time. */
        ordinal = __atomic_fetch_add(&program_threads, 1u, __ATOMIC_RELAXED);
        if (ordinal > SW_THREAD_OTHER)
            ordinal = SW_THREAD_OTHER;
    }
    know_thread(-1, ordinal);
}

void sw_agent_enter(int thread)
{
    assert(controls && thread >= 0 && thread <= SW_THREAD_GATES_CONDUCTOR);
    know_thread(thread, thread < SW_THREAD_GATES_CONDUCTOR ? (unsigned)thread : SW_THREAD_OTHER);
    /* The interpreter, when it wakes a thread, names it by this id (slp_point_info.thread). */
    sw_thread_gates_identify(thread, PyThreadState_GetID(PyThreadState_Get()));
}

int sw_agent_stirred(void)
{
    int stirred = self.arrivals != self.rested;

    self.rested = self.arrivals;
    return stirred;
}

int sw_agent_ends(void)
{
    return self.ends;
}

/* ---- what was found wrong ---- */

/* What the core's own checks have found.  The walk at the end of a schedule is in no visit: so the
 * stack begins here. */
static void tell_violation(const struct slp_violation *violation)
{
    struct sw_event_shm_stack stack;
    sw_text who = 0, object = 0;

    sw_own_cstack_capture(&stack, __builtin_frame_address(0), (uintptr_t)&slp_point_visit);
    if (violation->object != NULL && sw_pyobject_text_is_channel(violation->object))
        object = sw_tasklet_names_of_channel(sw_tasklet_names_channel(violation->object));
    /* What is no channel may be no tasklet either: no record is made for it. */
    else if (violation->object != NULL)
        who = sw_tasklet_names_of_tasklet(sw_tasklet_names_known_tasklet(violation->object));
    sw_event_writer_append(
        &(struct sw_event){.kind = SW_EVENT_INVARIANT,
                           .who = who,
                           .object = object,
                           .other = slp_point_looked_at != 0
                                        ? sw_event_writer_text(point_names[slp_point_looked_at - 1])
                                        : 0,
                           .text = sw_event_writer_format("%s %s", violation->id, violation->name),
                           .note = sw_event_writer_text(violation->text),
                           .stack = sw_own_cstack_keep(&stack)});
}

/* The ledger looks at a visit before the hook does. */
static void tell_value(const struct slp_value_told *told)
{
    if (__builtin_expect(!self.known, 0))
        meet_thread();
    sw_value_story_tell(told);
    /* A program that is explained must end as it did when nobody observed it. */
    if (explains_program)
        slp_value_watch_tell(told);
}

static sw_text name_of_current(void)
{
    return sw_tasklet_names_of_tasklet(self.current);
}

/* ---- observing ---- */

static void simple_event(enum sw_event_kind kind, sw_text who, sw_text other)
{
    sw_event_writer_append(&(struct sw_event){.kind = (uint16_t)kind, .who = who, .other = other});
}

static void tasklet_made(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet_new(address, sw_event_writer_thread());

    /* The interpreter makes a thread's main tasklet before any other there. */
    if (self.has_main)
        return;
    self.has_main = 1;
    self.current = t;
    sw_tasklet_names_set_main(t, sw_event_writer_thread());
}

/* The tasklet in the mailbox of which a value can be has come to an end. */
static void tasklet_gone(const struct slp_point_info *info)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(info->subject);
    int ends = info->point == SLP_POINT_TASKLET_END;

    simple_event(ends ? SW_EVENT_ENDS : SW_EVENT_DEALLOC, t->name, 0);
    if (controls && t->actor >= 0)
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
    if (!explains_program || t == NULL)
        return self.entered;
    return t->releasing      ? SLP_POINT_RELEASE_ENTER
           : t->calling_back ? SLP_POINT_CALLBACK_ENTER
                             : SLP_POINT_EVAL_ENTER;
}

static void spill_begins(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(address);
    uint32_t number = ++spills << 1 | (uint32_t)self.asks_spill;

    /* The schedule's wish is granted by this spill; the next may be the interpreter's own. */
    self.asks_spill = 0;
    if (t == NULL)
        return;
    push_spill(t, number);
    sw_event_writer_append(
        &(struct sw_event){.kind = SW_EVENT_SPILL,
                           .who = t->name,
                           .text = sw_event_writer_text(point_names[entered_by(address)]),
                           .value = number & 1,
                           .count = number >> 1});
}

/* There was no memory for it: the stack stays where it is. */
static void spill_fails(void *address)
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

/* The agent pauses actors between two steps; that is not part of the story. */
static int is_between_steps(const struct sw_tasklet *t)
{
    return controls && t != NULL && t->actor >= 0 && sw_script_actor_idle(t->actor);
}

/* Nor is that a thread waits because of it, or because it has no actors. */
static int rests_for_us(const struct sw_tasklet *t)
{
    return is_between_steps(t) || (controls && t != NULL && t->is_main && t->actor < 0);
}

static void release_begins(const struct slp_point_info *info)
{
    struct sw_tasklet *t = sw_tasklet_names_known_tasklet(info->object);

    self.hides_release = is_between_steps(t);
    if (self.hides_release)
        return;
    sw_event_writer_append(&(struct sw_event){
        .kind = SW_EVENT_RELEASE,
        .who = sw_tasklet_names_of_tasklet(sw_tasklet_names_tasklet(info->subject)),
        .other = t != NULL ? t->name : sw_pyobject_text_describe(info->object, 0),
        .count = (uint32_t)sw_pyobject_text_is_last(info->object)});
}

static void release_ends(void *address)
{
    self.hid_release = self.hides_release;
    self.hides_release = 0;
    if (!self.hid_release)
        simple_event(SW_EVENT_RELEASED,
                     sw_tasklet_names_of_tasklet(sw_tasklet_names_tasklet(address)), 0);
}

static void thread_wakes(const struct slp_point_info *info)
{
    int woken = controls ? sw_thread_gates_find(info->thread) : -1;
    const struct sw_tasklet *t = sw_tasklet_names_tasklet(info->subject);

    if (controls && self.slot == SW_THREAD_GATES_CONDUCTOR)
        return; /* not part of the story */
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_WAKE,
                                              .who = sw_tasklet_names_of_tasklet(self.current),
                                              .other = sw_tasklet_names_of_tasklet(t),
                                              .count = woken >= 0 ? (uint32_t)woken : t->home});
}

static void blocks(const struct slp_point_info *info)
{
    struct sw_tasklet *t = sw_tasklet_names_tasklet(info->subject);

    if (controls && t->actor >= 0)
        sw_script_blocks(t->actor,
                         sw_tasklet_names_of_channel(sw_tasklet_names_channel(info->object)),
                         ((slp_tasklet *)info->subject)->direction < 0);
}

static void ring_changes(const struct slp_point_info *info)
{
    struct sw_tasklet *t;

    if (!controls)
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
        self.entered = info->point;
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
        self.current = sw_tasklet_names_tasklet(info->subject);
        break;
    case SLP_POINT_SWITCH_ARRIVE:
        self.current = sw_tasklet_names_tasklet(info->subject);
        self.arrivals++;
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
        if (!rests_for_us(self.current))
            simple_event(SW_EVENT_WAIT, 0, 0);
        break;
    case SLP_POINT_THREAD_RESUME:
        self.arrivals++;
        break;
    case SLP_POINT_THREAD_WAKE:
        thread_wakes(info);
        break;
    }
}

/* Each takes the points that are its own and passes over the others. */
static void observe(const struct slp_point_info *info)
{
    observe_spill(info);
    observe_object(info);
    observe_scheduling(info);
}

/* ---- controlling ---- */

/* The collector may be switched off; only this once it must run. */
static void collect(enum slp_point point)
{
    int was_on = PyGC_Enable();

    if (observes)
        sw_event_writer_append(
            &(struct sw_event){.kind = SW_EVENT_COLLECT,
                               .who = sw_tasklet_names_of_tasklet(self.current),
                               .text = sw_event_writer_text(point_names[point])});
    PyGC_Collect();
    if (!was_on)
        PyGC_Disable();
}

static void park(enum slp_point point, uint32_t nth)
{
    unsigned place = SW_PLACE_POINTS + (unsigned)point;

    /* The script holds the step before the thread sits down, and lets it go after it has risen:
     * what the engine decides in between finds the step parked. */
    sw_script_park(self.slot, self.current != NULL ? self.current->actor : -1, point, nth);
    if (point_flags[point] & SLP_NO_GIL) {
        sw_thread_gates_sit(self.slot, SW_SEAT_PARKED, place);
    } else {
        /* Whoever is to let it go needs the GIL. */
        PyThreadState *tstate = PyEval_SaveThread();
        sw_thread_gates_sit(self.slot, SW_SEAT_PARKED, place);
        PyEval_RestoreThread(tstate);
    }
    sw_script_unpark(self.slot);
}

/* Visits that the agent itself causes do not count, see script.h. */
static int is_our_own(const struct slp_point_info *info)
{
    switch ((int)info->point) {
    case SLP_POINT_THREAD_IDLE:
    case SLP_POINT_THREAD_WAIT:
        return rests_for_us(self.current);
    case SLP_POINT_THREAD_WOKEN:
    case SLP_POINT_THREAD_RESUME:
        return woken_by_conductor[self.slot];
    case SLP_POINT_SWITCH_LEAVE:
    case SLP_POINT_SWITCH_SAVE:
        return is_between_steps(self.current) ||
               is_between_steps(sw_tasklet_names_known_tasklet(info->object));
    case SLP_POINT_SWITCH_RELEASE:
        return self.hides_release;
    case SLP_POINT_SWITCH_RELEASED:
        return self.hid_release;
    default:
        return is_between_steps(self.current);
    }
}

/* Whether a thread's wake-up is part of the story is for its own visits to tell. */
static void note_who_wakes(uint64_t id)
{
    int woken = sw_thread_gates_find(id);

    if (woken >= 0)
        woken_by_conductor[woken] = self.slot == SW_THREAD_GATES_CONDUCTOR;
}

/* At a counterpart that has what it waited for, and has not gone on.  The last argument says
 * "pending": the exception waits for the tasklet's next turn, and nothing switches to it here. */
static void throw_at_waiter(const struct slp_point_info *info, enum sw_action action)
{
    PyObject *waiter = info->subject == self.current->address ? info->object : info->subject;
    PyObject *type, *value, *traceback, *result;

    /* An exception may be pending at any point (contract/points.h). */
    PyErr_Fetch(&type, &value, &traceback);
    if (action == SW_ACTION_KILL)
        result = PyObject_CallMethod(waiter, "kill", "O", Py_True);
    else
        result = PyObject_CallMethod(waiter, "throw", "OsOO", PyExc_RuntimeError,
                                     "thrown by the schedule", Py_None, Py_True);
    /* Nobody in the program has called this, so nobody there can be told. */
    if (result == NULL)
        PyErr_WriteUnraisable(waiter);
    Py_XDECREF(result);
    PyErr_Restore(type, value, traceback);
}

/* What the driver of the thread's tasklets, or its actor, gets as a SystemExit. */
static unsigned end_thread(enum slp_point point)
{
    /* Nothing could be run, or told, once the process is gone. */
    if (self.slot == 0) {
        fprintf(stderr, "spillway: end at %s: T0, the main thread, cannot end before the process\n",
                point_names[point]);
        _exit(2);
    }
    self.ends = 1;
    return SLP_ACT_END;
}

/* What may be asked for at this point beside parking.  Throws come first: they are about another
 * tasklet, and leave open what happens to this one.  The order is part of what recorded schedules
 * mean, since each question is a decision with a number. */
static unsigned act(const struct slp_point_info *info)
{
    unsigned flags = point_flags[info->point], place = SW_PLACE_POINTS + (unsigned)info->point;

    if ((flags & SLP_MAY_THROW) && sw_agent_api_act(place, SW_ACTION_KILL))
        throw_at_waiter(info, SW_ACTION_KILL);
    if ((flags & SLP_MAY_THROW) && sw_agent_api_act(place, SW_ACTION_THROW))
        throw_at_waiter(info, SW_ACTION_THROW);
    if ((flags & SLP_MAY_FAIL) && sw_agent_api_act(place, SW_ACTION_FAIL)) {
        /* observe() has told of a spill already, since it saw the point first. */
        if (info->point == SLP_POINT_SPILL_SAVE)
            spill_fails(info->subject);
        return SLP_ACT_FAIL;
    }
    if ((flags & SLP_MAY_END) && sw_agent_api_act(place, SW_ACTION_END))
        return end_thread(info->point);
    self.asks_spill = (flags & SLP_MAY_SPILL) && sw_agent_api_act(place, SW_ACTION_SPILL);
    return self.asks_spill ? SLP_ACT_SPILL : SLP_ACT_NOTHING;
}

/* At a point of a plan's thread.  The visit counts even where nothing is asked for: a spec says
 * "the third visit", and that must not depend on what its directives are. */
static unsigned control(const struct slp_point_info *info)
{
    enum slp_point point = info->point;
    unsigned flags = point_flags[point], place = SW_PLACE_POINTS + (unsigned)point;
    uint32_t nth = 0;

    if (is_our_own(info) || !sw_script_visit(point, &nth)) {
        self.asks_spill = 0;
        return SLP_ACT_NOTHING;
    }
    if ((flags & SLP_MAY_RUN) && sw_agent_api_act(place, SW_ACTION_COLLECT))
        collect(point);
    if ((flags & SLP_MAY_PARK) && sw_agent_api_act(place, SW_ACTION_PARK))
        park(point, nth);
    return act(info);
}

static void end_step(void)
{
    while (step_faults.count > 0)
        slp_fault_on[step_faults.list[--step_faults.count]] = 0;
}

/* A fault that is on anyhow, because of SLP_FAULTS, is not asked for: it is not the step's, and
 * end_step() must leave it on. */
static void begin_step(unsigned place)
{
    for (int i = 0; i < steps.count; i++) {
        unsigned char fault = steps.list[i];
        if (slp_fault_on[fault] || !sw_agent_api_act(place, SW_ACTION_FAULT + (unsigned)fault))
            continue;
        slp_fault_on[fault] = 1;
        step_faults.list[step_faults.count++] = fault;
    }
}

/* The same for a program, when its points are decisions: there is nobody to park for.  The step's
 * faults begin after the collector has run, since that runs Python code, whose points would end
 * them at once.  None begins at a point without the GIL: all that follows there is to take it. */
static unsigned decide(enum slp_point point)
{
    unsigned flags = point_flags[point], place = SW_PLACE_POINTS + (unsigned)point;

    end_step();
    if ((flags & SLP_MAY_RUN) && sw_agent_api_act(place, SW_ACTION_COLLECT))
        collect(point);
    if (!(flags & SLP_NO_GIL))
        begin_step(place);
    self.asks_spill = 0;
    if ((flags & SLP_MAY_FAIL) && sw_agent_api_may_fail() &&
        sw_agent_api_act(place, SW_ACTION_FAIL))
        return SLP_ACT_FAIL;
    self.asks_spill = (flags & SLP_MAY_SPILL) && sw_agent_api_act(place, SW_ACTION_SPILL);
    return self.asks_spill ? SLP_ACT_SPILL : SLP_ACT_NOTHING;
}

/* ---- the hook ---- */

static unsigned visit(const struct slp_point_info *info)
{
    unsigned action = SLP_ACT_NOTHING;

    if (__builtin_expect(!self.known, 0))
        meet_thread();
    /* The one point without the GIL: no object may be touched, and another thread may be writing an
     * event. */
    if (observes && info->point != SLP_POINT_THREAD_WOKEN)
        observe(info);
    if (explains && info->point != SLP_POINT_THREAD_WOKEN)
        sw_every_point_visited(info, controls ? __builtin_frame_address(0) : NULL);
    if (controls && info->point == SLP_POINT_THREAD_WAKE)
        note_who_wakes(info->thread);
    if (controls && self.slot >= 0 && self.slot < SW_THREAD_GATES_CONDUCTOR)
        action = control(info);
    else if (decides_points)
        action = decide(info->point);
    return action;
}

/* Of a program that nobody observes: only what is decided matters. */
static unsigned visit_program(const struct slp_point_info *info)
{
    return decide(info->point);
}

/* The others cost such a program nothing: 1 << point, or'ed.  A step ends at the next of them. */
static uint64_t points_that_decide(void)
{
    const unsigned deciding = SLP_MAY_RUN | SLP_MAY_SPILL | SLP_MAY_FAIL;
    uint64_t points = 0;

    for (int i = 0; i < SLP_POINT_COUNT; i++)
        points |= (uint64_t)(steps.count > 0 || (point_flags[i] & deciding) != 0) << i;
    return points;
}

/* ---- start-up ---- */

/* Who asks to be called at each frame makes the C stack deeper, and so other frames are spilled. */
#define BIT(id) (UINT64_C(1) << SLP_POINT_##id)
#define POINTS_BUT_FRAMES (~(BIT(EVAL_ENTER) | BIT(RELEASE_ENTER) | BIT(CALLBACK_ENTER)))

/* Beside the memory of event_writer.c. */
#define EXPLAINED_EVENTS ((void *)0x190000000000)

static void fail(const char *why)
{
    fprintf(stderr, "spillway: %s: %s\n", SW_EVENT_SHM_ENV, why);
    _exit(2);
}

/* address NULL: anywhere. */
static struct sw_event_shm *map_event_shm(const char *number, void *address)
{
    struct stat status;
    char *end;
    long fd = strtol(number, &end, 10);

    /* 1 << 20 is the kernel's own limit, unless an administrator has raised fs.nr_open. */
    if (end == number || *end != '\0' || fd < 0 || fd > 1 << 20)
        fail("not the number of a file descriptor");
    if (fstat((int)fd, &status) != 0)
        fail("no such file descriptor is open");
    /* Before it is mapped: a shorter memory would be a SIGBUS at some later access. */
    if ((unsigned long)status.st_size != sizeof(struct sw_event_shm))
        fail("the shared memory has not the size of this version's; "
             "spillway and slpython-lab are not of one build");
    struct sw_event_shm *event_shm =
        mmap(address, sizeof *event_shm, PROT_READ | PROT_WRITE,
             MAP_SHARED | (address != NULL ? MAP_FIXED_NOREPLACE : 0), (int)fd, 0);
    if (event_shm == MAP_FAILED)
        fail("the shared memory cannot be mapped");
    if (event_shm->magic != SW_EVENT_SHM_MAGIC || event_shm->version != SW_EVENT_SHM_VERSION)
        fail("the shared memory is not of this version; "
             "spillway and slpython-lab are not of one build");
    close((int)fd);
    /* So the runner can tell an interpreter without an agent from one that did nothing. */
    event_shm->attached = SW_EVENT_SHM_MAGIC;
    return event_shm;
}

/* A forked child shares the event memory and must not write to it. */
static void forget_in_child(void)
{
    slp_point_set_hook(NULL, 0);
    sw_own_cstack_ignore_crashes();
}

static void observe_with(struct sw_event_shm *event_shm)
{
    observes = 1;
    controls = event_shm->plan.spec_path != 0;
    explains = event_shm->explains != 0;
    explains_program = explains && !controls;
    if (explains_program)
        sw_event_writer_use_own_memory();
    sw_event_writer_start(event_shm, !controls);
    sw_event_writer_tell_engine_with(sw_agent_api_event);
    if (explains)
        sw_every_point_start();
    sw_tasklet_names_start(sw_pyobject_text_find_name, !controls);
    slp_value_ledger_set_observer(tell_value);
    sw_script_start(&event_shm->plan);
    if (!controls)
        return;
    if (!sw_agent_api_controls())
        fail("there is a plan, but no control memory for it; " SW_CONTROL_SHM_ENV " is missing");
    sw_thread_gates_start();
    sw_agent_api_set_script(sw_script_driver());
}

static void list_steps(void)
{
    const struct sw_fault_set set = sw_agent_api_steps();

    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        if (sw_fault_set_has(&set, i))
            steps.list[steps.count++] = (unsigned char)i;
}

/* A constructor, since builtin modules are added before Python starts.  The hook is set last: it
 * needs all of the rest. */
static __attribute__((constructor)) void start(void)
{
    const char *number = getenv(SW_EVENT_SHM_ENV);
    char of_program[16];
    struct sw_event_shm *event_shm = NULL;

    /* Before all else: what follows asks what the control memory says. */
    sw_agent_api_claim();
    snprintf(of_program, sizeof of_program, "%u", sw_agent_api_events_fd());
    if (number != NULL)
        event_shm = map_event_shm(number, NULL);
    else if (sw_agent_api_events_fd() != 0)
        event_shm = map_event_shm(of_program, EXPLAINED_EVENTS);
    decides_points = sw_agent_api_decides_points();
    list_steps();
    if (event_shm == NULL && !decides_points)
        return;
    unsetenv(SW_EVENT_SHM_ENV); /* a process that this one starts is not ours */
    if (event_shm != NULL)
        observe_with(event_shm);
    if (pthread_key_create(&end_of_thread, leave_thread) != 0 ||
        pthread_atfork(NULL, NULL, forget_in_child) != 0 ||
        (!explains_program && PyImport_AppendInittab("_spillway", sw_spillway_module_init) != 0))
        fail("out of memory");
    if (event_shm == NULL) {
        slp_point_set_hook(visit_program, points_that_decide());
        return;
    }
    know_thread(-1, 0);
    if (!explains_program)
        sw_own_cstack_catch_crashes(name_of_current);
    slp_invariants_set_reporter(tell_violation);
    slp_point_set_hook(visit, explains_program ? POINTS_BUT_FRAMES : SLP_POINT_ALL);
}
