/* SPDX-License-Identifier: MIT
 *
 * clocks.c - the C library's clocks, in virtual time.
 *
 * Each look takes a microsecond, and fires the timers that are due then: a loop that waits for
 * a time by looking at a clock comes to its end.
 */
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "timers.h"
#include "vtime.h"

#define SECOND_NS 1000000000u

static uint64_t read_clock(clockid_t clock)
{
    sw_engine_tick();
    sw_timers_fire();
    return sw_vtime_base(clock) + sw_engine_now();
}

/* ---- clocks ---- */

/* Is it one of those that every machine has?  Of the others the kernel knows more: the time of a
 * process that is not there cannot be read. */
static int is_everywhere(clockid_t clock)
{
    return (clock >= CLOCK_REALTIME && clock <= CLOCK_BOOTTIME) || clock == CLOCK_TAI;
}

SW_EXPORT int clock_gettime(clockid_t clock, struct timespec *out)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(clock_gettime)(clock, out);
    if (!is_everywhere(clock) && SW_REAL(clock_gettime)(clock, out) != 0)
        return -1;
    uint64_t ns = read_clock(clock);
    *out = (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
    return 0;
}

SW_EXPORT int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(gettimeofday)(out, zone);
    uint64_t ns = read_clock(CLOCK_REALTIME);
    /* volatile: the header promises that there is one, and the kernel does without. */
    struct timeval *volatile where = out;
    if (where != NULL)
        *where = (struct timeval){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS / 1000)};
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
    int failed = SW_REAL(getrusage)(who, usage);

    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
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

/* Memory that is free: as sysinfo() has it. */
SW_EXPORT long sysconf(int name)
{
    if (sw_engine_self() != NULL && name == _SC_AVPHYS_PAGES)
        return SW_REAL(sysconf)(_SC_PHYS_PAGES) / 2;
    return SW_REAL(sysconf)(name);
}

SW_EXPORT long get_avphys_pages(void)
{
    return sysconf(_SC_AVPHYS_PAGES);
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
