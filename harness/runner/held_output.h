/* SPDX-License-Identifier: MIT
 *
 * held_output.h - what a program writes to one of its standard files, held back while it runs: of much
 * of it the begin and the end, whatever it writes in all.
 *
 * A thread of the runner's reads it, so that the program never waits for us, and nothing but these
 * bytes takes memory.
 */
#ifndef SW_HELD_OUTPUT_H
#define SW_HELD_OUTPUT_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

enum { SW_HELD_BEGIN = 16 << 10, SW_HELD_END = 64 << 10 };

struct sw_held_output {
    int fd; /* where the program writes; 0: it is not held, and goes where the runner's goes */
    int from, stop;
    pthread_t thread;
    uint64_t total; /* bytes; from here on: once it has ended */
    char begin[SW_HELD_BEGIN];
    char end[SW_HELD_END]; /* what is behind begin; the byte number n of it is at n % SW_HELD_END */
};

/* Where that does not work, fd is 0. */
void sw_held_output_start(struct sw_held_output *held);
/* The program has ended: what others still write is not waited for. */
void sw_held_output_stop(struct sw_held_output *held);
/* With a line about what is left out. */
void sw_held_output_print(const struct sw_held_output *held, FILE *out);
/* The end alone, which has the traceback; NULL: out of memory, or it was not held. */
char *sw_held_output_end(const struct sw_held_output *held);

#endif
