/* SPDX-License-Identifier: MIT */
#include "cstack.h"

#include <pthread.h>
#include <sys/resource.h>

__thread struct slp_cstack slp_cstack;
__thread uintptr_t slp_spill_limit;

/* Below the lowest address that a slice may come to: for the save and restore
 * functions, a few hundred bytes, and for a signal that arrives in them.  Its frame has
 * all vector registers, 3 KB with AVX-512 and 11 KB with AMX, and then the handler's. */
#define RED_BYTES 16384

extern void *__libc_stack_end; /* an address on the initial thread's stack, of the C library */

/* That stack may grow to its limit.  The C library says less when it finds other
 * memory below; valgrind's, for one, which makes room when it comes to that. */
static char *initial_stack_low(char *low, const char *high)
{
    struct rlimit limit;

    /* More than 1 TiB, or no limit at all: not to be believed. */
    if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur > (rlim_t)1 << 40)
        return low;
    char *lowest = (char *)high - limit.rlim_cur;
    return lowest < low ? lowest : low;
}

int slp_cstack_bounds(char **low, char **high)
{
    /* The guess: 64 KiB each way are there, on any stack that a thread is given. */
    char *here = __builtin_frame_address(0);
    pthread_attr_t attr;
    void *bottom = here - 65536;
    size_t size = (size_t)2 * 65536;

    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        (void)pthread_attr_getstack(&attr, &bottom, &size);
        pthread_attr_destroy(&attr);
    }
    *low = bottom;
    *high = *low + size;
    /* The initial thread is not the one whose id is the process's: after a fork any
     * thread is. */
    int is_initial = (char *)__libc_stack_end >= *low && (char *)__libc_stack_end < *high;
    if (is_initial)
        *low = initial_stack_low(*low, *high);
    *low += RED_BYTES;
    return is_initial;
}
