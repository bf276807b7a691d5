/* SPDX-License-Identifier: MIT
 *
 * chance.h - which random numbers a run has, as a number.
 *
 * A chance is a number from 1 on, and stands for one sequence of random bytes: all that a program
 * draws (harness/control/time/random_bytes.h) follows from it, and with that the seed that Python's
 * random gives itself.  The first is the default.  0 is said where nobody has chosen: then it is the
 * first, and a search may vary it.
 *
 * A search that varies it has one for each seed.  Seeds that follow one another have the same, since
 * a program that has drawn before its schedules begin has to be started anew for another one: so of
 * the first 50 seeds there are 11, and of the first 1,000 there are 28.  Where a chance costs nothing,
 * or is all that there is to vary, each seed has its own.
 */
#ifndef SW_CHANCE_H
#define SW_CHANCE_H

#include <stdint.h>

enum { SW_CHANCE_FIRST = 1 };

/* How many seeds have one chance. */
enum sw_chance_how {
    SW_CHANCE_FIXED,  /* all: it does not depend on the seed */
    SW_CHANCE_SHARED, /* a quarter of the power of two below the seed, and at least 4 */
    SW_CHANCE_OWN,    /* one */
};

static inline uint64_t sw_chance_seeds(enum sw_chance_how how, uint64_t seed)
{
    uint64_t power = 16;

    while (power <= seed / 2)
        power *= 2;
    return how == SW_CHANCE_OWN ? 1 : power / 4;
}

/* FIXED: as SHARED; nobody asks. */
static inline uint32_t sw_chance_of_seed(enum sw_chance_how how, uint64_t seed)
{
    uint64_t many = sw_chance_seeds(how, seed), before = 0;

    if (how == SW_CHANCE_OWN)
        return (uint32_t)seed > SW_CHANCE_FIRST ? (uint32_t)seed : SW_CHANCE_FIRST;
    /* Each power of two from 16 on has four of them. */
    for (uint64_t power = 16; power < many * 4; power *= 2)
        before += 4;
    return (uint32_t)(SW_CHANCE_FIRST + before + seed / many);
}

/* How many more seeds, each greater by step, have the chance of this one. */
static inline uint64_t sw_chance_seeds_left(enum sw_chance_how how, uint64_t seed, uint64_t step)
{
    uint64_t many = sw_chance_seeds(how, seed);

    return (many - 1 - seed % many) / step;
}

#endif
