/* SPDX-License-Identifier: MIT */
#include <Python.h>

#include "spillway_module.h"

#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "contract/valgrind_shared.h"
#include "interp/lab/invariants.h"
#include "harness/control/entry/agent_api.h"
#include "agent.h"
#include "pyobject_text.h"
#include "tasklet_names.h"
#include "event_writer.h"
#include "script.h"
#include "thread_gates.h"

/* Whatever waits gives the GIL back first: the thread that the engine runs next needs it. */

/* ---- the plan, as Python sees it ---- */

static const char *read_text(sw_text text)
{
    return sw_event_writer_read(text);
}

/* All is built once, before the first step: driver.py then works with plain lists and numbers. */
static PyObject *list_of(uint32_t count, PyObject *(*item)(const struct sw_plan *, uint32_t))
{
    PyObject *list = PyList_New((Py_ssize_t)count);

    for (uint32_t i = 0; list != NULL && i < count; i++) {
        PyObject *value = item(sw_agent_plan(), i);
        if (value == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, value);
    }
    return list;
}

static PyObject *thread_item(const struct sw_plan *plan, uint32_t i)
{
    return PyLong_FromUnsignedLong(plan->threads[i].stack_bytes);
}

/* An actor that has no step in this schedule does not take part in it. */
static int takes_part(const struct sw_plan *plan, uint32_t actor)
{
    for (uint32_t i = 0; i < plan->move_count; i++) {
        if (plan->steps[plan->moves[i].step].actor == actor)
            return 1;
    }
    return 0;
}

static PyObject *actor_item(const struct sw_plan *plan, uint32_t i)
{
    const struct sw_plan_actor *a = &plan->actors[i];

    return Py_BuildValue("(ssiii)", read_text(a->name), read_text(a->class_name),
                         a->kind == SW_ACTOR_THREAD, (int)a->thread, takes_part(plan, i));
}

static PyObject *step_item(const struct sw_plan *plan, uint32_t i)
{
    return Py_BuildValue("(sI)", read_text(plan->steps[i].source), plan->steps[i].line);
}

static PyObject *condition_item(const struct sw_plan *plan, uint32_t i)
{
    const struct sw_plan_condition *c = &plan->conditions[i];

    return Py_BuildValue("(sIi)", read_text(c->source), c->line, (int)c->never);
}

static PyObject *plan_(PyObject *module, PyObject *unused)
{
    const struct sw_plan *plan = sw_agent_plan();

    (void)module, (void)unused;
    return Py_BuildValue("{s:s,s:s,s:I,s:N,s:N,s:N,s:N,s:I}", "path", read_text(plan->spec_path),
                         "setup", read_text(plan->setup), "setup_line", plan->setup_line, "threads",
                         list_of(plan->thread_count, thread_item), "actors",
                         list_of(plan->actor_count, actor_item), "steps",
                         list_of(plan->step_count, step_item), "conditions",
                         list_of(plan->condition_count, condition_item), "moves", plan->move_count);
}

/* ---- threads ---- */

static PyObject *namespace_(PyObject *module, PyObject *dict)
{
    (void)module;
    if (!PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "a dict is needed");
        return NULL;
    }
    sw_pyobject_text_set_namespace(dict);
    Py_RETURN_NONE;
}

/* driver.py is trusted, but a wrong ordinal would be a wrong address: an exception is easier to
 * find. */
static int int_of(PyObject *object, int most)
{
    long number = PyLong_AsLong(object);

    if (number == -1 && PyErr_Occurred())
        return -1;
    if (number < 0 || number > most) {
        PyErr_SetString(PyExc_ValueError, "no such ordinal");
        return -1;
    }
    return (int)number;
}

static PyObject *enter_(PyObject *module, PyObject *object)
{
    int thread = int_of(object, SW_THREAD_GATES_CONDUCTOR);

    (void)module;
    if (thread < 0)
        return NULL;
    sw_agent_enter(thread);
    /* T0 goes on: it has the others to start, and sits down in begin(). */
    if (thread != 0) {
        Py_BEGIN_ALLOW_THREADS sw_thread_gates_sit(thread, SW_SEAT_GATED, SW_AT_REST);
        Py_END_ALLOW_THREADS
    }
    Py_RETURN_NONE;
}

static PyObject *expect_(PyObject *module, PyObject *object)
{
    int thread = int_of(object, SW_THREAD_GATES_CONDUCTOR);

    (void)module;
    if (thread < 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS sw_thread_gates_expect(thread);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *begin_(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    /* T0 alone is up.  It calls the conductor, and sits until that admits it, as it does all. */
    sw_thread_gates_call(SW_THREAD_GATES_CONDUCTOR);
    Py_BEGIN_ALLOW_THREADS sw_thread_gates_sit(0, SW_SEAT_GATED, SW_AT_REST);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *idle_(PyObject *module, PyObject *object)
{
    int thread = int_of(object, SW_THREADS_MAX - 1);

    (void)module;
    if (thread < 0)
        return NULL;
    /* run() did something and has ended: what it did may have made more runnable, so the driver
     * calls it once more before the thread sits down. */
    if (sw_agent_stirred())
        Py_RETURN_NONE;
    Py_BEGIN_ALLOW_THREADS sw_thread_gates_sit(thread, SW_SEAT_IDLE, SW_AT_REST);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

/* ---- actors ---- */

/* Before the tasklet runs for the first time, so that it never has another name. */
static PyObject *born_(PyObject *module, PyObject *args)
{
    int actor;
    PyObject *tasklet;

    (void)module;
    if (!PyArg_ParseTuple(args, "iO", &actor, &tasklet))
        return NULL;
    sw_tasklet_names_set_actor(sw_tasklet_names_tasklet(tasklet), actor,
                               sw_agent_plan()->actors[actor].name);
    sw_script_actor_ready(actor);
    Py_RETURN_NONE;
}

static PyObject *claim_(PyObject *module, PyObject *object)
{
    int actor = int_of(object, SW_ACTORS_MAX - 1);

    (void)module;
    if (actor < 0)
        return NULL;
    const struct sw_plan_actor *a = &sw_agent_plan()->actors[actor];
    int step = sw_script_claim(actor);
    /* A tasklet without a step pauses itself in the driver; a thread has no tasklet to pause. */
    while (step < 0 && a->kind == SW_ACTOR_THREAD) {
        Py_BEGIN_ALLOW_THREADS sw_thread_gates_sit((int)a->thread, SW_SEAT_GATED, SW_AT_REST);
        Py_END_ALLOW_THREADS step = sw_script_claim(actor);
    }
    return PyLong_FromLong(step);
}

static PyObject *end_step_(PyObject *module, PyObject *args)
{
    int actor;
    PyObject *exception;
    sw_text type = 0, note = 0;

    (void)module;
    if (!PyArg_ParseTuple(args, "iO", &actor, &exception))
        return NULL;
    /* The text is taken before the script knows of the end: str() may run Python, and points. */
    if (exception != Py_None) {
        type = sw_pyobject_text_type_name(Py_TYPE(exception));
        note = sw_pyobject_text_exception_text(exception);
    }
    return PyBool_FromLong(sw_script_end_step(actor, type, note));
}

static PyObject *ended_(PyObject *module, PyObject *object)
{
    int actor = int_of(object, SW_ACTORS_MAX - 1);

    (void)module;
    if (actor < 0)
        return NULL;
    sw_script_actor_ended(actor);
    Py_RETURN_NONE;
}

/* ---- the conductor ---- */

static void settle(void)
{
    Py_BEGIN_ALLOW_THREADS sw_agent_api_rest();
    Py_END_ALLOW_THREADS
}

static PyObject *admit_(PyObject *module, PyObject *object)
{
    int thread = int_of(object, SW_THREADS_MAX - 1);

    (void)module;
    if (thread < 0)
        return NULL;
    sw_thread_gates_call(thread);
    settle();
    Py_RETURN_NONE;
}

static PyObject *move_(PyObject *module, PyObject *unused)
{
    uint32_t moves[SW_MOVES_MAX], count = sw_script_moves(moves);
    int thread;

    (void)module, (void)unused;
    if (count == 0) {
        PyErr_SetString(PyExc_ValueError, "all moves have been made");
        return NULL;
    }
    /* The engine chooses among the moves that can be next: a decision like any other, and
     * recorded. */
    int actor = sw_script_move(sw_agent_api_move(moves, count), &thread);
    if (actor < 0) {
        /* A parked step is resumed by letting its thread go; nobody has to be given anything. */
        if (thread >= 0)
            sw_thread_gates_call(thread);
        Py_RETURN_NONE;
    }
    sw_script_assign();
    const struct sw_plan_actor *a = &sw_agent_plan()->actors[actor];
    /* The driver puts the tasklet into its ring, since that takes Python; a thread is only
     * called. */
    if (a->kind == SW_ACTOR_TASKLET)
        return PyLong_FromLong(actor);
    sw_thread_gates_call((int)a->thread);
    Py_RETURN_NONE;
}

/* A move ends when nothing can run: that, and no time, says that it has come to rest. */
static PyObject *settle_(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    /* First nothing can run any more, then it is told how each step rests. */
    settle();
    sw_script_settle();
    Py_RETURN_NONE;
}

static PyObject *condition_(PyObject *module, PyObject *args)
{
    int number;
    PyObject *exception;

    (void)module;
    if (!PyArg_ParseTuple(args, "iO", &number, &exception))
        return NULL;
    const struct sw_plan_condition *c = &sw_agent_plan()->conditions[number];
    struct sw_event event = {.kind = SW_EVENT_CONDITION, .count = c->line};
    event.text =
        sw_event_writer_format("%s %s", c->never ? "never" : "always", read_text(c->source));
    /* driver.py tells of each condition once, when it first does not hold. */
    if (exception == Py_None)
        event.note = sw_event_writer_text(c->never ? "it is true" : "it is false");
    else
        event.note = sw_event_writer_format(
            "it raises %s: %s", read_text(sw_pyobject_text_type_name(Py_TYPE(exception))),
            read_text(sw_pyobject_text_exception_text(exception)));
    sw_event_writer_append(&event);
    Py_RETURN_NONE;
}

/* Neither finalizers nor atexit functions: they would run after the schedule's end, and be seen. */
static __attribute__((noreturn)) void leave_process(int status)
{
    struct sw_event_shm *event_shm = sw_event_writer_event_shm();

    fflush(NULL);
    SW_VALGRIND_SHARED_DONE(event_shm, sizeof *event_shm);
    _exit(status);
}

static PyObject *finish_(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    /* What the core's checks find now is part of the verdict; FINISHED says that they were made. */
    slp_invariant_walk_all();
    slp_invariant_leaks();
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_FINISHED});
    leave_process(0);
}

/* ---- exceptions ---- */

static void exception_event(enum sw_event_kind kind, PyObject *exception)
{
    sw_event_writer_append(
        &(struct sw_event){.kind = (uint16_t)kind,
                           .text = sw_pyobject_text_type_name(Py_TYPE(exception)),
                           .note = sw_pyobject_text_exception_text(exception)});
}

static PyObject *ends_(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyBool_FromLong(sw_agent_ends());
}

static PyObject *uncaught_(PyObject *module, PyObject *exception)
{
    (void)module;
    exception_event(SW_EVENT_UNRAISABLE, exception);
    Py_RETURN_NONE;
}

/* sys.unraisablehook: the argument has exc_type and exc_value. */
static PyObject *unraisable_(PyObject *module, PyObject *unraisable)
{
    PyObject *value = PyObject_GetAttrString(unraisable, "exc_value");

    (void)module;
    if (value == NULL)
        return NULL;
    if (value != Py_None)
        exception_event(SW_EVENT_UNRAISABLE, value);
    Py_DECREF(value);
    Py_RETURN_NONE;
}

static PyObject *setup_raised_(PyObject *module, PyObject *exception)
{
    (void)module;
    exception_event(SW_EVENT_SETUP_RAISED, exception);
    leave_process(0);
}

static PyMethodDef methods[] = {
    {"plan", plan_, METH_NOARGS, "plan() -> dict: what the runner wants done."},
    {"namespace", namespace_, METH_O, "namespace(dict): where channels find their names."},
    {"enter", enter_, METH_O,
     "enter(n): the calling thread is Tn, or the conductor; waits for its turn, but for T0."},
    {"expect", expect_, METH_O, "expect(n): T0 waits until the thread has entered."},
    {"begin", begin_, METH_NOARGS, "begin(): T0 leaves the word to the conductor."},
    {"idle", idle_, METH_O,
     "idle(n): waits until a tasklet is runnable on the calling Tn, if none ran since last time."},
    {"born", born_, METH_VARARGS, "born(actor, tasklet): this is the actor's tasklet."},
    {"claim", claim_, METH_O,
     "claim(actor) -> step or -1: the step that it was given; a thread actor waits for one."},
    {"end_step", end_step_, METH_VARARGS,
     "end_step(actor, exception or None) -> bool: its step has ended; was it the last?"},
    {"ended", ended_, METH_O, "ended(actor): it takes no more steps."},
    {"admit", admit_, METH_O, "admit(n): lets Tn get ready for the first move."},
    {"move", move_, METH_NOARGS,
     "move() -> actor or None: begins the next move; that actor's tasklet is to be inserted."},
    {"settle", settle_, METH_NOARGS, "settle(): lets threads run until none can."},
    {"condition", condition_, METH_VARARGS, "condition(i, exception or None): it does not hold."},
    {"finish", finish_, METH_NOARGS, "finish(): the schedule is over; ends the process."},
    {"ends", ends_, METH_NOARGS, "ends() -> bool: has the schedule ended the calling thread?"},
    {"uncaught", uncaught_, METH_O, "uncaught(exception): a run() raised it."},
    {"unraisable", unraisable_, METH_O, "for sys.unraisablehook"},
    {"setup_raised", setup_raised_, METH_O,
     "setup_raised(exception): nothing can be run; ends the process."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_spillway",
    .m_doc = "The harness's side of a controlled process; for its driver only.",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC sw_spillway_module_init(void)
{
    PyObject *module;

    if (!sw_agent_controls()) {
        PyErr_SetString(PyExc_ImportError, "there is no plan to run in this process");
        return NULL;
    }
    module = PyModule_Create(&definition);
    if (module != NULL &&
        PyModule_AddIntConstant(module, "CONDUCTOR", SW_THREAD_GATES_CONDUCTOR) < 0)
        Py_CLEAR(module);
    return module;
}
