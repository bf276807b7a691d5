/* SPDX-License-Identifier: MIT
 *
 * exit.h - what spillway's exit status says.
 */
#ifndef SW_EXIT_H
#define SW_EXIT_H

enum {
    SW_EXIT_OK = 0,
    SW_EXIT_FAILED = 1, /* a failure was found, and shown to be one */
    SW_EXIT_ERROR = 2,  /* wrong use, bad input, or the harness itself */
    SW_EXIT_UNSURE = 3, /* undecided, and the output says why */
    SW_EXIT_INTERRUPTED = 130,
};

#endif
