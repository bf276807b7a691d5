/* SPDX-License-Identifier: MIT */
#include "file_locks.h"

#include <errno.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "readiness.h"
#include "harness/control/engine/real.h"

/* After a try that failed: is there to be another? */
static int try_again(int failed)
{
    if (failed == 0 || (errno != EAGAIN && errno != EACCES))
        return 0;
    if (sw_readiness_try_later())
        sw_engine_uncontrolled("a lock on a file, held by another process");
    return 1;
}

int sw_file_locks_wait(int fd, int command, void *lock)
{
    int failed;

    if (sw_engine_self() == NULL)
        return SW_REAL(fcntl)(fd, command, lock);
    do {
        sw_cancel_point();
        failed = SW_REAL(fcntl)(fd, command == F_SETLKW ? F_SETLK : F_OFD_SETLK, lock);
    } while (try_again(failed));
    return failed;
}

SW_EXPORT int flock(int fd, int operation)
{
    int failed;

    if (sw_engine_self() == NULL || (operation & LOCK_NB) != 0)
        return SW_REAL(flock)(fd, operation);
    do
        failed = SW_REAL(flock)(fd, operation | LOCK_NB);
    while (try_again(failed));
    return failed;
}

static int lock_part(int fd, int command, off_t size)
{
    int failed;

    if (sw_engine_self() == NULL || command != F_LOCK)
        return SW_REAL(lockf)(fd, command, size);
    do {
        sw_cancel_point();
        failed = SW_REAL(lockf)(fd, F_TLOCK, size);
    } while (try_again(failed));
    return failed;
}

SW_EXPORT int lockf(int fd, int command, off_t size)
{
    return lock_part(fd, command, size);
}

SW_EXPORT int lockf64(int fd, int command, off64_t size)
{
    return lock_part(fd, command, size);
}
