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
#include <sys/mman.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"

/* Valgrind lets its client have no more than 32 TiB. */
#define REGION_START 0x110000000000u
#define REGION_END 0x180000000000u

/* The gap: a program that runs over the end of its mapping shall crash, as it would elsewhere. */
enum { PAGE = 4096, GAP = 16 * PAGE };

static void *map(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    static uintptr_t next = REGION_START;

    if ((flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0)
        sw_checkpoint_before_outside("its first shared memory");
    if (sw_engine_self() != NULL && address == NULL && (flags & MAP_ANONYMOUS) != 0 && size > 0 &&
        size < REGION_END - next - GAP) {
        uintptr_t at = next;
        next += (size + GAP + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
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
