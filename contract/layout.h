/* SPDX-License-Identifier: MIT
 *
 * layout.h - where the program's objects lie, and how its texts are hashed, as a number.
 *
 * CPython hashes an object by its address, unless its class says otherwise, and texts by a seed.  So
 * the order in which a set gives what is in it follows from both, and with it the order in which
 * waiters in a set are woken, say.  A layout is a number from 0 on, and stands for one choice of
 * both (harness/control/python/object_layout.h), and of the hashes that objects get in place of
 * those of their addresses (object_hash.h).  0 is the default.
 *
 * A process has one layout, from its start to its end, since its imports make objects, too.
 */
#ifndef SW_LAYOUT_H
#define SW_LAYOUT_H

#include <stdint.h>

#include "chance.h"

enum { SW_LAYOUTS_DEFAULT = 8 }; /* that a search varies, where the program follows such orders */

/* How many there are, of which count were asked for; 0: nobody has. */
static inline uint32_t sw_layout_count(uint32_t count)
{
    return count > 0 ? count : SW_LAYOUTS_DEFAULT;
}

/* Which one a seed has; FIXED: the first.  A process is started for another one, so that neighbours
 * have the same, and it changes with the chance, which may need a process of its own, too. */
static inline uint32_t sw_layout_of_seed(enum sw_chance_how how, uint32_t count, uint64_t seed)
{
    return how == SW_CHANCE_FIXED ? 0 : (sw_chance_of_seed(how, seed) - SW_CHANCE_FIRST) % count;
}

#endif
