/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/futex.h"
#include "contract/layout.h"

/* No process has as many schedules: at 20,000 a second that would take 60 hours. */
enum {
    GONE = 0xffffffffu, /* served: the process has ended */
    SPARES = 8, /* most tests have fewer threads, and each costs 12 KiB that are compared */
};

struct sw_session {
    const struct sw_session_order *order;
    struct sw_process run;
    int is_open; /* run is */
    int is_up; /* the thread has been started, and not been joined */
    pthread_t thread;
    int status; /* of sw_process_run(); valid once joined */
    struct sw_error error;
    uint32_t asked; /* schedules of this process */
    const struct sw_thread_profile *profile; /* that this process has */
    uint32_t chance; /* of its first schedule, where it follows from the seed */
    uint32_t layout; /* as chance */
    uint64_t results; /* of tests, before the last call */
    uint64_t before; /* of them in it, before the last one */
    uint64_t processes;
    enum sw_control_shm_checkpoint checkpoint; /* as wanted of the next process */
    int has_refused_pool; /* threads of it have to end as the C library ends them */
    struct sw_end end; /* of the last schedule */
};

/* sw_process_run() returns when the process has ended, and the session has to be told of each
 * schedule in between; so it has a thread of its own. */
static void *run_process(void *argument)
{
    struct sw_session *session = argument;
    struct sw_control_shm *shm = session->run.shm;

    session->status = sw_process_run(&session->run, &session->order->run, &session->error);
    sw_futex_set(syscall, &shm->served, GONE, 0);
    return NULL;
}

static void end_process(struct sw_session *session)
{
    if (session->is_up) {
        struct sw_control_shm *shm = session->run.shm;
        /* Before the post: a child that sees the one must see the other. */
        shm->posted_last = 1;
        __atomic_fetch_add(&shm->posted, 1, __ATOMIC_RELEASE);
        sw_futex_wake(syscall, &shm->posted, 0);
        pthread_join(session->thread, NULL);
    }
    if (session->is_open)
        sw_process_close(&session->run);
    session->is_up = session->is_open = 0;
}

/* Does the program begin its schedules itself? */
static int begins(const struct sw_session *session)
{
    return sw_process_begins(&session->order->run);
}

/* Does its process have the schedules one after the other without going back? */
static int is_warm(const struct sw_session *session)
{
    return begins(session) && session->order->start == SW_BATCH_WARM;
}

static int has_orders(const struct sw_session *session)
{
    return is_warm(session) || session->checkpoint != SW_CHECKPOINT_NONE;
}

/* Is there a process that waits for its next order? */
static int goes_on(const struct sw_session *session)
{
    return session->is_up && (is_warm(session) || session->run.shm->checkpoints > 0);
}

static uint32_t layout_of(const struct sw_session *session,
                          const struct sw_schedule_order *schedule)
{
    const struct sw_settings *setting = session->order->run.setting;
    uint32_t count = sw_layout_count(setting != NULL ? setting->layouts : 0);

    return sw_layout_of_seed(schedule->layout_how, count, schedule->seed);
}

/* What was drawn before the checkpoint is of one chance for good, and what was made of one layout. */
static int wants_another_process(const struct sw_session *session,
                                 const struct sw_schedule_order *schedule)
{
    return (schedule->chance_how != SW_CHANCE_FIXED && session->run.shm->drew_before &&
            sw_chance_of_seed(schedule->chance_how, schedule->seed) != session->chance) ||
           layout_of(session, schedule) != session->layout;
}

static void fill(struct sw_session *session, const struct sw_schedule_order *schedule)
{
    struct sw_schedule_order whole = *schedule;

    if (whole.profile == session->profile)
        whole.profile = NULL; /* it is there already, and most of a megabyte */
    else if (whole.profile != NULL)
        session->profile = whole.profile;
    whole.decisions_max = session->order->decisions_max;
    whole.engine = session->order->engine;
    whole.checkpoint = session->checkpoint;
    /* What runs on OS threads cannot be put back; and a thread that was there before need not be made
     * again each time. */
    if (session->checkpoint != SW_CHECKPOINT_NONE && whole.engine == SW_ENGINE_THREADS)
        whole.engine = SW_ENGINE_POOL;
    /* Threads of a pool that are there at the checkpoint would be used, and be gone then. */
    if (session->has_refused_pool && whole.engine == SW_ENGINE_POOL)
        whole.engine = SW_ENGINE_FIBERS;
    if (whole.engine == SW_ENGINE_POOL && session->checkpoint != SW_CHECKPOINT_NONE &&
        !session->has_refused_pool)
        whole.spares = SPARES;
    whole.is_ordered = is_warm(session);
    /* As many as posted, which counts them, has bits for. */
    whole.loop_count = !begins(session) ? 0 : is_warm(session) ? UINT32_MAX : 1;
    sw_schedule_order_fill(&whole, session->run.shm);
}

/* All that the engine looks at once, when it starts, is there before that. */
static int start_process(struct sw_session *session, const struct sw_schedule_order *schedule,
                         struct sw_error *e)
{
    if (sw_process_open(&session->run, e) < 0) {
        sw_process_close(&session->run);
        return -1;
    }
    session->is_open = 1;
    session->asked = 0;
    session->results = 0;
    session->profile = NULL;
    session->chance = sw_chance_of_seed(schedule->chance_how, schedule->seed);
    session->layout = layout_of(session, schedule);
    session->processes++;
    fill(session, schedule);
    if (pthread_create(&session->thread, NULL, run_process, session) != 0)
        return sw_error_set(e, NULL, 0, 0, "cannot start a thread");
    session->is_up = 1;
    return 0;
}

/* A spec's event memory tells one run; and valgrind, say, would not see its memory put back. */
static int can_go_back(const struct sw_session_order *order)
{
    return order->start == SW_BATCH_CHECKPOINT && order->run.under == NULL &&
           !sw_spec_run_is(order->run.program);
}

struct sw_session *sw_session_open(const struct sw_session_order *order, struct sw_error *e)
{
    struct sw_session *session = calloc(1, sizeof *session);

    if (session == NULL) {
        sw_error_set(e, NULL, 0, 0, "out of memory");
        return NULL;
    }
    session->order = order;
    session->checkpoint = can_go_back(order) ? SW_CHECKPOINT_LATE : SW_CHECKPOINT_NONE;
    return session;
}

void sw_session_close(struct sw_session *session)
{
    if (session == NULL)
        return;
    end_process(session);
    free(session);
}

uint64_t sw_session_processes(const struct sw_session *session)
{
    return session->processes;
}

/* Until served is that, or GONE.  Returns it. */
static uint32_t wait_until(struct sw_session *session, uint32_t wanted)
{
    struct sw_control_shm *shm = session->run.shm;
    uint32_t served = __atomic_load_n(&shm->served, __ATOMIC_ACQUIRE);

    /* served may change between the load and the wait, and then the wait returns at once. */
    while (served != wanted && served != GONE)
        served = sw_futex_wait_while(syscall, &shm->served, served, 0);
    return served;
}

/* Of a test that came to its end. */
static int has_result(const struct sw_session *session)
{
    const struct sw_control_shm *shm = session->run.shm;

    return begins(session) && shm->result_count > session->results && !shm->loop_under_way;
}

/* The program may have written there: of more than were ordered none is believed. */
static void count_before(struct sw_session *session)
{
    const struct sw_control_shm *shm = session->run.shm;
    uint64_t ended = shm->result_count - session->results;

    session->before = ended - (ended > 0 && has_result(session));
    if (!begins(session) || session->before > shm->ahead)
        session->before = 0;
}

uint64_t sw_session_before(const struct sw_session *session)
{
    return session->before;
}

struct sw_batch_result sw_session_before_result(const struct sw_session *session, uint64_t number,
                                                struct sw_end *end)
{
    return sw_batch_result_of(session->run.shm, session->results + number, end);
}

static struct sw_batch_result last_result(struct sw_session *session)
{
    const struct sw_control_shm *shm = session->run.shm;

    return sw_batch_result_of(shm, shm->result_count > 0 ? shm->result_count - 1 : 0,
                              &session->end);
}

/* As the process would have ended there, which goes on from its checkpoint instead. */
static struct sw_batch_result exit_result(struct sw_session *session)
{
    struct sw_control_shm *shm = session->run.shm;

    sw_run_end_make(&session->end, W_EXITCODE(shm->exit_status & 0xff, 0), 0, shm);
    return (struct sw_batch_result){.seed = shm->seed,
                                    .decision_count = shm->decision_count,
                                    .hash = shm->hash,
                                    .end = &session->end};
}

/* Of a process that ended in the middle of the schedule. */
static int describe_death(struct sw_session *session, struct sw_batch_result *result,
                          struct sw_error *e)
{
    const struct sw_control_shm *shm = session->run.shm;

    pthread_join(session->thread, NULL);
    session->is_up = 0;
    count_before(session);
    if (session->status < 0) {
        *e = session->error;
        return -1;
    }
    /* It left threads behind, or could not be put back, and so had to end; but this schedule it
     * has finished. */
    if (has_result(session))
        *result = last_result(session);
    else if (shm->checkpoints > 0 && shm->exit_status >= 0)
        *result = exit_result(session);
    else if (begins(session) && !shm->loop_under_way)
        return sw_batch_refuse(&session->order->run, session->run.shm, e);
    else
        *result = sw_batch_result_of_process(&session->run);
    return 0;
}

__attribute__((format(printf, 2, 3))) static void note(struct sw_session *session,
                                                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (session->order->note != NULL)
        vsnprintf(session->order->note, SW_BATCH_NOTE, format, arguments);
    va_end(arguments);
}

/* The next process is to have its checkpoint earlier, or none. */
static void note_refusal(struct sw_session *session)
{
    const struct sw_control_shm *shm = session->run.shm;
    int is_late = session->checkpoint == SW_CHECKPOINT_LATE;

    note(session, "each in a process of its own: %.*s", SW_UNCONTROLLED_TEXT - 1,
         shm->checkpoint_note);
    session->checkpoint = is_late ? SW_CHECKPOINT_EARLY : SW_CHECKPOINT_NONE;
    end_process(session);
}

static void note_place(struct sw_session *session)
{
    const struct sw_control_shm *shm = session->run.shm;

    if (session->checkpoint == SW_CHECKPOINT_EARLY && shm->checkpoints > 0)
        note(session, "from a checkpoint before %.*s", SW_UNCONTROLLED_TEXT - 1,
             shm->checkpoint_note[0] != '\0' ? shm->checkpoint_note : "its first thread");
}

/* A process that is up waits for its next order, and reads none before that. */
static int post(struct sw_session *session, const struct sw_schedule_order *schedule,
                struct sw_error *e)
{
    if (goes_on(session) && !wants_another_process(session, schedule)) {
        fill(session, schedule);
        /* If it is killed before it begins, it is not to end as the schedule before it did. */
        session->run.shm->end = SW_END_NONE;
        session->run.shm->exit_status = -1;
        return 0;
    }
    end_process(session);
    return start_process(session, schedule, e);
}

static int wait_for_result(struct sw_session *session, struct sw_batch_result *result,
                           struct sw_error *e)
{
    struct sw_control_shm *shm = session->run.shm;

    session->results = shm->result_count;
    session->asked++;
    __atomic_store_n(&shm->posted, session->asked, __ATOMIC_RELEASE);
    sw_futex_wake(syscall, &shm->posted, 0);
    if (wait_until(session, session->asked) == GONE)
        return describe_death(session, result, e);
    count_before(session);
    *result = has_result(session) ? last_result(session) : exit_result(session);
    return 0;
}

static int wait_for_process(struct sw_session *session, struct sw_batch_result *result,
                            struct sw_error *e)
{
    wait_until(session, GONE);
    return describe_death(session, result, e);
}

int sw_session_run(struct sw_session *session, const struct sw_schedule_order *schedule,
                   struct sw_batch_result *result, const struct sw_control_shm **shm,
                   struct sw_error *e)
{
    session->before = 0;
    /* Only now, when nobody looks at what the last one has left. */
    if (session->is_open && session->run.shm->checkpoint_refused)
        note_refusal(session);
    if (post(session, schedule, e) < 0)
        return -1;
    *shm = session->run.shm;
    int status = has_orders(session) ? wait_for_result(session, result, e)
                                     : wait_for_process(session, result, e);
    sw_process_note_unwatched(session->run.shm);
    note_place(session);
    session->has_refused_pool |= (*shm)->pool_refused > 0;
    result->shm = *shm;
    return status;
}
