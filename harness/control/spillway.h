/* SPDX-License-Identifier: MIT
 *
 * spillway.h - for programs that are run by spillway: choices of their own.
 *
 * Which thread runs is decided by spillway anyhow.  What else a test would leave to chance (which
 * answer a fake server gives, whether a write is torn, how many workers there are) it can ask
 * for here: each answer is a decision like any other, which is recorded, replayed, explored,
 * minimised to 0 where that does not matter, and printed with its name.
 *
 *      if (spillway_choice("torn-write", 2) == 1)
 *          length /= 2;
 *
 * This header needs nothing else of spillway, and the program is linked with nothing: where the
 * process is not under control, the answer is 0.
 */
#ifndef SPILLWAY_H
#define SPILLWAY_H

#include <dlfcn.h>
#ifndef RTLD_DEFAULT /* without _GNU_SOURCE */
#define RTLD_DEFAULT ((void *)0)
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { SPILLWAY_CHOICES_MAX = 1024 };

/* One of 0 to n - 1, called name; 0 is the default.  n: from 1 to SPILLWAY_CHOICES_MAX; where it
 * is 1 there is nothing to choose.  name: from 1 to 40 characters of ASCII, none of them a blank, a
 * quote or a backslash; a process has at most 1024 different ones.  Whoever asks otherwise ends a
 * controlled run with a harness error.
 *
 * No thread is switched, errno stays as it is, and any controlled thread may ask. */
unsigned spillway_choose(const char *name, unsigned n);

/* The same for a program that is not linked with libspillway.so, as none needs to be: the library
 * is there at run time, or the answer is 0.  A weak reference would not do, since a program that is
 * not position independent has it resolved when it is linked. */
static inline unsigned spillway_choice(const char *name, unsigned n)
{
    unsigned (*choose)(const char *, unsigned);

    *(void **)&choose = dlsym(RTLD_DEFAULT, "spillway_choose");
    return choose != 0 ? choose(name, n) : 0;
}

#ifdef __cplusplus
}
#endif

#endif
