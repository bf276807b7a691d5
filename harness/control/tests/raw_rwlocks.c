/* SPDX-License-Identifier: MIT
 *
 * raw_rwlocks.c - who gets a read-write lock of each kind, in states in which the C library leaves
 * no choice.
 *
 *      raw_rwlocks plain           without control: who waits is seen in /proc
 *      raw_rwlocks FILE            under control: who waits is seen by a virtual millisecond
 *      raw_rwlocks FILE deadlock   reads again while a writer waits, where writers are preferred
 *
 * It prints what each call answered and who came when: check_as_real holds one against the other.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel_sleep.h"

struct actor {
    const char *name;
    int (*take)(pthread_rwlock_t *lock);
    int holds; /* until `go` */
    pthread_t thread;
    atomic_int tid; /* from just before it takes the lock */
    atomic_int done;
    int result, came;
};

static pthread_rwlock_t lock;
static atomic_int coming;
static sem_t go;
static int is_plain;

static const struct timespec past = {1, 0};

/* ---- actors ---- */

static void *act(void *argument)
{
    struct actor *self = argument;

    atomic_store(&self->tid, (int)gettid());
    self->result = self->take(&lock);
    self->came = self->result == 0 ? atomic_fetch_add(&coming, 1) + 1 : 0;
    atomic_store(&self->done, !self->holds);
    if (self->holds)
        sem_wait(&go);
    if (self->result == 0)
        pthread_rwlock_unlock(&lock);
    return NULL;
}

/* Returns when the actor waits for the lock, or is through. */
static void start(struct actor *actor)
{
    actor->done = actor->tid = 0;
    pthread_create(&actor->thread, NULL, act, actor);
    if (!is_plain) {
        usleep(1000);
        return;
    }
    while (!actor->done && (actor->tid == 0 || !sleeps_in_the_kernel(actor->tid)))
        sched_yield();
}

static void end(struct actor *actor)
{
    pthread_join(actor->thread, NULL);
    printf(" %s:%d@%d", actor->name, actor->result, actor->came);
}

static int write_for_a_while(pthread_rwlock_t *it)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_sec += time.tv_nsec >= 900000000;
    time.tv_nsec = (time.tv_nsec + 100000000) % 1000000000;
    return pthread_rwlock_timedwrlock(it, &time);
}

/* ---- states ---- */

static struct actor reader = {.name = "R", .take = pthread_rwlock_rdlock};
static struct actor writer = {.name = "W", .take = pthread_rwlock_wrlock};
static struct actor second = {.name = "V", .take = pthread_rwlock_wrlock};

static void begin(const char *what)
{
    coming = 0;
    printf("  %s:", what);
}

static void give_back(int failed)
{
    printf(" %d", failed);
    if (failed == 0)
        pthread_rwlock_unlock(&lock);
}

static void try_all(void)
{
    give_back(pthread_rwlock_tryrdlock(&lock));
    give_back(pthread_rwlock_trywrlock(&lock));
    give_back(pthread_rwlock_timedrdlock(&lock, &past));
    give_back(pthread_rwlock_timedwrlock(&lock, &past));
    give_back(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &past));
    give_back(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &past));
}

static void writer_waits_for_a_reader(void)
{
    begin("a reader again, while a writer waits");
    pthread_rwlock_rdlock(&lock);
    start(&writer);
    try_all();
    pthread_rwlock_unlock(&lock);
    end(&writer);
    puts("");
}

static void owner_asks_again(void)
{
    begin("the writer again");
    pthread_rwlock_wrlock(&lock);
    give_back(pthread_rwlock_rdlock(&lock));
    pthread_rwlock_trywrlock(&lock);
    pthread_rwlock_wrlock(&lock);
    try_all();
    pthread_rwlock_unlock(&lock);
    puts("");
}

static void two_wait_for_a_writer(struct actor *one, struct actor *other)
{
    begin("two wait for a writer");
    pthread_rwlock_wrlock(&lock);
    start(one);
    start(other);
    pthread_rwlock_unlock(&lock);
    end(one);
    end(other);
    puts("");
}

static void three_wait_for_a_reader(void)
{
    begin("two writers and a reader wait for a reader");
    pthread_rwlock_rdlock(&lock);
    start(&writer);
    start(&second);
    start(&reader);
    pthread_rwlock_unlock(&lock);
    end(&writer);
    end(&second);
    end(&reader);
    puts("");
}

static void writer_gives_up(void)
{
    struct actor leaves = {.name = "L", .take = write_for_a_while};

    begin("a writer gives up");
    pthread_rwlock_rdlock(&lock);
    start(&leaves);
    start(&reader);
    end(&leaves);
    end(&reader);
    try_all();
    pthread_rwlock_unlock(&lock);
    puts("");
}

/* Whoever is next has it from the unlock on, and not only when it runs.  Handed to the writers that
 * wait it is to one of them, who may be one that comes now: so none does. */
static void handed_over(int (*take)(pthread_rwlock_t *), struct actor *one, struct actor *other)
{
    begin("handed over");
    take(&lock);
    start(one);
    one->holds = 1;
    if (other != NULL)
        start(other);
    pthread_rwlock_unlock(&lock);
    give_back(pthread_rwlock_tryrdlock(&lock));
    give_back(pthread_rwlock_trywrlock(&lock));
    give_back(pthread_rwlock_timedrdlock(&lock, &past));
    give_back(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &past));
    sem_post(&go);
    if (other != NULL)
        end(other);
    end(one);
    one->holds = 0;
    puts("");
}

static void deadlock(void)
{
    pthread_rwlock_rdlock(&lock);
    start(&writer);
    pthread_rwlock_rdlock(&lock);
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"prefer readers", "prefer writers", "not recursive"};
    pthread_rwlockattr_t attributes;

    is_plain = argc > 1 && strcmp(argv[1], "plain") == 0;
    sem_init(&go, 0, 0);
    pthread_rwlockattr_init(&attributes);
    for (int kind = 0; kind < 3; kind++) {
        pthread_rwlockattr_setkind_np(&attributes, kind);
        pthread_rwlock_init(&lock, &attributes);
        if (argc > 2 && kind == 2)
            deadlock();
        printf("%s\n", kinds[kind]);
        writer_waits_for_a_reader();
        owner_asks_again();
        two_wait_for_a_writer(&reader, &writer);
        two_wait_for_a_writer(&writer, &reader);
        three_wait_for_a_reader();
        writer_gives_up();
        handed_over(pthread_rwlock_rdlock, &writer, NULL);
        handed_over(pthread_rwlock_wrlock, &reader, NULL);
        if (kind > 0) {
            handed_over(pthread_rwlock_wrlock, &writer, NULL);
            handed_over(pthread_rwlock_wrlock, &writer, &reader);
        }
        pthread_rwlock_destroy(&lock);
    }
    return 0;
}
