/* SPDX-License-Identifier: MIT
 *
 * fiber.h - a C stack and a thread pointer that one OS thread can run on.
 */
#ifndef SW_FIBER_H
#define SW_FIBER_H

#include <stdint.h>

struct sw_fiber {
    void *sp; /* valid while it is left */
    uintptr_t fs; /* the thread pointer: what thread-local storage is relative to */
};

/* 0 where the CPU, the kernel or valgrind do not allow the instruction; then a
 * switch costs a system call. */
extern int sw_fiber_has_wrfsbase;
void sw_fiber_find_wrfsbase(void);

/* Lets it begin, when it is first switched to, with function(argument) on the
 * stack that ends below top.  The function never returns. */
void sw_fiber_prepare(struct sw_fiber *fiber, void *top, void (*function)(void *), void *argument);

/* Leaves the stack whose pointer goes to *from. */
void sw_fiber_switch(void **from, void *to, uintptr_t fs);

/* The calling OS thread ends, and its stack is not touched any more. */
void sw_fiber_exit_thread(void) __attribute__((noreturn));

#endif
