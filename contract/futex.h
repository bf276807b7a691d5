/* SPDX-License-Identifier: MIT
 *
 * futex.h - a word of memory that one thread sets and others wait for: Linux's futex.
 *
 * Each function is told which syscall() to call.  Outside it is the C library's; in a controlled
 * process libspillway.so stands in front of that one, and would take its own waits for the
 * program's.  `scope` is FUTEX_PRIVATE_FLAG where only threads of one process use the word, which
 * spares the kernel a look at the mapping; or 0.
 */
#ifndef SW_FUTEX_H
#define SW_FUTEX_H

#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

typedef long sw_futex_syscall(long number, ...);

/* One that waits looks at the word again. */
static inline void sw_futex_wake(sw_futex_syscall *call, uint32_t *word, int scope)
{
    call(SYS_futex, word, FUTEX_WAKE | scope, 1, NULL, NULL, 0);
}

/* Sets it; what was written before is seen by who waits for it. */
static inline void sw_futex_set(sw_futex_syscall *call, uint32_t *word, uint32_t value, int scope)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    sw_futex_wake(call, word, scope);
}

/* Returns as soon as the word is something else, and what it is then. */
static inline uint32_t sw_futex_wait_while(sw_futex_syscall *call, uint32_t *word, uint32_t value,
                                           int scope)
{
    uint32_t now;

    /* The kernel compares once more: a set between this look and the call is not missed. */
    while ((now = __atomic_load_n(word, __ATOMIC_ACQUIRE)) == value)
        call(SYS_futex, word, FUTEX_WAIT | scope, value, NULL, NULL, 0);
    return now;
}

#endif
