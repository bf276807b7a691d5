/* SPDX-License-Identifier: MIT */
#include "decision.h"

#include <assert.h>
#include <string.h>

static const char *const verbs[] = {
#define KIND_VERB(id, verb) verb,
    SW_DECISION_KINDS(KIND_VERB)
#undef KIND_VERB
};

static const char *const places[] = {
#define PLACE_NAME(id, name) name,
    SW_PLACES(PLACE_NAME)
#undef PLACE_NAME
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t sw_decision_hash(uint64_t hash, const struct sw_decision *decision, uint32_t choice)
{
    assert(choice < decision->count && decision->fallback < decision->count);
    hash = mix(hash, (uint64_t)decision->thread << 32 | decision->object);
    hash = mix(hash, (uint64_t)decision->place << 48 | (uint64_t)decision->kind << 32 |
                         decision->candidates[choice]);
    for (uint32_t i = 0; i < decision->count; i++)
        hash = mix(hash, (uint64_t)i << 32 | decision->candidates[i]);
    return hash;
}

const char *sw_decision_verb(unsigned kind)
{
    return kind < SW_DECIDE_COUNT ? verbs[kind] : "unknown";
}

const char *sw_decision_place(unsigned place)
{
    return place < SW_PLACE_COUNT ? places[place] : "unknown";
}

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

int sw_decision_find_verb(const char *verb)
{
    return find(verbs, SW_DECIDE_COUNT, verb);
}

int sw_decision_find_place(const char *name)
{
    return find(places, SW_PLACE_COUNT, name);
}

uint64_t sw_decision_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
