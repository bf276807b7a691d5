/* SPDX-License-Identifier: MIT
 *
 * dpor_store.h - a search as text, so that another process can go on with it.
 *
 *      node 1             an event of the path, in their order: its thread
 *      sleeps 0 2         the threads that sleep there
 *      branch 1 2 3 14 9  of its tree, in depth first order: depth, from 1; thread; operation,
 *                         object; objects that were known
 *
 * With the path its counts are kept.  All else follows from the next trace.  What is read may be
 * anything: it is checked.
 */
#ifndef SW_DPOR_STORE_H
#define SW_DPOR_STORE_H

#include <stdio.h>

#include "dpor.h"

/* Between two runs: behind observe(), in front of next(). */
void sw_dpor_store_write(const struct sw_dpor *search, FILE *out);

/* To a new search; lines that belong to others are not for it.  1: that was one of its lines; 0: it
 * is none; -1: it is damaged, or there is no memory. */
int sw_dpor_store_read_line(struct sw_dpor *search, const char *line);

#endif
