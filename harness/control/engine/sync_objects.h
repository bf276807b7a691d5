/* SPDX-License-Identifier: MIT
 *
 * sync_objects.h - the program's mutexes, semaphores, ... by address, and their ordinals.
 *
 * An object is added when it is initialised, as another one even if the address
 * was another object's before.  One with a static initialiser is added when it
 * is first used.
 *
 * It is called by its ordinal, which it gets when it is first named in a
 * schedule: by a decision, by a wait, or by a thread that takes it or gives it
 * back while there are others.  So an ordinal depends on nothing but the
 * schedule; not on how many objects there were before, which is another number
 * on a machine whose .pth files import more.  It is another one in another
 * schedule: whoever compares schedules has names of its own (access.h).
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
    uint32_t born; /* which one of the process it is, from 1 */
    uint32_t ordinal, naming; /* of sw_sync_objects_ordinal() alone */
    int is_noted; /* in the log of what happened, without an ordinal */
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
/* What a thread holds: locks of all kinds.  Fills in at most max of them, the
 * oldest, in the order in which they came; how many there are. */
uint32_t sw_sync_objects_held(uint32_t holder, struct sw_object **objects, uint32_t max);
void sw_sync_objects_remove(const void *address);

/* Its name from here on, from 1. */
uint32_t sw_sync_objects_ordinal(struct sw_object *object);
/* The same for who only notes what was done: a thread that is alone names nothing, since what it
 * does is no part of a schedule.  0 then, if nobody has named it yet. */
uint32_t sw_sync_objects_noted(struct sw_object *object);
/* A schedule begins: nobody has been named. */
void sw_sync_objects_begin(void);

/* How many there have been. */
uint32_t sw_sync_objects_last(void);
/* Removes those that came after the first so many, which may come again. */
void sw_sync_objects_forget_after(uint32_t born);
/* "mutex", "semaphore", "lock", ...; of NULL: "object". */
const char *sw_sync_objects_name(const struct sw_object *object);

#endif
