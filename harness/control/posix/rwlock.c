/* SPDX-License-Identifier: MIT
 *
 * rwlock.c - read-write locks, which go to whom glibc 2.36 gives them by their kind.
 *
 * The real lock is tried, and never waited for.  What it cannot know is who waits: so beside it
 * stand the WRITER, which has it or is the next to have it, and how many readers have been HANDED
 * it and not yet run.  Of the kinds
 *
 *   - "prefer readers" gives it from a writer to all readers that wait;
 *   - "prefer writers" gives it from a writer to a writer, and a reader comes in with others while
 *     one waits, so that it may read twice;
 *   - "prefer writers, not recursive" lets no reader in while a writer waits.
 *
 * The last reader gives it to the writer that came first, with each kind.
 */
#include <errno.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/process/forked.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

/* glibc's own: below the number of readers stand three bits. */
enum { READER_SHIFT = 3 };

/* sw_object.writer: nobody, the first of the writers that comes, or an ordinal and FIRST. */
enum { NO_WRITER, ANY_WRITER, FIRST_WRITER };

/* ---- who waits ---- */

static struct sw_object *get(const pthread_rwlock_t *lock)
{
    return sw_sync_objects_get(SW_OBJECT_RWLOCK, lock);
}

/* Readers; writers behind another one; and the writer that only waits for readers to go. */
#define UNTIL_WOKEN \
    { \
        .has_come = sw_engine_is_woken, .describe = sw_object_wait_describe, \
        .holder = sw_object_wait_holder \
    }
static const struct sw_clause reading = UNTIL_WOKEN;
static const struct sw_clause queueing = UNTIL_WOKEN;
static const struct sw_clause next_to_write = UNTIL_WOKEN;

static int block(pthread_rwlock_t *lock, const struct sw_clause *clause, uint64_t deadline_ns)
{
    return sw_engine_block(&(struct sw_wait){.clause = clause,
                                             .place = SW_AT_RWLOCK_LOCK,
                                             .address = lock,
                                             .object = sw_sync_objects_ordinal(get(lock)),
                                             .deadline_ns = deadline_ns});
}

/* How many there were. */
static uint32_t wake(const pthread_rwlock_t *lock, const struct sw_clause *clause)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_wait *wait = &sw_engine.live[i]->wait;
        if (wait->clause != clause || wait->address != lock || wait->woken)
            continue;
        wait->woken = 1;
        count++;
    }
    return count;
}

/* ---- who has it ---- */

static int is_mine_to_write(const pthread_rwlock_t *lock)
{
    return lock->__data.__cur_writer == sw_engine_self()->tid;
}

static uint32_t count_readers(const pthread_rwlock_t *lock)
{
    return (lock->__data.__readers >> READER_SHIFT) + get(lock)->handed;
}

static int keeps_readers_out(const pthread_rwlock_t *lock)
{
    return get(lock)->writer != NO_WRITER &&
           (count_readers(lock) == 0 ||
            lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
}

/* Who has it is told where somebody waits for it in vain. */
static int took(pthread_rwlock_t *lock, int failed)
{
    if (failed == 0 && sw_engine_self() != NULL)
        get(lock)->holder = sw_engine_self()->ordinal;
    else if (failed == 0)
        sw_forked_took(lock);
    return failed;
}

/* The writer has written, or waits no longer. */
static void pass_on(pthread_rwlock_t *lock)
{
    if (lock->__data.__flags != PTHREAD_RWLOCK_PREFER_READER_NP && wake(lock, &queueing) > 0) {
        get(lock)->writer = ANY_WRITER;
        return;
    }
    get(lock)->writer = NO_WRITER;
    get(lock)->handed += wake(lock, &reading);
    wake(lock, &queueing);
}

/* ---- taking it ---- */

static int take_to_read(pthread_rwlock_t *lock, uint64_t deadline_ns)
{
    int failed = EBUSY;

    if (is_mine_to_write(lock))
        return EDEADLK;
    if (!keeps_readers_out(lock))
        failed = SW_REAL(pthread_rwlock_tryrdlock)(lock);
    while (failed == EBUSY) {
        if (block(lock, &reading, deadline_ns) == ETIMEDOUT)
            return ETIMEDOUT;
        if (get(lock)->handed > 0)
            get(lock)->handed--;
        failed = SW_REAL(pthread_rwlock_tryrdlock)(lock);
    }
    return took(lock, failed);
}

static int take_to_write(pthread_rwlock_t *lock, uint64_t deadline_ns)
{
    int failed;

    if (is_mine_to_write(lock))
        return EDEADLK;
    while (get(lock)->writer >= FIRST_WRITER)
        if (block(lock, &queueing, deadline_ns) == ETIMEDOUT)
            return ETIMEDOUT;
    get(lock)->writer = FIRST_WRITER + sw_engine_self()->ordinal;
    while (count_readers(lock) > 0 || (failed = SW_REAL(pthread_rwlock_trywrlock)(lock)) == EBUSY) {
        if (block(lock, &next_to_write, deadline_ns) != ETIMEDOUT)
            continue;
        pass_on(lock);
        return ETIMEDOUT;
    }
    return took(lock, failed);
}

/* Where nobody decides; in the child of a fork it may be for ever (forked.h).  Who has it for
 * writing is told so by the C library, and does not wait. */
static int take_uncontrolled(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *),
                             int (*wait)(pthread_rwlock_t *))
{
    int failed;

    if (!sw_forked_is() || lock->__data.__shared != 0 ||
        lock->__data.__cur_writer == SW_REAL(gettid)())
        return wait(lock);
    if ((failed = try(lock)) == EBUSY) {
        sw_forked_wait(SW_OBJECT_RWLOCK, lock);
        failed = wait(lock);
        sw_forked_go_on();
    }
    return took(lock, failed);
}

SW_EXPORT int pthread_rwlock_init(pthread_rwlock_t *restrict lock,
                                  const pthread_rwlockattr_t *restrict attributes)
{
    sw_forked_made(lock);
    if (sw_engine_self() != NULL)
        sw_sync_objects_add(SW_OBJECT_RWLOCK, lock);
    return SW_REAL(pthread_rwlock_init)(lock, attributes);
}

SW_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove(lock);
    return SW_REAL(pthread_rwlock_destroy)(lock);
}

SW_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return sw_engine_self() == NULL ? take_uncontrolled(lock, SW_REAL(pthread_rwlock_tryrdlock),
                                                        SW_REAL(pthread_rwlock_rdlock))
                                    : take_to_read(lock, 0);
}

SW_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return sw_engine_self() == NULL ? take_uncontrolled(lock, SW_REAL(pthread_rwlock_trywrlock),
                                                        SW_REAL(pthread_rwlock_wrlock))
                                    : take_to_write(lock, 0);
}

SW_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    if (sw_engine_self() != NULL && keeps_readers_out(lock))
        return EBUSY;
    return took(lock, SW_REAL(pthread_rwlock_tryrdlock)(lock));
}

SW_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    const struct sw_thread *self = sw_engine_self();

    if (self != NULL && (get(lock)->writer != NO_WRITER || get(lock)->handed > 0))
        return EBUSY;
    int failed = SW_REAL(pthread_rwlock_trywrlock)(lock);
    if (failed == 0 && self != NULL)
        get(lock)->writer = FIRST_WRITER + self->ordinal;
    return took(lock, failed);
}

/* The C library looks at the time first, whether it has to wait or not. */
static int take_until(pthread_rwlock_t *lock, int (*take)(pthread_rwlock_t *, uint64_t),
                      clockid_t clock, const struct timespec *time)
{
    if (!sw_vtime_may_end_a_wait(clock, time))
        return EINVAL;
    return take(lock, sw_vtime_absolute(clock, time));
}

SW_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock,
                                         const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_rwlock_timedrdlock)(lock, time);
    return take_until(lock, take_to_read, CLOCK_REALTIME, time);
}

SW_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock,
                                         const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_rwlock_timedwrlock)(lock, time);
    return take_until(lock, take_to_write, CLOCK_REALTIME, time);
}

SW_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                                         const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_rwlock_clockrdlock)(lock, clock, time);
    return take_until(lock, take_to_read, clock, time);
}

SW_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict lock, clockid_t clock,
                                         const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_rwlock_clockwrlock)(lock, clock, time);
    return take_until(lock, take_to_write, clock, time);
}

SW_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    int wrote = sw_engine_self() != NULL && is_mine_to_write(lock);
    int failed = SW_REAL(pthread_rwlock_unlock)(lock);

    sw_forked_released(lock);
    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    get(lock)->holder = SW_OBJECT_NOBODY;
    if (wrote)
        pass_on(lock);
    else if (count_readers(lock) == 0)
        wake(lock, &next_to_write);
    sw_after_release(SW_AT_RWLOCK_UNLOCK, get(lock));
    return 0;
}
