/* SPDX-License-Identifier: MIT
 *
 * random_seeds.h - was what was drawn before the schedule began of any use in it?
 *
 * `import random` draws a seed, and many a test imports it and asks for no number.  So the generators
 * that Python's library makes for itself are looked at: if all that was drawn before the first
 * begin went into them, and each is at the schedule's end as it was at its begin, then the schedule
 * does not follow what was drawn.  Whatever is not known for certain, is use.
 *
 * Names of temporary files are drawn, too, and count for nothing: they are only to differ.
 *
 * Which draw went into which generator is known by its state: CPython seeds its Mersenne Twister with
 * 624 words, all of one draw.  Some versions seed each generator twice when it is made, one draw
 * behind the other, and the first is in none.
 */
#ifndef SW_RANDOM_SEEDS_H
#define SW_RANDOM_SEEDS_H

#include <stddef.h>

#include "harness/control/engine/real.h"

/* These bytes were drawn. */
void sw_random_seeds_drawn(const void *bytes, size_t size);

/* Of the starter, before the first begin: a _random.Random that is of Python's library, and how many
 * draws were made for it.  is_for_names: what comes from it, now or later, is names of temporary
 * files. */
SW_EXPORT void spillway_library_generator(const void *object, int is_for_names, int draws);
/* 1: what is drawn from now on, before the first begin, is for such names; 0: that is over. */
SW_EXPORT void spillway_library_draws(int begins);

/* A schedule begins; and it has ended, whatever by: it follows what was drawn, or not (struct
 * sw_control_shm, follows). */
void sw_random_seeds_begin(void);
void sw_random_seeds_end(void);

#endif
