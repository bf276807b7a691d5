/* SPDX-License-Identifier: MIT
 *
 * tasklet_names.h - what the agent knows of each tasklet and channel, found by address.
 *
 * Names are the same in every run of the same decisions:
 *   tasklets  the actor's name; "main of T0" for a thread's main tasklet; else
 *             "tasklet#N" in the order of creation.  An actor or a main tasklet
 *             uses up no N if it is named before the next tasklet is made.
 *   channels  the variable of the namespace that is bound to it, the first in
 *             alphabetical order; else "channel#N" in the order of creation.
 *
 * A record lives as long as the process, so a pointer to one stays good.  When an
 * object is made at an address that was used before, its record starts anew: there
 * are never more records than addresses.  No reference is taken: an address is only
 * a key here, and nothing is read through it.
 *
 * Needs no Python.  One thread at a time, as event_writer.h says.
 */
#ifndef SW_AGENT_TASKLET_NAMES_H
#define SW_AGENT_TASKLET_NAMES_H

#include <stdint.h>

#include "contract/event_shm.h"

struct sw_tasklet {
    void *address;
    sw_text name;
    int actor; /* index in the plan, -1: none */
    unsigned home; /* ordinal of the thread that made it, or SW_THREAD_OTHER */
    uint32_t number; /* the N of "tasklet#N"; 0: named otherwise */
    int is_main; /* of its thread */
    uint32_t *spills; /* the spills under way, the innermost last: 2 * ordinal + asked for */
    uint32_t spill_depth;
    uint32_t spill_room;
};

struct sw_channel {
    void *address;
    sw_text name; /* 0 until it is asked for; final once found_name */
    int found_name;
    uint32_t number;
};

/* Returns the name of the variable that is bound to the channel, or 0. */
typedef sw_text (*sw_tasklet_names_finder)(void *channel);

/* find: asked at each naming of a channel until it has an answer; once only if
 * ask_once.  May be NULL. */
void sw_tasklet_names_start(sw_tasklet_names_finder find, int ask_once);

/* A new object at this address. */
struct sw_tasklet *sw_tasklet_names_tasklet_new(void *address, unsigned home);
struct sw_channel *sw_tasklet_names_channel_new(void *address);
/* The record, made if there is none.  NULL for NULL. */
struct sw_tasklet *sw_tasklet_names_tasklet(void *address);
struct sw_channel *sw_tasklet_names_channel(void *address);
/* The record, or NULL: for objects that may be something else. */
struct sw_tasklet *sw_tasklet_names_known_tasklet(void *address);

void sw_tasklet_names_set_actor(struct sw_tasklet *t, int actor, sw_text name);
void sw_tasklet_names_set_main(struct sw_tasklet *t, unsigned thread);
/* 0 for NULL. */
sw_text sw_tasklet_names_of_tasklet(const struct sw_tasklet *t);
sw_text sw_tasklet_names_of_channel(struct sw_channel *c);

#endif
