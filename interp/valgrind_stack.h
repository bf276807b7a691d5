/* SPDX-License-Identifier: MIT
 *
 * valgrind_stack.h - tells valgrind which memory is a C stack.
 *
 * When the stack pointer moves by less than --max-stackframe, valgrind assumes that a
 * frame was made or left, and marks the bytes between as undefined; unless it knows
 * that there are two stacks.  Then it leaves both as they are, and must be told when a
 * stack comes back longer than it was left.  Without valgrind these are a few
 * instructions that do nothing; without its header at build time, nothing at all.
 */
#ifndef SLP_VALGRIND_STACK_H
#define SLP_VALGRIND_STACK_H

#if defined(__has_include) && __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
/* [low, top).  Returns what the other one takes. */
#define SLP_VALGRIND_STACK_ADD(low, top) VALGRIND_STACK_REGISTER((low), (top))
#define SLP_VALGRIND_STACK_DROP(id) VALGRIND_STACK_DEREGISTER(id)
/* These bytes, on the stack that is not run on, are about to be written. */
#define SLP_VALGRIND_STACK_GROWS(low, size) (void)VALGRIND_MAKE_MEM_UNDEFINED((low), (size))
/* This copy of some of its bytes is looked at, written or not. */
#define SLP_VALGRIND_STACK_LOOK(copy, size) (void)VALGRIND_MAKE_MEM_DEFINED((copy), (size))
#else
#define SLP_VALGRIND_STACK_ADD(low, top) ((void)(low), (void)(top), 0u)
#define SLP_VALGRIND_STACK_DROP(id) ((void)(id))
#define SLP_VALGRIND_STACK_GROWS(low, size) ((void)(low), (void)(size))
#define SLP_VALGRIND_STACK_LOOK(copy, size) ((void)(copy), (void)(size))
#endif

#endif
