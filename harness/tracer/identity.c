/* SPDX-License-Identifier: MIT */
#include <Python.h>

#include "identity.h"

/* Of libspillway.so, which is in the process already: it ends a schedule with half as many
 * variables as there is room for objects here. */
extern uint64_t spillway_access_schedule(void);

enum { TABLE_SIZE = 1 << 16 };

/* Open addressing; an entry of an earlier schedule is a free one.  number 0: it had one. */
static struct entry {
    const void *address;
    uint64_t schedule, number;
    uint64_t thread; /* that has named it, by its number; 0: several */
} table[TABLE_SIZE];

static uint64_t schedule, last;

static struct entry *find(const void *address)
{
    uint32_t i = (uint32_t)(((uintptr_t)address >> 4) * 0xff51afd7ed558ccdu >> 48);

    while (table[i].schedule == schedule && table[i].address != address)
        i = (i + 1) & (TABLE_SIZE - 1);
    return &table[i];
}

const void *sw_identity_of(const void *object)
{
    if (object == NULL)
        return NULL;
    if (schedule != spillway_access_schedule())
        last = 0;
    schedule = spillway_access_schedule();
    struct entry *entry = find(object);
    if (entry->schedule != schedule)
        *entry = (struct entry){object, schedule, 0, 0};
    if (entry->number == 0) {
        entry->number = ++last;
        entry->thread = PyThreadState_Get()->id;
    } else if (entry->thread != PyThreadState_Get()->id)
        entry->thread = 0;
    return (const void *)(uintptr_t)entry->number;
}

int sw_identity_is_named(const void *object)
{
    /* Nothing has a name yet: what stands in the table is of an earlier one, or of none. */
    if (schedule != spillway_access_schedule())
        return 0;
    const struct entry *entry = find(object);
    return entry->schedule == schedule && entry->number != 0;
}

int sw_identity_is_of_others(const void *object)
{
    return sw_identity_is_named(object) && find(object)->thread != PyThreadState_Get()->id;
}

static void forget(const void *object)
{
    struct entry *entry = find(object);

    if (entry->schedule == schedule)
        entry->number = 0;
}

/* ---- the allocator ---- */

static PyMemAllocatorEx below;

/* In front of an object stand what the collector needs, 16 bytes, and perhaps the two words of its
 * attributes, which are as many. */
static void forget_block(const char *block)
{
    if (last == 0 || block == NULL)
        return;
    for (int before = 0; before <= 32; before += 16)
        forget(block + before);
}

static void *allocate(void *context, size_t size)
{
    (void)context;
    return below.malloc(below.ctx, size);
}

static void *allocate_clear(void *context, size_t count, size_t size)
{
    (void)context;
    return below.calloc(below.ctx, count, size);
}

static void *change_size(void *context, void *block, size_t size)
{
    void *moved = below.realloc(below.ctx, block, size);

    (void)context;
    if (moved != NULL && moved != block)
        forget_block(block);
    return moved;
}

static void give_back(void *context, void *block)
{
    (void)context;
    forget_block(block);
    below.free(below.ctx, block);
}

/* ---- lists of their own ---- */

static destructor list_ends, dict_ends;

static void on_list_end(PyObject *list)
{
    if (last > 0)
        forget(list);
    list_ends(list);
}

static void on_dict_end(PyObject *dict)
{
    if (last > 0)
        forget(dict);
    dict_ends(dict);
}

void sw_identity_begin(void)
{
    PyMemAllocatorEx ours = {NULL, allocate, allocate_clear, change_size, give_back};

    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &ours);
    list_ends = PyList_Type.tp_dealloc;
    dict_ends = PyDict_Type.tp_dealloc;
    PyList_Type.tp_dealloc = on_list_end;
    PyDict_Type.tp_dealloc = on_dict_end;
}
