/* SPDX-License-Identifier: MIT */
#include "decision.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "decision_kind.h"
#include "faults.h"
#include "place_name.h"
#include "points.h"
#include "search_faults.h"

_Static_assert((int)SW_PLACE_COUNT <= (int)SW_PLACE_POINTS, "points would be taken for places");

static const char *const places[] = {
#define PLACE_NAME(id, name) name,
    SW_PLACES(PLACE_NAME)
#undef PLACE_NAME
};

static const char *const points[] = {
#define POINT_NAME(id, name, flags, text) name,
    SLP_POINTS(POINT_NAME)
#undef POINT_NAME
};

static const char *const actions[] = {
#define ACTION_NAME(id, name) name,
    SW_ACTIONS(ACTION_NAME)
#undef ACTION_NAME
#define FAULT_NAME(id, name, source, text) "fault:" name,
        SLP_FAULTS(FAULT_NAME)
#undef FAULT_NAME
};
#define FAULT_NAME_FITS(id, name, source, text) \
    _Static_assert(sizeof "fault:" name <= SW_DECISION_TEXT, "a candidate has room for it");
SLP_FAULTS(FAULT_NAME_FITS)
#undef FAULT_NAME_FITS
enum { ACTION_LIMIT = sizeof actions / sizeof *actions };

/* Multiply and shift: 2 ** 64 divided by the golden ratio spreads the lower bits upwards, and the
 * shift brings them down again.  Every decision of every run comes through here, so it is cheap
 * rather than strong. */
static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t sw_decision_hash(uint64_t hash, const struct sw_decision *decision, uint32_t choice)
{
    assert(choice < decision->count && decision->fallback < decision->count);
    /* The first candidate of an action is always to do nothing, so the second says it all; and
     * there are many of them, one at each point. */
    if (sw_decision_kind(decision->kind)->is_action)
        return mix(hash, (uint64_t)decision->thread << 32 | (uint64_t)decision->place << 16 |
                             (uint64_t)decision->candidates[1] << 8 | choice << 1 | 1);
    /* Not the index: it grows by one with each decision, so the position says it. */
    hash = mix(hash, (uint64_t)decision->thread << 32 | decision->object);
    /* The next line has room for 16 bits of a place, which are enough for all but these. */
    if (decision->place & SW_PLACE_NAMED)
        hash = mix(hash, decision->place);
    hash = mix(hash, (uint64_t)decision->place << 48 | (uint64_t)decision->kind << 32 |
                         decision->candidates[choice]);
    for (uint32_t i = 0; i < decision->count; i++)
        hash = mix(hash, (uint64_t)i << 32 | decision->candidates[i]);
    return hash;
}

int sw_decision_op_writes(unsigned op)
{
    static const unsigned char writes[] = {
#define WRITES(id, name, writes) writes,
        SW_OPS(WRITES)
#undef WRITES
    };
    return op >= SW_OP_COUNT || writes[op];
}

/* In doubt they are dependent: a search that holds too much for dependent runs more than it need,
 * one that holds too little misses something. */
int sw_decision_depends(struct sw_pending a, struct sw_pending b)
{
    if (a.op == SW_OP_NONE || b.op == SW_OP_NONE)
        return 0;
    if (a.op == SW_OP_UNKNOWN || b.op == SW_OP_UNKNOWN)
        return !SW_SEARCH_FAULT(UNKNOWN_FREE);
    if (SW_SEARCH_FAULT(READS_DEPEND) && a.object == b.object)
        return 1;
    if (SW_SEARCH_FAULT(READ_WRITE_FREE) &&
        sw_decision_op_writes(a.op) != sw_decision_op_writes(b.op))
        return 0;
    if (SW_SEARCH_FAULT(WRITE_WRITE_FREE) && a.op == SW_OP_WRITE && b.op == SW_OP_WRITE)
        return 0;
    return (a.object == b.object || SW_SEARCH_FAULT(NO_OBJECTS)) &&
           (sw_decision_op_writes(a.op) || sw_decision_op_writes(b.op));
}

const char *sw_decision_verb(unsigned kind)
{
    return sw_decision_kind(kind)->verb;
}

const char *sw_decision_place(unsigned place)
{
    if (place < SW_PLACE_COUNT)
        return places[place];
    if (place >= SW_PLACE_POINTS && place - SW_PLACE_POINTS < SLP_POINT_COUNT)
        return points[place - SW_PLACE_POINTS];
    if (place & SW_PLACE_NAMED) {
        const char *name = sw_place_name_find(place);
        return name != NULL ? name : SW_PLACE_NAME_PREFIX "?";
    }
    return "unknown";
}

int sw_decision_is_place(unsigned place)
{
    if (place & SW_PLACE_NAMED)
        return sw_place_name_find(place) != NULL;
    return place < SW_PLACE_COUNT ||
           (place >= SW_PLACE_POINTS && place - SW_PLACE_POINTS < SLP_POINT_COUNT);
}

int sw_decision_is_action(unsigned action)
{
    return action < ACTION_LIMIT;
}

const char *sw_decision_action(unsigned action)
{
    return action < ACTION_LIMIT ? actions[action] : "unknown";
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
    for (int kind = 0; kind < SW_DECISION_KINDS; kind++)
        if (strcmp(sw_decision_kind((unsigned)kind)->verb, verb) == 0)
            return kind;
    return -1;
}

int sw_decision_find_place(const char *name)
{
    int found = find(places, SW_PLACE_COUNT, name);

    if (found >= 0)
        return found;
    found = find(points, SLP_POINT_COUNT, name);
    if (found >= 0)
        return SW_PLACE_POINTS + found;
    /* Last what the program may have named.  Its number has SW_PLACE_NAMED, bit 30, and so is
     * positive. */
    uint32_t named = sw_place_name_is_valid(name) ? sw_place_name_keep(name) : 0;
    return named != 0 ? (int)named : -1;
}

/* The longest, since one name may be the beginning of another. */
size_t sw_decision_parse_action(const char *word, uint32_t *action)
{
    size_t length = 0;

    for (uint32_t i = 0; i < ACTION_LIMIT; i++) {
        size_t n = strlen(actions[i]);
        if (n > length && strncmp(word, actions[i], n) == 0) {
            *action = i;
            length = n;
        }
    }
    return length;
}

char *sw_decision_format(enum sw_decision_kind kind, uint32_t candidate, char *buf, size_t size)
{
    return sw_decision_kind(kind)->format(candidate, buf, size);
}

char *sw_decision_format_all(enum sw_decision_kind kind, const uint32_t *candidates, uint32_t count,
                             char *buf, size_t size)
{
    size_t used = 0;
    char one[SW_DECISION_TEXT];

    buf[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        sw_decision_format(kind, candidates[i], one, sizeof one);
        /* A name is left out rather than cut: half of T12 is another thread. */
        if (used + strlen(one) + sizeof " " > size)
            break;
        used += (size_t)snprintf(buf + used, size - used, "%s%s", i > 0 ? " " : "", one);
    }
    return buf;
}

size_t sw_decision_parse(enum sw_decision_kind kind, const char *word, uint32_t *candidate)
{
    return sw_decision_kind(kind)->parse(word, candidate);
}

/* After Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014); the
 * constants are theirs.  Seeds that follow each other give unrelated sequences, which is what a
 * search that counts its seeds upwards needs. */
uint64_t sw_decision_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
