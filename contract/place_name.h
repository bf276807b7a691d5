/* SPDX-License-Identifier: MIT
 *
 * place_name.h - places that the program names: "choice:dice".
 *
 * All other places of a decision have fixed numbers (decision.h).  The number of a named place is
 * a hash of its name, so that it is the same in every process and a schedule can be handed from one
 * to another without translation.  The name itself is needed only where it is printed or written:
 *
 *      child      puts each name that it meets into the control memory
 *      runner     looks names up in every control memory that it has open, and among those that it
 *                 has read in files; it puts all that it knows into each new control memory, since
 *                 the child has messages, too
 *
 * A name is one word of a .sched that needs no quotes: SW_PLACE_NAME_PREFIX, and 1 to
 * SW_PLACE_NAME_MAX characters.
 */
#ifndef SW_PLACE_NAME_H
#define SW_PLACE_NAME_H

#include <stdint.h>

#define SW_PLACE_NAME_PREFIX "choice:"
/* Set in the number of a named place, and in no other place's. */
#define SW_PLACE_NAMED 0x40000000u

enum {
    SW_PLACE_NAME_MAX = 40,  /* characters behind the prefix */
    SW_PLACE_NAME_SIZE = 48, /* bytes of all of it, with its NUL */
    SW_PLACE_NAMES_MAX = 1024,
};

/* In the control memory, where a crashing child may have scribbled: whoever reads it checks it. */
struct sw_place_names {
    uint32_t count;
    char names[SW_PLACE_NAMES_MAX][SW_PLACE_NAME_SIZE];
};

/* Is it one, with its prefix? */
int sw_place_name_is_valid(const char *name);
/* The number of a valid name.  Two names have the same with a probability of 1 in 2 ** 30. */
uint32_t sw_place_name_number(const char *name);

/* Adds a valid name, unless it is there.  Returns its number; 0: the table is full, or has another
 * name with this number.  Allocates nothing. */
uint32_t sw_place_name_put(struct sw_place_names *table, const char *name);
/* The same for a table of this process's own, which grows and is kept until it ends. */
uint32_t sw_place_name_keep(const char *name);

/* Adds all names that are kept to the table, in which sw_place_name_find() looks from now on. */
void sw_place_name_lend(struct sw_place_names *table);
/* Ends that: the table's names are kept. */
void sw_place_name_take_back(struct sw_place_names *table);

/* The name of that number, NULL if nobody knows it. */
const char *sw_place_name_find(uint32_t number);

#endif
