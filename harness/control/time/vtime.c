/* SPDX-License-Identifier: MIT */
#include "vtime.h"

#include <errno.h>
#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "timers.h"

#define SECOND_NS 1000000000u

enum {
    EPOCH_S = 1700000000, /* 2023-11-14: late enough for any certificate in a test */
    BOOT_S = 1000,
};

static uint64_t base_ns(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        return (uint64_t)EPOCH_S * SECOND_NS;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        return (uint64_t)BOOT_S * SECOND_NS;
    default: /* of the process's and the threads' CPUs */
        return 0;
    }
}

uint64_t sw_vtime_of_timespec(const struct timespec *time)
{
    if (time->tv_sec < 0)
        return 0;
    if (time->tv_sec > 9000000000) /* "for ever", as some write it */
        return (uint64_t)9000000000 * SECOND_NS;
    return (uint64_t)time->tv_sec * SECOND_NS + (uint64_t)time->tv_nsec;
}

uint64_t sw_vtime_absolute(clockid_t clock, const struct timespec *time)
{
    uint64_t ns = sw_vtime_of_timespec(time);

    return ns > base_ns(clock) ? ns - base_ns(clock) : 1;
}

uint64_t sw_vtime_relative(uint64_t ns)
{
    uint64_t now = sw_engine_now();

    return ns > UINT64_MAX / 2 ? UINT64_MAX / 2 : now + ns + (now + ns == 0);
}

static uint64_t read_clock(clockid_t clock)
{
    sw_engine_tick();
    sw_timers_fire();
    return base_ns(clock) + sw_engine_now();
}

/* ---- clocks ---- */

SW_EXPORT int clock_gettime(clockid_t clock, struct timespec *out)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock_gettime)(clock, out);
    uint64_t ns = read_clock(clock);
    *out = (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    return 0;
}

SW_EXPORT int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(gettimeofday)(out, zone);
    uint64_t ns = read_clock(CLOCK_REALTIME);
    *out = (struct timeval){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS / 1000)};
    if (zone != NULL)
        memset(zone, 0, sizeof(struct timezone));
    return 0;
}

SW_EXPORT time_t time(time_t *out)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(time)(out);
    time_t now = (time_t)(read_clock(CLOCK_REALTIME) / SECOND_NS);
    if (out != NULL)
        *out = now;
    return now;
}

SW_EXPORT clock_t clock(void)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock)();
    return (clock_t)(read_clock(CLOCK_PROCESS_CPUTIME_ID) / (SECOND_NS / CLOCKS_PER_SEC));
}

SW_EXPORT int timespec_get(struct timespec *time, int base)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(timespec_get)(time, base);
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

/* ---- what was used of the machine: all of the virtual time, by the program itself ---- */

SW_EXPORT clock_t times(struct tms *out)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(times)(out);
    uint64_t tick_ns = SECOND_NS / (uint64_t)sysconf(_SC_CLK_TCK);
    if (out != NULL)
        *out = (struct tms){.tms_utime = (clock_t)(read_clock(CLOCK_PROCESS_CPUTIME_ID) / tick_ns)};
    return (clock_t)(read_clock(CLOCK_MONOTONIC) / tick_ns);
}

/* How much memory it was differs from run to run, too. */
SW_EXPORT int getrusage(__rusage_who_t who, struct rusage *usage)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(getrusage)(who, usage);
    uint64_t ns = who == RUSAGE_CHILDREN ? 0 : read_clock(CLOCK_PROCESS_CPUTIME_ID);
    memset(usage, 0, sizeof *usage);
    usage->ru_utime = (struct timeval){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS / 1000)};
    usage->ru_maxrss = 65536;
    return 0;
}

SW_EXPORT int getloadavg(double loads[], int count)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(getloadavg)(loads, count);
    count = count < 3 ? count : 3;
    for (int i = 0; i < count; i++)
        loads[i] = 1;
    return count;
}

SW_EXPORT int sysinfo(struct sysinfo *info)
{
    int failed = SW_REAL(sysinfo)(info);

    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    info->uptime = (long)(read_clock(CLOCK_BOOTTIME) / SECOND_NS);
    info->loads[0] = info->loads[1] = info->loads[2] = 1 << SI_LOAD_SHIFT;
    info->freeram = info->totalram / 2;
    info->freeswap = info->totalswap;
    info->sharedram = info->bufferram = info->freehigh = 0;
    info->procs = 100;
    return 0;
}

/* ---- sleeps ---- */

/* 0, or EINTR and what is left. */
static int sleep_until(uint64_t deadline_ns, struct timespec *left)
{
    int failed = sw_engine_block(
        &(struct sw_wait){.kind = SW_WAIT_SLEEP, .place = SW_AT_SLEEP, .deadline_ns = deadline_ns});

    if (failed != EINTR || deadline_ns <= sw_engine_now())
        return 0;
    uint64_t ns = deadline_ns - sw_engine_now();
    if (left != NULL)
        *left = (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    return EINTR;
}

SW_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                              struct timespec *left)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock_nanosleep)(clock, flags, time, left);
    if (time->tv_nsec < 0 || time->tv_nsec >= (long)SECOND_NS || time->tv_sec < 0)
        return EINVAL;
    if ((flags & TIMER_ABSTIME) != 0)
        return sleep_until(sw_vtime_absolute(clock, time), NULL);
    return sleep_until(sw_vtime_relative(sw_vtime_of_timespec(time)), left);
}

SW_EXPORT int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(nanosleep)(time, left);
    errno = clock_nanosleep(CLOCK_MONOTONIC, 0, time, left);
    return errno != 0 ? -1 : 0;
}

SW_EXPORT int usleep(useconds_t us)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(usleep)(us);
    errno = sleep_until(sw_vtime_relative((uint64_t)us * 1000), NULL);
    return errno != 0 ? -1 : 0;
}

SW_EXPORT unsigned sleep(unsigned seconds)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sleep)(seconds);
    struct timespec left = {0, 0};
    sleep_until(sw_vtime_relative((uint64_t)seconds * SECOND_NS), &left);
    return (unsigned)(left.tv_sec + (left.tv_nsec > 0));
}

SW_EXPORT int sched_yield(void)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sched_yield)();
    sw_engine_point(SW_AT_YIELD, 0);
    return 0;
}
