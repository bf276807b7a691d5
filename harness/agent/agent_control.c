/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "agent_control.h"

#include <stdio.h>
#include <unistd.h>

#include "contract/control_shm.h"
#include "contract/faults.h"
#include "harness/control/entry/agent_api.h"
#include "agent_observe.h"
#include "agent_self.h"
#include "event_writer.h"
#include "script.h"
#include "thread_gates.h"

struct faults {
    unsigned char list[SLP_FAULT_COUNT];
    int count;
};

static struct faults steps; /* that sw_agent_control_decide() asks for */
static struct faults step_faults; /* that are on until the next point */
static unsigned char woken_by_conductor[SW_THREADS_MAX]; /* the latest wake-up was its doing */

/* The collector may be switched off; only this once it must run. */
static void collect(enum slp_point point)
{
    int was_on = PyGC_Enable();

    if (sw_agent_does.observes)
        sw_event_writer_append(
            &(struct sw_event){.kind = SW_EVENT_COLLECT,
                               .who = sw_tasklet_names_of_tasklet(sw_agent_self.current),
                               .text = sw_event_writer_text(sw_agent_self_point_names[point])});
    PyGC_Collect();
    if (!was_on)
        PyGC_Disable();
}

static void park(enum slp_point point, uint32_t nth)
{
    unsigned place = SW_PLACE_POINTS + (unsigned)point;

    /* The script holds the step before the thread sits down, and lets it go after it has risen:
     * what the engine decides in between finds the step parked. */
    sw_script_park(sw_agent_self.slot,
                   sw_agent_self.current != NULL ? sw_agent_self.current->actor : -1, point, nth);
    if (sw_agent_self_point_flags[point] & SLP_NO_GIL) {
        sw_thread_gates_sit(sw_agent_self.slot, SW_SEAT_PARKED, place);
    } else {
        /* Whoever is to let it go needs the GIL. */
        PyThreadState *tstate = PyEval_SaveThread();
        sw_thread_gates_sit(sw_agent_self.slot, SW_SEAT_PARKED, place);
        PyEval_RestoreThread(tstate);
    }
    sw_script_unpark(sw_agent_self.slot);
}

/* Visits that the agent itself causes do not count, see script.h. */
static int is_our_own(const struct slp_point_info *info)
{
    switch ((int)info->point) {
    case SLP_POINT_THREAD_IDLE:
    case SLP_POINT_THREAD_WAIT:
        return sw_agent_observe_rests_for_us(sw_agent_self.current);
    case SLP_POINT_THREAD_WOKEN:
    case SLP_POINT_THREAD_RESUME:
        return woken_by_conductor[sw_agent_self.slot];
    case SLP_POINT_SWITCH_LEAVE:
    case SLP_POINT_SWITCH_SAVE:
        return sw_agent_observe_is_between_steps(sw_agent_self.current) ||
               sw_agent_observe_is_between_steps(sw_tasklet_names_known_tasklet(info->object));
    case SLP_POINT_SWITCH_RELEASE:
        return sw_agent_self.hides_release;
    case SLP_POINT_SWITCH_RELEASED:
        return sw_agent_self.hid_release;
    default:
        return sw_agent_observe_is_between_steps(sw_agent_self.current);
    }
}

void sw_agent_control_wakes(uint64_t id)
{
    int woken = sw_thread_gates_find(id);

    if (woken >= 0)
        woken_by_conductor[woken] = sw_agent_self.slot == SW_THREAD_GATES_CONDUCTOR;
}

/* At a counterpart that has what it waited for, and has not gone on.  The last argument says
 * "pending": the exception waits for the tasklet's next turn, and nothing switches to it here. */
static void throw_at_waiter(const struct slp_point_info *info, enum sw_action action)
{
    PyObject *waiter =
        info->subject == sw_agent_self.current->address ? info->object : info->subject;
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
    if (sw_agent_self.slot == 0) {
        fprintf(stderr, "spillway: end at %s: T0, the main thread, cannot end before the process\n",
                sw_agent_self_point_names[point]);
        _exit(2);
    }
    sw_agent_self.ends = 1;
    return SLP_ACT_END;
}

/* What may be asked for at this point beside parking.  Throws come first: they are about another
 * tasklet, and leave open what happens to this one.  The order is part of what recorded schedules
 * mean, since each question is a decision with a number. */
static unsigned act(const struct slp_point_info *info)
{
    unsigned flags = sw_agent_self_point_flags[info->point],
             place = SW_PLACE_POINTS + (unsigned)info->point;

    if ((flags & SLP_MAY_THROW) && sw_agent_api_act(place, SW_ACTION_KILL))
        throw_at_waiter(info, SW_ACTION_KILL);
    if ((flags & SLP_MAY_THROW) && sw_agent_api_act(place, SW_ACTION_THROW))
        throw_at_waiter(info, SW_ACTION_THROW);
    if ((flags & SLP_MAY_FAIL) && sw_agent_api_act(place, SW_ACTION_FAIL)) {
        /* sw_agent_observe_visit() has told of a spill already, since it saw the point first. */
        if (info->point == SLP_POINT_SPILL_SAVE)
            sw_agent_observe_spill_fails(info->subject);
        return SLP_ACT_FAIL;
    }
    if ((flags & SLP_MAY_END) && sw_agent_api_act(place, SW_ACTION_END))
        return end_thread(info->point);
    sw_agent_self.asks_spill = (flags & SLP_MAY_SPILL) && sw_agent_api_act(place, SW_ACTION_SPILL);
    return sw_agent_self.asks_spill ? SLP_ACT_SPILL : SLP_ACT_NOTHING;
}

/* The visit counts even where nothing is asked for: a spec says "the third visit", and that must not
 * depend on what its directives are. */
unsigned sw_agent_control_visit(const struct slp_point_info *info)
{
    enum slp_point point = info->point;
    unsigned flags = sw_agent_self_point_flags[point], place = SW_PLACE_POINTS + (unsigned)point;
    uint32_t nth = 0;

    if (is_our_own(info) || !sw_script_visit(point, &nth)) {
        sw_agent_self.asks_spill = 0;
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

/* There is nobody to park for.  The step's
 * faults begin after the collector has run, since that runs Python code, whose points would end
 * them at once.  None begins at a point without the GIL: all that follows there is to take it. */
unsigned sw_agent_control_decide(enum slp_point point)
{
    unsigned flags = sw_agent_self_point_flags[point], place = SW_PLACE_POINTS + (unsigned)point;

    end_step();
    if ((flags & SLP_MAY_RUN) && sw_agent_api_act(place, SW_ACTION_COLLECT))
        collect(point);
    if (!(flags & SLP_NO_GIL))
        begin_step(place);
    sw_agent_self.asks_spill = 0;
    if ((flags & SLP_MAY_FAIL) && sw_agent_api_may_fail() &&
        sw_agent_api_act(place, SW_ACTION_FAIL))
        return SLP_ACT_FAIL;
    sw_agent_self.asks_spill = (flags & SLP_MAY_SPILL) && sw_agent_api_act(place, SW_ACTION_SPILL);
    return sw_agent_self.asks_spill ? SLP_ACT_SPILL : SLP_ACT_NOTHING;
}

uint64_t sw_agent_control_points(void)
{
    const unsigned deciding = SLP_MAY_RUN | SLP_MAY_SPILL | SLP_MAY_FAIL;
    uint64_t points = 0;

    for (int i = 0; i < SLP_POINT_COUNT; i++)
        points |= (uint64_t)(steps.count > 0 || (sw_agent_self_point_flags[i] & deciding) != 0)
                  << i;
    return points;
}

void sw_agent_control_start(void)
{
    const struct sw_fault_set set = sw_agent_api_steps();

    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        if (sw_fault_set_has(&set, i))
            steps.list[steps.count++] = (unsigned char)i;
}
