/* SPDX-License-Identifier: MIT
 *
 * sync_objects.h - the program's mutexes, semaphores, ... by address, and their ordinals.
 *
 * An object is added when it is initialised, with a new ordinal even if the
 * address was another object's before.  One with a static initialiser is added
 * when it is first used.
 * A pointer to one is valid until the next call of a function of this module.
 */
#ifndef SW_SYNC_OBJECTS_H
#define SW_SYNC_OBJECTS_H

#include <stdint.h>

enum sw_object_kind {
    SW_OBJECT_MUTEX,
    SW_OBJECT_COND,
    SW_OBJECT_SEM,
    SW_OBJECT_RWLOCK,
    SW_OBJECT_BARRIER,
    SW_OBJECT_ONCE,
    SW_OBJECT_SPIN,
};

#define SW_OBJECT_NOBODY 0xffffffffu

struct sw_object {
    const void *address; /* NULL: a free entry */
    uint32_t ordinal; /* from 1 */
    enum sw_object_kind kind;
    uint32_t holder;  /* ordinal of the thread that took it last; SW_OBJECT_NOBODY */
    int is_lock;      /* SEM: an interpreter's lock is made of it */
    int is_shared;    /* MUTEX, SEM: another process may release it */
    uint32_t limit;   /* BARRIER: how many must arrive */
    uint32_t arrived; /* BARRIER */
    uint32_t writer;  /* RWLOCK: as rwlock.c says */
    uint32_t handed;  /* RWLOCK: readers that have it and have not yet run */
};

/* A new one at the address, in place of any other. */
struct sw_object *sw_sync_objects_add(enum sw_object_kind kind, const void *address);
/* The one at the address; added if there is none, or one of another kind. */
struct sw_object *sw_sync_objects_get(enum sw_object_kind kind, const void *address);
/* The one at the address, or NULL. */
struct sw_object *sw_sync_objects_find(const void *address);
/* The one with that ordinal, or NULL.  It looks at all. */
struct sw_object *sw_sync_objects_find_ordinal(uint32_t ordinal);
/* What a thread holds: locks of all kinds.  Fills in at most max ordinals, the
 * lowest, ascending; how many there are. */
uint32_t sw_sync_objects_held(uint32_t holder, uint32_t *ordinals, uint32_t max);
void sw_sync_objects_remove(const void *address);
/* The last ordinal that was given. */
uint32_t sw_sync_objects_last(void);
/* Removes those with a greater ordinal; the next object gets the ordinal after this one. */
void sw_sync_objects_forget_after(uint32_t ordinal);
/* "mutex", "semaphore", "lock", ...; of NULL: "object". */
const char *sw_sync_objects_name(const struct sw_object *object);

#endif
