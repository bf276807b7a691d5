/* SPDX-License-Identifier: MIT
 *
 * memcheck.h - to run an interpreter under valgrind's memcheck: --valgrind.
 *
 * The options, the suppressions and what has to be preloaded are in harness/valgrind, which CI uses,
 * too.  Python takes every object from malloc() there, so that a use after free is seen; addresses
 * differ from those of a run without it, and a program that depends on them makes other decisions.
 */
#ifndef SW_MEMCHECK_H
#define SW_MEMCHECK_H

enum {
    SW_MEMCHECK_ERRORS = 99,  /* the exit status that says so */
    SW_MEMCHECK_SLOWER = 10, /* more time for a watchdog; a spec takes 3 s and not 0.03 */
};

/* The words of the command, for "under"; they stay.  NULL: no memory. */
char *const *sw_memcheck_words(void);

#endif
