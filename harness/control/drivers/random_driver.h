/* SPDX-License-Identifier: MIT
 *
 * random_driver.h - the drivers that need no file: the default, one switch, and a random walk.
 *
 * The random walk is sticky: where a kind of decision has a default that is worth keeping
 * (contract/decision_kind.h, keeps) the walk leaves it seldom.  A uniform walk would switch threads
 * at nearly every decision, and would miss bugs that need a thread to get far in one piece.  Where
 * no default is worth keeping, or the running thread cannot go on, all candidates are equally
 * likely.
 */
#ifndef SW_RANDOM_DRIVER_H
#define SW_RANDOM_DRIVER_H

#include "contract/decision.h"

struct sw_random_driver {
    struct sw_driver driver; /* first, so that the driver that is asked is this struct */
    uint64_t random; /* the generator's state; of the switch: the decision's number */
};

/* A driver that always answers the default. */
struct sw_driver *sw_random_driver_default_answers(void);
/* Fills self: the default, but at the decision of that number the candidate behind it (behind the
 * last, the first). */
struct sw_driver *sw_random_driver_switch(struct sw_random_driver *self, uint64_t number);
/* Fills self with the random walk: equal seeds give equal answers to equal questions. */
struct sw_driver *sw_random_driver_init(struct sw_random_driver *self, uint64_t seed);

#endif
