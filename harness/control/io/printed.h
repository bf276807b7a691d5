/* SPDX-License-Identifier: MIT
 *
 * printed.h - what the program has written to its standard files, as a number of bytes and a hash.
 *
 * So a replay can say that it has printed something else.  The folder of the program's project, which
 * a traceback names, is left out wherever it comes, and of an address all but the region that it is
 * in: a schedule is the same in another checkout.
 */
#ifndef SW_PRINTED_H
#define SW_PRINTED_H

#include <sys/types.h>

/* n of these bytes were written to fd; a negative one is an error.  Returns n. */
ssize_t sw_printed_add(int fd, const char *bytes, ssize_t n);

#endif
