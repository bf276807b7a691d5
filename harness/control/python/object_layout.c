/* SPDX-License-Identifier: MIT */
#include "object_layout.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "contract/decision.h"
#include "contract/layout.h"

/* What is larger is no object that anybody puts into a set; classes, of 1 to 2 KiB, are the
 * largest that are. */
enum { SIZE_MAX_MOVED = 2048 };
enum { DOMAIN_OBJECTS = 2 }; /* PYMEM_DOMAIN_OBJ */

/* CPython's PyMemAllocatorEx. */
struct allocator {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t count, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
};

static struct allocator own; /* the interpreter's */
static uint32_t layout;

/* By its address and the layout, half of them: a good mix of both, one bit of which decides. */
static int is_left_out(const void *block)
{
    uint64_t mixed = (uintptr_t)block ^ (uint64_t)layout << 48;

    return block != NULL && (sw_decision_random(&mixed) & 1) != 0;
}

/* A block that is left out is never freed, so that none is looked at twice.  Nothing of it is kept:
 * a set of them would be memory, too. */
static void *allocate(void *context, size_t size)
{
    void *block = own.malloc(context, size);

    while (size <= SIZE_MAX_MOVED && is_left_out(block))
        block = own.malloc(context, size);
    return block;
}

static void *allocate_zeroed(void *context, size_t count, size_t size)
{
    void *block = own.calloc(context, count, size);

    while (count > 0 && size <= SIZE_MAX_MOVED / count && is_left_out(block))
        block = own.calloc(context, count, size);
    return block;
}

/* -1: it has none that stays: 3.6 puts its own back when it starts, and the symbol that is looked for
 * first came with 3.7. */
static int replace_allocator(void)
{
    void (*get)(int, struct allocator *) =
        (void (*)(int, struct allocator *))dlsym(RTLD_DEFAULT, "PyMem_GetAllocator");
    void (*set)(int, struct allocator *) =
        (void (*)(int, struct allocator *))dlsym(RTLD_DEFAULT, "PyMem_SetAllocator");

    if (dlsym(RTLD_DEFAULT, "PyThread_tss_create") == NULL || get == NULL || set == NULL)
        return -1;
    get(DOMAIN_OBJECTS, &own);
    struct allocator ours = own;
    ours.malloc = allocate;
    ours.calloc = allocate_zeroed;
    set(DOMAIN_OBJECTS, &ours);
    return 0;
}

/* 2.7 and 3.6: its sizes are multiples of 8, up to 512. */
static void take_some_away(void)
{
    enum { STEP = 8, LAST = 512, SOME = 32 };
    void *(*take)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "PyObject_Malloc");
    uint64_t mixed = layout;

    for (size_t size = STEP; take != NULL && size <= LAST; size += STEP)
        for (uint64_t left = sw_decision_random(&mixed) % SOME; left > 0; left--)
            take(size);
}

static void set_hash_seed(void)
{
    static const char name[] = "PYTHONHASHSEED=";
    static char text[sizeof name + 10];

    snprintf(text, sizeof text, "%s%u", name, layout);
    for (char **at = environ; *at != NULL; at++)
        if (strncmp(*at, name, sizeof name - 1) == 0)
            *at = text;
}

uint32_t sw_object_layout(void)
{
    return layout;
}

void sw_object_layout_start(struct sw_control_shm *shm)
{
    layout = shm->layout;
    if (shm->layout_how != SW_CHANCE_FIXED)
        layout = sw_layout_of_seed((enum sw_chance_how)shm->layout_how,
                                   sw_layout_count(shm->layouts), shm->seed);
    if (layout == 0)
        return;
    set_hash_seed();
    if (replace_allocator() < 0)
        take_some_away();
}
