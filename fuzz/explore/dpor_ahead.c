/* SPDX-License-Identifier: MIT */
#include "dpor_ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dpor_pool.h"
#include "dpor_session.h"

/* Some ten thousand short traces. */
enum { BYTES_MAX = 64 << 20 };

struct worker {
    struct sw_dpor_ahead *ahead;
    pthread_t thread;
    int is_up;
    struct sw_session_order order;
    char note[SW_BATCH_NOTE];
};

struct sw_dpor_ahead {
    struct sw_dpor_ahead_order order;
    struct sw_dpor_pool *pool;
    struct sw_turns turns;
    pthread_mutex_t lock; /* of the pool, of the search, and of what is below */
    pthread_cond_t has_work, has_outcome;
    int stop;
    int failed; /* a worker: with error */
    struct sw_error error;
    struct worker *workers; /* order.jobs of them; owned */
    struct sw_control_shm *restored; /* what the last outcome is put into; owned */
    struct sw_end end;
};

/* ---- the workers ---- */

/* The lock is held, but not while it runs. */
static void do_task(struct worker *worker, struct sw_session *session,
                    const struct sw_dpor_task *task)
{
    struct sw_dpor_ahead *ahead = worker->ahead;
    struct sw_batch_result result = {0};
    const struct sw_control_shm *shm = NULL;
    struct sw_error e = {0};

    pthread_mutex_unlock(&ahead->lock);
    int status = sw_dpor_session_run(session, &ahead->turns, &task->run, &result, &shm, &e);
    struct sw_dpor_outcome *outcome =
        status == 0 ? sw_dpor_outcome_new(&task->run, &result, shm) : NULL;
    if (status == 0 && outcome == NULL)
        sw_error_set(&e, NULL, 0, 0, "out of memory");
    pthread_mutex_lock(&ahead->lock);
    if (outcome == NULL && !ahead->failed) {
        ahead->failed = ahead->stop = 1;
        ahead->error = e;
    }
    sw_dpor_pool_done(ahead->pool, task, outcome != NULL ? &shm->trace : NULL, outcome);
    pthread_cond_broadcast(&ahead->has_outcome);
    pthread_cond_broadcast(&ahead->has_work);
}

/* The lock is held. */
static void work(struct worker *worker, struct sw_session *session)
{
    struct sw_dpor_ahead *ahead = worker->ahead;
    struct sw_dpor_task task;

    while (!ahead->stop) {
        int picked = sw_dpor_pool_pick(ahead->pool, &task);
        if (picked > 0)
            do_task(worker, session, &task);
        else if (picked == 0)
            pthread_cond_wait(&ahead->has_work, &ahead->lock);
        else {
            ahead->failed = ahead->stop = 1;
            sw_error_set(&ahead->error, NULL, 0, 0, "out of memory");
            pthread_cond_broadcast(&ahead->has_outcome);
        }
    }
}

static void *worker_thread(void *argument)
{
    struct worker *worker = argument;
    struct sw_dpor_ahead *ahead = worker->ahead;
    struct sw_error e = {0};
    struct sw_session *session = sw_session_open(&worker->order, &e);

    pthread_mutex_lock(&ahead->lock);
    if (session != NULL) {
        work(worker, session);
    } else if (!ahead->failed) {
        ahead->failed = ahead->stop = 1;
        ahead->error = e;
        pthread_cond_broadcast(&ahead->has_outcome);
    }
    pthread_mutex_unlock(&ahead->lock);
    sw_session_close(session);
    return NULL;
}

/* ---- the search's side ---- */

struct sw_dpor_ahead *sw_dpor_ahead_open(const struct sw_dpor_ahead_order *order,
                                         struct sw_error *e)
{
    struct sw_dpor_ahead *ahead = calloc(1, sizeof *ahead);

    sw_error_set(e, NULL, 0, 0, "out of memory");
    if (ahead == NULL)
        return NULL;
    ahead->order = *order;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->has_work, NULL);
    pthread_cond_init(&ahead->has_outcome, NULL);
    sw_turns_init(&ahead->turns);
    ahead->pool = sw_dpor_pool_new(order->search, BYTES_MAX);
    ahead->workers = calloc((size_t)order->jobs, sizeof *ahead->workers);
    ahead->restored = calloc(1, sizeof *ahead->restored);
    int failed = ahead->pool == NULL || ahead->workers == NULL || ahead->restored == NULL;
    for (int i = 0; i < order->jobs && !failed; i++) {
        struct worker *worker = &ahead->workers[i];
        worker->ahead = ahead;
        worker->order = *order->session;
        worker->order.note = worker->note;
        worker->is_up = pthread_create(&worker->thread, NULL, worker_thread, worker) == 0;
        if (!worker->is_up)
            failed = sw_error_set(e, NULL, 0, 0, "cannot start a thread");
    }
    if (!failed)
        return ahead;
    sw_dpor_ahead_close(ahead);
    return NULL;
}

void sw_dpor_ahead_close(struct sw_dpor_ahead *ahead)
{
    if (ahead == NULL)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->stop = 1;
    pthread_cond_broadcast(&ahead->has_work);
    pthread_mutex_unlock(&ahead->lock);
    for (int i = 0; ahead->workers != NULL && i < ahead->order.jobs; i++) {
        struct worker *worker = &ahead->workers[i];
        if (worker->is_up)
            pthread_join(worker->thread, NULL);
        if (worker->note[0] != '\0' && ahead->order.session->note != NULL)
            memcpy(ahead->order.session->note, worker->note, sizeof worker->note);
    }
    sw_dpor_pool_free(ahead->pool);
    sw_turns_destroy(&ahead->turns);
    pthread_cond_destroy(&ahead->has_work);
    pthread_cond_destroy(&ahead->has_outcome);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead->workers);
    free(ahead->restored);
    free(ahead);
}

void sw_dpor_ahead_enter(struct sw_dpor_ahead *ahead)
{
    if (ahead != NULL)
        pthread_mutex_lock(&ahead->lock);
}

void sw_dpor_ahead_leave(struct sw_dpor_ahead *ahead)
{
    if (ahead != NULL)
        pthread_mutex_unlock(&ahead->lock);
}

struct sw_turns *sw_dpor_ahead_turns(struct sw_dpor_ahead *ahead)
{
    return &ahead->turns;
}

uint64_t sw_dpor_ahead_in_vain(const struct sw_dpor_ahead *ahead)
{
    return sw_dpor_pool_in_vain(ahead->pool);
}

int sw_dpor_ahead_run(struct sw_dpor_ahead *ahead, const struct sw_dpor_run *run,
                      struct sw_batch_result *result, const struct sw_control_shm **shm,
                      struct sw_error *e)
{
    struct sw_dpor_outcome *outcome = NULL;
    int has = 0;

    while (!ahead->failed && (has = sw_dpor_pool_ask(ahead->pool, run, &outcome)) == 0) {
        pthread_cond_broadcast(&ahead->has_work);
        pthread_cond_wait(&ahead->has_outcome, &ahead->lock);
    }
    if (has <= 0) {
        if (ahead->failed)
            *e = ahead->error;
        else
            sw_error_set(e, NULL, 0, 0, "out of memory");
        return -1;
    }
    sw_dpor_outcome_restore(outcome, ahead->restored, &ahead->end, result);
    sw_dpor_outcome_free(outcome);
    *shm = ahead->restored;
    return 0;
}
