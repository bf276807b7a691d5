/* SPDX-License-Identifier: MIT
 *
 * random_driver.h - the drivers that need no file: the default, and a random walk.
 *
 * The walk is sticky: where a kind of decision has a default that is worth keeping
 * (contract/decision_kind.h, keeps) it leaves it seldom.  Where it has none, or where the running
 * thread cannot go on, all candidates are equal.
 */
#ifndef SW_RANDOM_DRIVER_H
#define SW_RANDOM_DRIVER_H

#include "contract/decision.h"

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
