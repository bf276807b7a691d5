/* SPDX-License-Identifier: MIT
 *
 * random_driver.h - the drivers that need no file: the default, and a random walk.
 *
 * The walk is sticky: where the default is that the running thread goes on, it
 * leaves it with a chance of 1 in SW_RANDOM_DRIVER_STAY only, since a uniform one cuts
 * everything into equal crumbs and meets few bugs.  Where the running thread
 * cannot go on, all candidates are equal.  At a point it does something with a
 * chance of 1 in SW_RANDOM_DRIVER_NOTHING; but switches a fault on for the step with one of
 * 1 in SW_RANDOM_DRIVER_NO_FAULT: most steps have nothing to do with it.
 */
#ifndef SW_RANDOM_DRIVER_H
#define SW_RANDOM_DRIVER_H

#include "contract/decision.h"

enum {
    SW_RANDOM_DRIVER_STAY = 10,
    SW_RANDOM_DRIVER_NOTHING = 1000,
    SW_RANDOM_DRIVER_NO_FAULT = 16
};

struct sw_random_driver {
    struct sw_driver driver; /* first: a driver is its walk */
    uint64_t random; /* the generator's state; or the number */
};

/* A driver that always answers the default. */
struct sw_driver *sw_random_driver_default_answers(void);
/* Fills walk: the default, but at the decision of that number the candidate
 * behind it (the first, behind the last). */
struct sw_driver *sw_random_driver_switch(struct sw_random_driver *walk, uint64_t number);
/* Fills walk; equal seeds give equal answers to equal questions. */
struct sw_driver *sw_random_driver_init(struct sw_random_driver *walk, uint64_t seed);

#endif
