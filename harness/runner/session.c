/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/futex.h"

/* No process has as many schedules: at 20,000 a second that would take 60 hours. */
enum { GONE = 0xffffffffu }; /* served: the process has ended */

struct sw_session {
    const struct sw_session_order *order;
    struct sw_process run;
    int is_open; /* run is */
    int is_up; /* the thread has been started, and not been joined */
    pthread_t thread;
    int status; /* of sw_process_run(); valid once joined */
    struct sw_error error;
    uint32_t asked; /* schedules of this process */
    uint64_t processes;
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

/* Does one process run many schedules? */
static int is_warm(const struct sw_session *session)
{
    return sw_process_begins(&session->order->run);
}

static void fill(const struct sw_session *session, const struct sw_schedule_order *schedule)
{
    struct sw_schedule_order whole = *schedule;

    whole.decisions_max = session->order->decisions_max;
    whole.engine = session->order->engine;
    whole.is_ordered = is_warm(session);
    /* As many as posted, which counts them, has bits for. */
    whole.loop_count = whole.is_ordered ? UINT32_MAX : 0;
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
    session->processes++;
    fill(session, schedule);
    if (pthread_create(&session->thread, NULL, run_process, session) != 0)
        return sw_error_set(e, NULL, 0, 0, "cannot start a thread");
    session->is_up = 1;
    return 0;
}

struct sw_session *sw_session_open(const struct sw_session_order *order, struct sw_error *e)
{
    struct sw_session *session = calloc(1, sizeof *session);

    if (session == NULL) {
        sw_error_set(e, NULL, 0, 0, "out of memory");
        return NULL;
    }
    session->order = order;
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

/* Returns served: asked, or GONE. */
static uint32_t wait_for_end(struct sw_session *session)
{
    struct sw_control_shm *shm = session->run.shm;
    uint32_t served = __atomic_load_n(&shm->served, __ATOMIC_ACQUIRE);

    /* served may change between the load and the wait, and then the wait returns at once. */
    while (served != session->asked && served != GONE)
        served = sw_futex_wait_while(syscall, &shm->served, served, 0);
    return served;
}

static struct sw_batch_result last_result(struct sw_session *session)
{
    const struct sw_control_shm *shm = session->run.shm;

    return sw_batch_result_of(shm, shm->result_count > 0 ? shm->result_count - 1 : 0,
                              &session->end);
}

/* Of a process that ended in the middle of the schedule. */
static int describe_death(struct sw_session *session, struct sw_batch_result *result,
                          struct sw_error *e)
{
    const struct sw_control_shm *shm = session->run.shm;

    pthread_join(session->thread, NULL);
    session->is_up = 0;
    if (session->status < 0) {
        *e = session->error;
        return -1;
    }
    /* It left threads behind, and so had to end; but this schedule it has finished. */
    if (is_warm(session) && shm->result_count == session->asked) {
        *result = last_result(session);
        return 0;
    }
    if (is_warm(session) && !shm->loop_under_way)
        return sw_batch_refuse(&session->order->run, e);
    *result = sw_batch_result_of_process(&session->run);
    return 0;
}

/* A process that is up waits for its next order, and reads none before that. */
static int post(struct sw_session *session, const struct sw_schedule_order *schedule,
                struct sw_error *e)
{
    if (session->is_up) {
        fill(session, schedule);
        return 0;
    }
    end_process(session);
    return start_process(session, schedule, e);
}

int sw_session_run(struct sw_session *session, const struct sw_schedule_order *schedule,
                   struct sw_batch_result *result, const struct sw_control_shm **shm,
                   struct sw_error *e)
{
    if (post(session, schedule, e) < 0)
        return -1;
    struct sw_control_shm *shared = session->run.shm;
    *shm = shared;
    if (!is_warm(session)) {
        while (wait_for_end(session) != GONE)
            ;
        return describe_death(session, result, e);
    }
    session->asked++;
    __atomic_store_n(&shared->posted, session->asked, __ATOMIC_RELEASE);
    sw_futex_wake(syscall, &shared->posted, 0);
    if (wait_for_end(session) == GONE)
        return describe_death(session, result, e);
    *result = last_result(session);
    return 0;
}
