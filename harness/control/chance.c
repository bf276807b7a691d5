/* SPDX-License-Identifier: MIT
 *
 * chance.c - the kernel's random numbers: the same ones in every run, whatever the schedule's seed,
 * so that schedules of one program differ in nothing else.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

#include "chance.h"
#include "engine.h"
#include "real.h"

enum { FIRST = 0x6368616e };

static uint64_t state = FIRST;

void sw_chance_restart(void)
{
    state = FIRST;
}

static void fill(char *buf, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = sw_decision_random(&state);
        memcpy(buf + i, &word, size - i < 8 ? size - i : 8);
    }
}

SW_EXPORT ssize_t getrandom(void *buf, size_t size, unsigned flags)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(getrandom)(buf, size, flags);
    fill(buf, size);
    return (ssize_t)size;
}

SW_EXPORT int getentropy(void *buf, size_t size)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(getentropy)(buf, size);
    if (size > 256) {
        errno = EIO;
        return -1;
    }
    fill(buf, size);
    return 0;
}

/* Some go around the functions above. */
SW_EXPORT long syscall(long number, ...)
{
    va_list arguments;
    long a[6];

    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_gettid)
        return gettid();
    if (number == SYS_getrandom)
        return getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]);
    return SW_REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
