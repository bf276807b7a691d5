/* SPDX-License-Identifier: MIT
 *
 * canary_kept.h - what other processes have found out about an interpreter.
 *
 * The canary starts an interpreter ten to thirty times, before "nothing was found" is believed.
 * Whoever calls explore hundreds of times, as our own tests do, may name a folder in SPILLWAY_KNOWN.
 * A file there says what came out for an interpreter with a libspillway.so, and is named after both:
 * it counts as long as neither is another file.  Only that an interpreter is controlled is kept; what
 * is not is tried again each time.  A file that is not whole, or not this user's, does not count.
 *
 * Without the variable each process tries for itself, as `spillway canary` does always.
 */
#ifndef SW_CANARY_KEPT_H
#define SW_CANARY_KEPT_H

#include "canary.h"

enum { SW_CANARY_KEPT_NAME = 200 };

/* 1: *out is what another process has found; 0: nothing is known, and *out is as it was. */
int sw_canary_kept_find(const char *name, struct sw_canary *out);

/* For the others; that it cannot be written is no error. */
void sw_canary_kept_add(const char *name, const struct sw_canary *canary);

#endif
