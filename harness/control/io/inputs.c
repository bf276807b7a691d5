/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "contract/fnv.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"

/* Twice as many as there are names: a probe is short. */
enum { SLOTS = 2 * SW_INPUTS_MAX };

static uint64_t seen[SLOTS]; /* hashes; 0: free */

/* Of 64 bits: of 4,096 names two are taken for one with a probability of 2 ** -41. */
static uint64_t hash_of(const char *name, int writes)
{
    uint64_t hash = SW_FNV_64 + (uint64_t)writes;

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

void sw_inputs_note(int folder, const char *path, int writes)
{
    struct sw_control_shm *shm = sw_engine.shm;
    size_t size = strlen(path) + 2; /* how it was opened, and a NUL */

    if (sw_engine_self() == NULL || (folder != AT_FDCWD && *path != '/'))
        return;
    struct sw_inputs *inputs = &shm->inputs;
    uint64_t hash = hash_of(path, writes), *slot = find(hash);
    if (*slot == hash)
        return;
    if (inputs->count >= SW_INPUTS_MAX || size > SW_INPUTS_TEXT_MAX - inputs->used) {
        inputs->lost = 1;
        return;
    }
    *slot = hash;
    inputs->text[inputs->used] = writes ? 'w' : 'r';
    memcpy(inputs->text + inputs->used + 1, path, size - 1);
    inputs->used += (uint32_t)size;
    inputs->count++;
}
