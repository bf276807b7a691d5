/* SPDX-License-Identifier: MIT
 *
 * random_seeds.h - was what was drawn before the schedule began of any use in it?
 *
 * `import random` draws a seed, and many a test imports it and asks for no number.  So the generators
 * that Python's library makes for itself are looked at: if all that was drawn before the first
 * begin went into them, and each is at the schedule's end as it was at its begin, then the schedule
 * does not follow what was drawn.  Whatever is not known for certain, is use.
 *
 * Which draw went into which generator is known by its state: CPython seeds its Mersenne Twister with
 * 624 words, all of one draw (from 3.7 on; some versions make each generator twice, and its first
 * draw is in none).
 */
#ifndef SW_RANDOM_SEEDS_H
#define SW_RANDOM_SEEDS_H

#include <stddef.h>

#include "harness/control/engine/real.h"

/* These bytes were drawn. */
void sw_random_seeds_drawn(const void *bytes, size_t size);

/* Of the starter, before the first begin: a _random.Random that is of Python's library.  may_be_used:
 * numbers from it may have been used before, but for nothing that the program sees. */
SW_EXPORT void spillway_library_generator(const void *object, int may_be_used);

/* A schedule begins, and it has ended: 1, as nothing that it followed was drawn. */
void sw_random_seeds_begin(void);
int sw_random_seeds_are_unused(void);

#endif
