/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "contract/fnv.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"

/* Twice as many as there are names: a probe is short. */
enum { SLOTS = 2 * SW_INPUTS_MAX, LISTINGS_AT_ONCE = 32 };

static uint64_t seen[SLOTS]; /* hashes; 0: free */

/* Of 64 bits: of 4,096 names two are taken for one with a probability of 2 ** -41. */
static uint64_t hash_of(const char *name, char how)
{
    uint64_t hash = SW_FNV_64 + (unsigned char)how;

    for (; *name != '\0'; name++)
        hash = sw_fnv_64(hash, (unsigned char)*name);
    return hash | 1;
}

/* Where it is, or would be. */
static uint64_t *find(uint64_t hash)
{
    uint32_t at = (uint32_t)(hash % SLOTS);

    while (seen[at] != 0 && seen[at] != hash)
        at = (at + 1) % SLOTS;
    return &seen[at];
}

/* 1: it is noted now, and was not before. */
static int note(const char *path, char how)
{
    struct sw_inputs *inputs = &sw_engine.shm->inputs;
    size_t size = strlen(path) + 2; /* how it was opened, and a NUL */
    uint64_t hash = hash_of(path, how), *slot = find(hash);

    if (*slot == hash)
        return 0;
    if (inputs->count >= SW_INPUTS_MAX || size > SW_INPUTS_TEXT_MAX - inputs->used ||
        (how == 'l' && inputs->listing_count >= SW_LISTINGS_MAX)) {
        inputs->lost = 1;
        return 0;
    }
    *slot = hash;
    inputs->text[inputs->used] = how;
    memcpy(inputs->text + inputs->used + 1, path, size - 1);
    inputs->used += (uint32_t)size;
    inputs->count++;
    return 1;
}

void sw_inputs_note(int folder, const char *path, int writes)
{
    if (sw_engine_self() != NULL && (folder == AT_FDCWD || *path == '/'))
        note(path, writes ? 'w' : 'r');
}

/* ---- listings ---- */

/* Those that are under way: of more than these the oldest is given up. */
static struct {
    const void *folder; /* NULL: free */
    struct sw_listing *listing;
} under_way[LISTINGS_AT_ONCE];
static uint32_t next;

static void stop_listing(const void *folder)
{
    for (uint32_t i = 0; i < LISTINGS_AT_ONCE; i++)
        if (under_way[i].folder == folder)
            under_way[i].folder = NULL;
}

void sw_inputs_begin_listing(const char *path, const void *folder)
{
    struct sw_inputs *inputs = sw_engine_self() != NULL ? &sw_engine.shm->inputs : NULL;

    if (inputs == NULL || folder == NULL)
        return;
    stop_listing(folder); /* one that was closed had the same address */
    if (!note(path, 'l'))
        return;
    struct sw_listing *listing = &inputs->listings[inputs->listing_count++];
    *listing = (struct sw_listing){.order = SW_FNV_64};
    under_way[next].folder = folder;
    under_way[next].listing = listing;
    next = (next + 1) % LISTINGS_AT_ONCE;
}

void sw_inputs_list(const void *folder, const char *name)
{
    struct sw_listing *listing = NULL;

    for (uint32_t i = 0; i < LISTINGS_AT_ONCE && listing == NULL; i++)
        if (under_way[i].folder == folder)
            listing = under_way[i].listing;
    if (listing == NULL)
        return;
    if (name == NULL) {
        stop_listing(folder);
        return;
    }
    uint64_t hash = sw_fnv_64_text(name);
    listing->name_count++;
    listing->sum += hash;
    for (int i = 0; i < 8; i++)
        listing->order = sw_fnv_64(listing->order, (unsigned char)(hash >> 8 * i));
}
