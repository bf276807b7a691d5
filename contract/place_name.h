/* SPDX-License-Identifier: MIT
 *
 * place_name.h - places that the program names: "choice:dice".
 *
 * All other places of a decision are numbered by us (decision.h).  The number of such a one is
 * made of its name alone, so that it is the same in every process, and a schedule can go from one
 * to another as it is.  Only where it is printed, or written, somebody must know the name:
 *
 *      the child      writes each name that it meets into the control memory
 *      the runner     looks there, while it has a control memory open, and at what it has read in
 *                     files; a name that it knows it puts into each new control memory, for the
 *                     child's own messages
 *
 * A name is one word of a .sched: SW_PLACE_NAME_PREFIX, and 1 to SW_PLACE_NAME_MAX characters that
 * need no quotes there.
 */
#ifndef SW_PLACE_NAME_H
#define SW_PLACE_NAME_H

#include <stdint.h>

#define SW_PLACE_NAME_PREFIX "choice:"
/* This bit is in the number of a named place, and in no other. */
#define SW_PLACE_NAMED 0x40000000u

enum {
    SW_PLACE_NAME_MAX = 40,  /* characters behind the prefix */
    SW_PLACE_NAME_SIZE = 48, /* bytes of all of it, with its NUL */
    SW_PLACE_NAMES_MAX = 1024,
};

/* In the control memory.  Whoever reads it checks what is there. */
struct sw_place_names {
    uint32_t count;
    char names[SW_PLACE_NAMES_MAX][SW_PLACE_NAME_SIZE];
};

/* Is it one, with its prefix? */
int sw_place_name_is_valid(const char *name);
/* Of a valid name: its number.  About one pair of names in 2 ** 30 has the same. */
uint32_t sw_place_name_number(const char *name);

/* Puts a valid name there, if it is not there yet.  Its number; 0: the table is full, or has
 * another name of this number.  Allocates nothing. */
uint32_t sw_place_name_put(struct sw_place_names *table, const char *name);
/* The same, for as long as this process lives. */
uint32_t sw_place_name_keep(const char *name);

/* From now on sw_place_name_find() looks there, too; and what is kept is put there. */
void sw_place_name_lend(struct sw_place_names *table);
/* Nobody looks there any more: its names are kept. */
void sw_place_name_take_back(struct sw_place_names *table);

/* The name of that number, NULL if nobody knows it. */
const char *sw_place_name_find(uint32_t number);

#endif
