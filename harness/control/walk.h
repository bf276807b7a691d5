/* SPDX-License-Identifier: MIT
 *
 * walk.h - the drivers that need no file: the default, and a random walk.
 *
 * The walk is sticky: where the default is that the running thread goes on, it
 * leaves it with a chance of 1 in SW_WALK_STAY only, since a uniform one cuts
 * everything into equal crumbs and meets few bugs.  Where the running thread
 * cannot go on, all candidates are equal.  At a point it does something with a
 * chance of 1 in SW_WALK_NOTHING; but switches a fault on for the step with one of
 * 1 in SW_WALK_NO_FAULT: most steps have nothing to do with it.
 */
#ifndef SW_WALK_H
#define SW_WALK_H

#include "decision.h"

enum { SW_WALK_STAY = 10, SW_WALK_NOTHING = 1000, SW_WALK_NO_FAULT = 16 };

struct sw_walk {
    struct sw_driver driver; /* first: a driver is its walk */
    uint64_t random; /* the generator's state; or the number */
};

/* A driver that always answers the default. */
struct sw_driver *sw_walk_default(void);
/* Fills walk: the default, but at the decision of that number the candidate
 * behind it (the first, behind the last). */
struct sw_driver *sw_walk_switch(struct sw_walk *walk, uint64_t number);
/* Fills walk; equal seeds give equal answers to equal questions. */
struct sw_driver *sw_walk_random(struct sw_walk *walk, uint64_t seed);

#endif
