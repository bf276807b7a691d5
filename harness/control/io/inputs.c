/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "as_recorded.h"
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
    int is_later; /* the folder has been listed before */
    const struct sw_as_recorded_folder *recorded; /* NULL: nobody knows */
} under_way[LISTINGS_AT_ONCE];
static uint32_t next;
static uint64_t listed[SW_LISTINGS_MAX]; /* their names' hashes */

static void stop_listing(const void *folder)
{
    for (uint32_t i = 0; i < LISTINGS_AT_ONCE; i++)
        if (under_way[i].folder == folder)
            under_way[i].folder = NULL;
}

/* NULL: it was not, or there was no room. */
static struct sw_listing *find_listing(const char *path)
{
    struct sw_inputs *inputs = &sw_engine.shm->inputs;
    uint64_t hash = hash_of(path, 'l');

    for (uint32_t i = 0; i < inputs->listing_count && i < SW_LISTINGS_MAX; i++)
        if (listed[i] == hash)
            return &inputs->listings[i];
    return NULL;
}

static struct sw_listing *begin_first(const char *path)
{
    struct sw_inputs *inputs = &sw_engine.shm->inputs;

    listed[inputs->listing_count] = hash_of(path, 'l');
    struct sw_listing *listing = &inputs->listings[inputs->listing_count++];
    *listing = (struct sw_listing){.order = SW_FNV_64, .first = inputs->name_count};
    return listing;
}

void sw_inputs_begin_listing(const char *path, const void *folder)
{
    if (sw_engine_self() == NULL || folder == NULL)
        return;
    stop_listing(folder); /* one that was closed had the same address */
    int is_first = note(path, 'l');
    struct sw_listing *listing = is_first ? begin_first(path) : find_listing(path);
    if (listing == NULL)
        return;
    under_way[next].folder = folder;
    under_way[next].listing = listing;
    under_way[next].is_later = !is_first;
    under_way[next].recorded = sw_as_recorded_folder(path);
    next = (next + 1) % LISTINGS_AT_ONCE;
}

int sw_inputs_hides(const void *folder, const char *name)
{
    for (uint32_t i = 0; i < LISTINGS_AT_ONCE; i++)
        if (under_way[i].folder == folder && under_way[i].recorded != NULL)
            return sw_as_recorded_hides(under_way[i].recorded, name, under_way[i].is_later);
    return 0;
}

/* Where two listings are under way at once, or one is too long, its names are not kept. */
static void keep_name(struct sw_listing *listing, uint32_t name)
{
    struct sw_inputs *inputs = &sw_engine.shm->inputs;

    if (listing->is_unnamed || listing->name_count > SW_LISTED_NAMES_EACH ||
        inputs->name_count >= SW_LISTED_NAMES_MAX ||
        inputs->name_count != listing->first + listing->name_count - 1)
        listing->is_unnamed = 1;
    else
        inputs->names[inputs->name_count++] = name;
}

static int is_known(const struct sw_listing *listing, uint32_t name)
{
    const struct sw_inputs *inputs = &sw_engine.shm->inputs;

    for (uint32_t i = 0; i < listing->name_count; i++)
        if (inputs->names[listing->first + i] == name)
            return 1;
    for (uint32_t i = 0; i < inputs->later_count; i++)
        if (inputs->later[i].listing == (uint32_t)(listing - inputs->listings) &&
            inputs->later[i].name == name)
            return 1;
    return 0;
}

/* What was not there at first is no input, but is to be seen in a replay, too. */
static void keep_later(struct sw_listing *listing, uint32_t name)
{
    struct sw_inputs *inputs = &sw_engine.shm->inputs;

    if (listing->is_unnamed || is_known(listing, name))
        return;
    if (inputs->later_count >= SW_LISTED_NAMES_EACH)
        listing->is_unnamed = 1;
    else
        inputs->later[inputs->later_count++] =
            (struct sw_listed_later){(uint32_t)(listing - inputs->listings), name};
}

static void keep_first(struct sw_listing *listing, uint64_t hash)
{
    listing->name_count++;
    listing->sum += hash;
    keep_name(listing, sw_listed_name(hash));
    for (int i = 0; i < 8; i++)
        listing->order = sw_fnv_64(listing->order, (unsigned char)(hash >> 8 * i));
}

void sw_inputs_list(const void *folder, const char *name)
{
    uint32_t at = 0;

    while (at < LISTINGS_AT_ONCE && under_way[at].folder != folder)
        at++;
    if (at == LISTINGS_AT_ONCE)
        return;
    if (name == NULL)
        stop_listing(folder);
    else if (under_way[at].is_later)
        keep_later(under_way[at].listing, sw_listed_name(sw_fnv_64_text(name)));
    else
        keep_first(under_way[at].listing, sw_fnv_64_text(name));
}
