/* SPDX-License-Identifier: MIT */
#include "affinity.h"

#include <errno.h>
#include <string.h>

#include "engine.h"
#include "real.h"

static cpu_set_t seen; /* by the program */

void sw_affinity_start(void)
{
    /* Where it is now: whatever it has in its caches is there. */
    int cpu = sched_getcpu();
    cpu_set_t one;

    if (cpu < 0 || SW_REAL(sched_getaffinity)(0, sizeof seen, &seen) != 0)
        return;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    SW_REAL(sched_setaffinity)(0, sizeof one, &one);
}

void sw_affinity_undo(void)
{
    if (CPU_COUNT(&seen) > 0)
        SW_REAL(sched_setaffinity)(0, sizeof seen, &seen);
}

int sw_affinity_get(size_t size, cpu_set_t *set)
{
    if (CPU_COUNT(&seen) == 0)
        return SW_REAL(sched_getaffinity)(0, size, set);
    memset(set, 0, size);
    memcpy(set, &seen, size < sizeof seen ? size : sizeof seen);
    return 0;
}

int sw_affinity_set(size_t size, const cpu_set_t *set)
{
    if (CPU_COUNT(&seen) == 0)
        return SW_REAL(sched_setaffinity)(0, size, set);
    if (CPU_COUNT_S(size, set) == 0) {
        errno = EINVAL;
        return -1;
    }
    memset(&seen, 0, sizeof seen);
    memcpy(&seen, set, size < sizeof seen ? size : sizeof seen);
    return 0;
}

SW_EXPORT int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    return sw_engine_self() == NULL          ? SW_REAL(pthread_getaffinity_np)(thread, size, set)
           : sw_affinity_get(size, set) != 0 ? errno
                                             : 0;
}

SW_EXPORT int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set)
{
    return sw_engine_self() == NULL          ? SW_REAL(pthread_setaffinity_np)(thread, size, set)
           : sw_affinity_set(size, set) != 0 ? errno
                                             : 0;
}
