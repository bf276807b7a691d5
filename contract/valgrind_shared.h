/* SPDX-License-Identifier: MIT
 *
 * valgrind_shared.h - tells valgrind that a process is done with memory that it shares.
 *
 * memcheck looks for leaks when the process ends: in all of its memory, for pointers to what was
 * allocated.  The control memory and the event memory have 250 MB of pages that nobody ever
 * touched, and no such pointers.  Without valgrind this is a few instructions that do nothing;
 * without its header at build time, nothing at all.
 */
#ifndef SW_VALGRIND_SHARED_H
#define SW_VALGRIND_SHARED_H

#if defined(__has_include) && __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
/* The process ends now, and nobody in it uses this memory any more. */
#define SW_VALGRIND_SHARED_DONE(memory, size) (void)VALGRIND_MAKE_MEM_NOACCESS((memory), (size))
#else
#define SW_VALGRIND_SHARED_DONE(memory, size) ((void)(memory), (void)(size))
#endif

#endif
