/* SPDX-License-Identifier: MIT */
#include "arch/fiber.h"

#include <string.h>
#include <sys/auxv.h>

#if defined(__has_include) && __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

enum { HAS_FSGSBASE = 2 }; /* of AT_HWCAP2: the kernel lets programs use it */

__attribute__((visibility("hidden"))) int sw_fiber_has_wrfsbase;
extern void sw_fiber_entry(void);

/* What is on a stack that was left: see left_frame.h. */
struct left {
    uint32_t mxcsr;
    uint32_t x87;
    void *r15, *r14, *r13, *r12, *rbx, *rbp;
    void (*back)(void);
};

void sw_fiber_find_wrfsbase(void)
{
    sw_fiber_has_wrfsbase = (getauxval(AT_HWCAP2) & HAS_FSGSBASE) != 0 && !RUNNING_ON_VALGRIND;
}

void sw_fiber_prepare(struct sw_fiber *fiber, void *top, void (*function)(void *), void *argument)
{
    /* 64-aligned, so that rsp is 16-aligned when the return to sw_fiber_entry() has taken
     * all 64 bytes off: from there a call is as the ABI wants it. */
    struct left *left = (struct left *)((uintptr_t)top & ~(uintptr_t)63) - 1;

    memset(left, 0, sizeof *left);
    __asm__("stmxcsr %0\n\tfnstcw %1" : "=m"(left->mxcsr), "=m"(left->x87));
    left->rbx = (void *)function;
    left->r12 = argument;
    left->back = sw_fiber_entry;
    fiber->sp = left;
}

/* SYS_exit, 60, with the status 0: the thread and not the process. */
void sw_fiber_exit_thread(void)
{
    __asm__ volatile("syscall" : : "a"(60L), "D"(0L) : "rcx", "r11", "memory");
    __builtin_unreachable();
}
