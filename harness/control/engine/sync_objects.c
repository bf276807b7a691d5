/* SPDX-License-Identifier: MIT */
#include "sync_objects.h"

#include <assert.h>
#include <stddef.h>
#include <sys/mman.h>

#include "engine_state.h"
#include "explain.h"
#include "outcome.h"

/* Open addressing with linear probing; at most half full, so that a search that fails looks at two
 * or three entries.  Mapped, not allocated: the program's heap must not feel the engine, or
 * addresses would differ with it. */
static struct sw_object *table;
static uint32_t size; /* a power of two; 0 before the first object */
static uint32_t used;
static uint32_t last_born;
static uint32_t last_ordinal; /* that was given in this naming */
static uint32_t naming = 1; /* one of an object's that is another is of an earlier schedule */

static uint32_t home_of(const void *address)
{
    /* The low three bits of an aligned address are 0.  The factor is 2 to the 64th divided by the
     * golden ratio: Fibonacci hashing, whose high half is well mixed. */
    return (uint32_t)(((uintptr_t)address >> 3) * 0x9e3779b97f4a7c15u >> 32) & (size - 1);
}

static struct sw_object *slot_of(const void *address)
{
    uint32_t i = home_of(address);

    while (table[i].address != NULL && table[i].address != address)
        i = (i + 1) & (size - 1);
    return &table[i];
}

static void grow(void)
{
    struct sw_object *old = table;
    uint32_t old_size = size;

    /* 4096 entries of 64 bytes: most programs have fewer than 2000 objects at once and never
     * grow. */
    size = size == 0 ? 4096 : size * 2;
    table = mmap(NULL, size * sizeof *table, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                 -1, 0);
    if (table == MAP_FAILED)
        sw_outcome_end(SW_END_ERROR, "no memory for %u objects", size);
    /* Every entry's home depends on the size, so that all are put in anew. */
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].address != NULL)
            *slot_of(old[i].address) = old[i];
    if (old != NULL)
        munmap(old, old_size * sizeof *old);
}

struct sw_object *sw_sync_objects_add(enum sw_object_kind kind, const void *address)
{
    assert(address != NULL);
    if (used * 2 >= size)
        grow();
    struct sw_object *slot = slot_of(address);
    used += slot->address == NULL;
    /* Another one even where one has been before: a mutex that is made where another was destroyed
     * is not that one, in every run at the same point. */
    *slot = (struct sw_object){
        .address = address, .born = ++last_born, .kind = kind, .holder = SW_OBJECT_NOBODY};
    return slot;
}

struct sw_object *sw_sync_objects_find(const void *address)
{
    struct sw_object *slot = size > 0 ? slot_of(address) : NULL;

    return slot != NULL && slot->address != NULL ? slot : NULL;
}

struct sw_object *sw_sync_objects_get(enum sw_object_kind kind, const void *address)
{
    struct sw_object *found = sw_sync_objects_find(address);

    return found != NULL && found->kind == kind ? found : sw_sync_objects_add(kind, address);
}

void sw_sync_objects_remove(const void *address)
{
    struct sw_object *found = sw_sync_objects_find(address);

    if (found == NULL)
        return;
    /* Backward-shift deletion: close the gap in the probe chain.  An entry behind the hole moves
     * into it unless its home lies between the hole and itself, where a search for it begins too
     * late to meet the hole. */
    uint32_t hole = (uint32_t)(found - table);
    for (uint32_t i = (hole + 1) & (size - 1); table[i].address != NULL; i = (i + 1) & (size - 1)) {
        uint32_t home = home_of(table[i].address);
        if (((i - home) & (size - 1)) < ((i - hole) & (size - 1)))
            continue;
        table[hole] = table[i];
        hole = i;
    }
    table[hole].address = NULL;
    used--;
}

uint32_t sw_sync_objects_last(void)
{
    return last_born;
}

void sw_sync_objects_forget_after(uint32_t born)
{
    uint32_t i = 0;

    while (last_born > born && i < size) {
        if (table[i].address != NULL && table[i].born > born)
            sw_sync_objects_remove(table[i].address); /* and look again at who moved up */
        else
            i++;
    }
    last_born = born;
}

/* ---- ordinals ---- */

/* Nothing is written to the table, most of which a schedule leaves alone: each page that it writes
 * is to be put back behind it (memory_image.h). */
void sw_sync_objects_begin(void)
{
    naming++;
    last_ordinal = 0;
}

uint32_t sw_sync_objects_ordinal(struct sw_object *object)
{
    if (object->naming == naming)
        return object->ordinal;
    object->naming = naming;
    object->ordinal = ++last_ordinal;
    if (object->is_noted)
        sw_explain_named(object->born, object->ordinal);
    object->is_noted = 0;
    return object->ordinal;
}

uint32_t sw_sync_objects_noted(struct sw_object *object)
{
    if (sw_engine.live_count > 1 || object->naming == naming)
        return sw_sync_objects_ordinal(object);
    return 0;
}

struct sw_object *sw_sync_objects_find_ordinal(uint32_t ordinal)
{
    for (uint32_t i = 0; i < size; i++)
        if (table[i].address != NULL && table[i].naming == naming && table[i].ordinal == ordinal)
            return &table[i];
    return NULL;
}

static int can_be_held(const struct sw_object *object)
{
    return object->kind == SW_OBJECT_MUTEX || object->kind == SW_OBJECT_RWLOCK ||
           object->kind == SW_OBJECT_SPIN || (object->kind == SW_OBJECT_SEM && object->is_lock);
}

uint32_t sw_sync_objects_held(uint32_t holder, struct sw_object **objects, uint32_t max)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < size; i++) {
        if (table[i].address == NULL || table[i].holder != holder || !can_be_held(&table[i]))
            continue;
        /* Insertion into the sorted beginning: of more than max the oldest are kept, so that a
         * report is the same whatever the table's order. */
        uint32_t at = count < max ? count : max;
        for (; at > 0 && objects[at - 1]->born > table[i].born; at--)
            if (at < max)
                objects[at] = objects[at - 1];
        if (at < max)
            objects[at] = &table[i];
        count++;
    }
    return count;
}

const char *sw_sync_objects_name(const struct sw_object *object)
{
    static const char *const names[] = {"mutex",   "condition", "semaphore", "rwlock",
                                        "barrier", "once",      "spin lock"};

    if (object == NULL)
        return "object";
    return object->kind == SW_OBJECT_SEM && object->is_lock ? "lock" : names[object->kind];
}
