/* SPDX-License-Identifier: MIT */
#include "random_seeds.h"

#include <stdint.h>
#include <string.h>

#include "contract/fnv.h"
#include "harness/control/engine/engine.h"

enum {
    WORDS = 624, /* of the generator's state, and of its seed */
    MIDDLE = 397,
    SEEDS_MAX = 8,
    GENERATORS_MAX = 4,
};

/* CPython's RandomObject, behind its head. */
struct generator {
    char head[16];
    int32_t next; /* which of the words: WORDS, none has been used of this state */
    uint32_t state[WORDS];
};

static struct {
    /* Of the state that each draw has made, and of the one that follows. */
    struct {
        uint64_t fresh, second;
        int is_found;
    } seeds[SEEDS_MAX];
    uint32_t seed_count;
    int is_unknown; /* something was drawn that is no such seed, or too much */
    const struct generator *generators[GENERATORS_MAX];
    uint64_t at_begin[GENERATORS_MAX];
    uint32_t generator_count;
    int is_for_names; /* what is drawn now */
    int begun;
    int drew; /* in this schedule */
} seeds;

/* ---- the generator, as its authors published it ---- */

static void make_state(uint32_t *state, const uint32_t *key)
{
    state[0] = 19650218;
    for (uint32_t i = 1; i < WORDS; i++)
        state[i] = 1812433253u * (state[i - 1] ^ state[i - 1] >> 30) + i;
    uint32_t i = 1;
    for (uint32_t j = 0; j < WORDS; j++) {
        state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) * 1664525u) + key[j] + j;
        if (++i == WORDS) {
            state[0] = state[WORDS - 1];
            i = 1;
        }
    }
    for (uint32_t k = WORDS - 1; k > 0; k--) {
        state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) * 1566083941u) - i;
        if (++i == WORDS) {
            state[0] = state[WORDS - 1];
            i = 1;
        }
    }
    state[0] = 0x80000000u;
}

static void make_next_state(uint32_t *state)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t y = (state[i] & 0x80000000u) | (state[(i + 1) % WORDS] & 0x7fffffffu);
        state[i] = state[(i + MIDDLE) % WORDS] ^ y >> 1 ^ ((y & 1) != 0 ? 0x9908b0dfu : 0);
    }
}

static uint64_t hash_of(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint64_t hash = SW_FNV_64;

    for (size_t i = 0; i < size; i++)
        hash = sw_fnv_64(hash, at[i]);
    return hash;
}

static uint64_t hash_now(const struct generator *generator)
{
    return hash_of(&generator->next, sizeof generator->next + sizeof generator->state);
}

/* ---- what was drawn ---- */

void sw_random_seeds_drawn(const void *bytes, size_t size)
{
    uint32_t key[WORDS], state[WORDS];

    seeds.drew = 1;
    if (seeds.begun || seeds.is_for_names)
        return;
    if (size != sizeof key || seeds.seed_count == SEEDS_MAX) {
        seeds.is_unknown = 1;
        return;
    }
    memcpy(key, bytes, size);
    make_state(state, key);
    seeds.seeds[seeds.seed_count].fresh = hash_of(state, sizeof state);
    make_next_state(state);
    seeds.seeds[seeds.seed_count++].second = hash_of(state, sizeof state);
}

void spillway_library_draws(int begins)
{
    seeds.is_for_names = begins;
}

void spillway_library_generator(const void *object, int is_for_names, int draws)
{
    const struct generator *generator = object;
    uint64_t hash = hash_of(generator->state, sizeof generator->state);

    if (seeds.begun || seeds.generator_count == GENERATORS_MAX)
        return;
    for (uint32_t i = 0; i < seeds.seed_count; i++) {
        int is_fresh = hash == seeds.seeds[i].fresh && generator->next == WORDS;
        if (!is_fresh && (!is_for_names || hash != seeds.seeds[i].second))
            continue;
        seeds.seeds[i].is_found = 1;
        /* Its maker's first draw.  Of one that was seeded again later this would be another's; then
         * its maker's last draw is found nowhere, and that counts as use. */
        if (draws > 1 && i > 0)
            seeds.seeds[i - 1].is_found = 1;
        if (!is_for_names)
            seeds.generators[seeds.generator_count++] = generator;
        return;
    }
}

void sw_random_seeds_begin(void)
{
    seeds.begun = 1;
    seeds.drew = 0;
    for (uint32_t i = 0; i < seeds.generator_count; i++)
        seeds.at_begin[i] = hash_now(seeds.generators[i]);
}

static int are_unused(void)
{
    int unused = !seeds.drew && !seeds.is_unknown;

    for (uint32_t i = 0; i < seeds.seed_count; i++)
        unused &= seeds.seeds[i].is_found;
    for (uint32_t i = 0; i < seeds.generator_count && unused; i++)
        unused = seeds.at_begin[i] == hash_now(seeds.generators[i]);
    return unused;
}

void sw_random_seeds_end(void)
{
    struct sw_control_shm *shm = sw_engine_shm();

    if (shm->loop_under_way && are_unused())
        shm->follows &= ~(uint32_t)SW_FOLLOWS_CHANCE;
}
