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
#include "agent_control.h"
#include "agent_observe.h"
#include "agent_self.h"
#include "every_point.h"
#include "own_cstack.h"
#include "value_story.h"
#include "pyobject_text.h"
#include "spillway_module.h"
#include "tasklet_names.h"
#include "event_writer.h"
#include "fork_module.h"
#include "script.h"
#include "thread_gates.h"

__thread struct sw_agent_self sw_agent_self;
struct sw_agent_does sw_agent_does;

const char *const sw_agent_self_point_names[] = {
#define POINT_NAME(id, name, flags, text) name,
    SLP_POINTS(POINT_NAME)
#undef POINT_NAME
};
const unsigned char sw_agent_self_point_flags[] = {
#define POINT_FLAGS(id, name, flags, text) (flags),
    SLP_POINTS(POINT_FLAGS)
#undef POINT_FLAGS
};

static pthread_key_t end_of_thread;
static unsigned program_threads = 1; /* the main thread is there from the start */

int sw_agent_controls(void)
{
    return sw_agent_does.controls;
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
    assert(!sw_agent_self.known || slot >= 0);
    /* The driver introduces a thread that may have passed points before: then only its name
     * changes, and its signal stack is there already. */
    if (!sw_agent_self.known && !sw_agent_does.explains_program) {
        sw_own_cstack_enter_thread();
        /* Any value but NULL has leave_thread() called when the thread ends. */
        pthread_setspecific(end_of_thread, &sw_agent_self);
    }
    sw_agent_self.known = 1;
    sw_agent_self.slot = slot;
    sw_event_writer_set_thread(ordinal);
}

/* The first visit of a thread that nobody has introduced.  Not inlined: visit() is on the way of
 * every point, and this happens once in a thread's life. */
static __attribute__((noinline)) void meet_thread(void)
{
    unsigned ordinal = SW_THREAD_OTHER;

    if (!sw_agent_does.controls) {
        /* Nothing is published with the number; it only has to be another one each time. */
        ordinal = __atomic_fetch_add(&program_threads, 1u, __ATOMIC_RELAXED);
        if (ordinal > SW_THREAD_OTHER)
            ordinal = SW_THREAD_OTHER;
    }
    know_thread(-1, ordinal);
}

void sw_agent_enter(int thread)
{
    assert(sw_agent_does.controls && thread >= 0 && thread <= SW_THREAD_GATES_CONDUCTOR);
    know_thread(thread, thread < SW_THREAD_GATES_CONDUCTOR ? (unsigned)thread : SW_THREAD_OTHER);
    /* The interpreter, when it wakes a thread, names it by this id (slp_point_info.thread). */
    sw_thread_gates_identify(thread, PyThreadState_GetID(PyThreadState_Get()));
}

int sw_agent_stirred(void)
{
    int stirred = sw_agent_self.arrivals != sw_agent_self.rested;

    sw_agent_self.rested = sw_agent_self.arrivals;
    return stirred;
}

int sw_agent_ends(void)
{
    return sw_agent_self.ends;
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
    sw_event_writer_append(&(struct sw_event){
        .kind = SW_EVENT_INVARIANT,
        .who = who,
        .object = object,
        .other = slp_point_looked_at != 0
                     ? sw_event_writer_text(sw_agent_self_point_names[slp_point_looked_at - 1])
                     : 0,
        .text = sw_event_writer_format("%s %s", violation->id, violation->name),
        .note = sw_event_writer_text(violation->text),
        .stack = sw_own_cstack_keep(&stack)});
}

/* The ledger looks at a visit before the hook does. */
static void tell_value(const struct slp_value_told *told)
{
    if (__builtin_expect(!sw_agent_self.known, 0))
        meet_thread();
    sw_value_story_tell(told);
    /* A program that is explained must end as it did when nobody observed it. */
    if (sw_agent_does.explains_program)
        slp_value_watch_tell(told);
}

static sw_text name_of_current(void)
{
    return sw_tasklet_names_of_tasklet(sw_agent_self.current);
}

/* ---- the hook ---- */

static unsigned visit(const struct slp_point_info *info)
{
    unsigned action = SLP_ACT_NOTHING;

    if (__builtin_expect(!sw_agent_self.known, 0))
        meet_thread();
    /* The one point without the GIL: no object may be touched, and another thread may be writing an
     * event. */
    if (sw_agent_does.observes && info->point != SLP_POINT_THREAD_WOKEN)
        sw_agent_observe_visit(info);
    if (sw_agent_does.explains && info->point != SLP_POINT_THREAD_WOKEN)
        sw_every_point_visited(info, sw_agent_does.controls ? __builtin_frame_address(0) : NULL);
    if (sw_agent_does.controls && info->point == SLP_POINT_THREAD_WAKE)
        sw_agent_control_wakes(info->thread);
    if (sw_agent_does.controls && sw_agent_self.slot >= 0 &&
        sw_agent_self.slot < SW_THREAD_GATES_CONDUCTOR)
        action = sw_agent_control_visit(info);
    else if (sw_agent_does.decides_points)
        action = sw_agent_control_decide(info->point);
    return action;
}

/* Of a program that nobody sw_agent_does.observes: only what is decided matters. */
static unsigned visit_program(const struct slp_point_info *info)
{
    return sw_agent_control_decide(info->point);
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
    sw_agent_does.observes = 1;
    sw_agent_does.controls = event_shm->plan.spec_path != 0;
    sw_agent_does.explains = event_shm->explains != 0;
    sw_agent_does.explains_program = sw_agent_does.explains && !sw_agent_does.controls;
    if (sw_agent_does.explains_program)
        sw_event_writer_use_own_memory();
    sw_event_writer_start(event_shm, !sw_agent_does.controls);
    sw_event_writer_tell_engine_with(sw_agent_api_event);
    if (sw_agent_does.explains)
        sw_every_point_start();
    sw_tasklet_names_start(sw_pyobject_text_find_name, !sw_agent_does.controls);
    slp_value_ledger_set_observer(tell_value);
    sw_script_start(&event_shm->plan);
    if (!sw_agent_does.controls)
        return;
    if (!sw_agent_api_controls())
        fail("there is a plan, but no control memory for it; " SW_CONTROL_SHM_ENV " is missing");
    sw_thread_gates_start();
    sw_agent_api_set_script(sw_script_driver());
}

/* The hook is set last: it needs all of the rest. */
void sw_agent_attach(void)
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
    sw_agent_does.decides_points = sw_agent_api_decides_points();
    sw_agent_control_start();
    if (event_shm == NULL && !sw_agent_does.decides_points)
        return;
    unsetenv(SW_EVENT_SHM_ENV); /* a process that this one starts is not ours */
    if (event_shm != NULL)
        observe_with(event_shm);
    if (pthread_key_create(&end_of_thread, leave_thread) != 0 ||
        pthread_atfork(NULL, NULL, forget_in_child) != 0)
        fail("out of memory");
    if (event_shm == NULL) {
        slp_point_set_hook(visit_program, sw_agent_control_points());
        return;
    }
    know_thread(-1, 0);
    if (!sw_agent_does.explains_program)
        sw_own_cstack_catch_crashes(name_of_current);
    slp_invariants_set_reporter(tell_violation);
    slp_point_set_hook(visit, sw_agent_does.explains_program ? POINTS_BUT_FRAMES : SLP_POINT_ALL);
}

/* A constructor, since builtin modules are added before Python starts.  A program that is explained
 * must not see ours; one that is to be forked cannot tell yet. */
static __attribute__((constructor)) void start(void)
{
    int forks = sw_fork_module_start();

    if (!forks)
        sw_agent_attach();
    if ((forks || sw_agent_does.observes || sw_agent_does.decides_points) &&
        !sw_agent_does.explains_program &&
        PyImport_AppendInittab("_spillway", sw_spillway_module_init) != 0)
        fail("out of memory");
}
