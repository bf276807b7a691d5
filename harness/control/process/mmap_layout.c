/* SPDX-License-Identifier: MIT
 *
 * mmap_layout.c - where memory lies that the program maps: at the same addresses in every run.
 *
 * ADDR_NO_RANDOMIZE makes the kernel's choice repeat, but not under valgrind,
 * which has a layout of its own.  CPython maps its arenas, and the address of
 * an object is its hash: the order of a set of locks, say, depends on it, and
 * with that the schedule.  So what the program maps anywhere goes to a region
 * of our own, always the next place in it.  What the C library maps for itself
 * (its heap, stacks) is out of reach.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"

/* Valgrind lets its client have no more than 32 TiB. */
#define REGION_START 0x110000000000u
#define REGION_END 0x180000000000u

/* The gap: a program that runs over the end of its mapping shall crash, as it would elsewhere. */
enum { PAGE = 4096, GAP = 16 * PAGE };

static uintptr_t next = REGION_START;

/* What was a whole mapping, and is none now: the last of that size is used again.  Some thousand
 * are more than a program has that unmaps what it needs again; what does not fit is not used again. */
static struct hole {
    uintptr_t at;
    size_t size;
} holes[1024];
static int hole_count;

static size_t pages(size_t size)
{
    return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

/* ---- where ---- */

/* 0: there is none. */
static uintptr_t take_hole(size_t size)
{
    int i = hole_count - 1;

    while (i >= 0 && holes[i].size != size)
        i--;
    if (i < 0)
        return 0;
    uintptr_t at = holes[i].at;
    hole_count--;
    memmove(&holes[i], &holes[i + 1], (size_t)(hole_count - i) * sizeof *holes);
    return at;
}

static int is_mapped(uintptr_t at)
{
    unsigned char resident;

    return mincore((void *)at, PAGE, &resident) == 0;
}

/* A part of a mapping is no hole: without a gap, what is mapped there would touch the rest. */
static void note_hole(uintptr_t at, size_t size)
{
    int error = errno;

    if (at >= REGION_START && at < next && hole_count < (int)(sizeof holes / sizeof *holes) &&
        !is_mapped(at - PAGE) && !is_mapped(at + size))
        holes[hole_count++] = (struct hole){at, size};
    errno = error;
}

/* ---- the calls ---- */

static void *map(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if ((flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0)
        sw_checkpoint_before_outside("its first shared memory");
    if (sw_engine_self() != NULL && address == NULL && (flags & MAP_ANONYMOUS) != 0 && size > 0 &&
        size < REGION_END - next - GAP) {
        uintptr_t at = take_hole(pages(size));
        if (at == 0) {
            at = next;
            next += pages(size) + GAP;
        }
        void *got =
            SW_REAL(mmap)((void *)at, size, protection, flags | MAP_FIXED_NOREPLACE, fd, offset);
        if (got != MAP_FAILED || errno != EEXIST)
            return got;
    }
    return SW_REAL(mmap)(address, size, protection, flags, fd, offset);
}

SW_EXPORT void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    return map(address, size, protection, flags, fd, offset);
}

SW_EXPORT void *mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    return map(address, size, protection, flags, fd, offset);
}

SW_EXPORT int munmap(void *address, size_t size)
{
    int status = SW_REAL(munmap)(address, size);

    if (status == 0 && sw_engine_self() != NULL)
        note_hole((uintptr_t)address, pages(size));
    return status;
}
