/* SPDX-License-Identifier: MIT */
#include "decision.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "points.h"

_Static_assert((int)SW_PLACE_COUNT <= (int)SW_PLACE_POINTS, "points would be taken for places");

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
enum { ACTION_LIMIT = sizeof actions / sizeof *actions };

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

uint64_t sw_decision_hash(uint64_t hash, const struct sw_decision *decision, uint32_t choice)
{
    assert(choice < decision->count && decision->fallback < decision->count);
    if (decision->kind == SW_DECIDE_ACT) /* the second candidate says all, and there are many */
        return mix(hash, (uint64_t)decision->thread << 32 | (uint64_t)decision->place << 16 |
                             (uint64_t)decision->candidates[1] << 8 | choice << 1 | 1);
    hash = mix(hash, (uint64_t)decision->thread << 32 | decision->object);
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

int sw_decision_depends(struct sw_pending a, struct sw_pending b)
{
    if (a.op == SW_OP_NONE || b.op == SW_OP_NONE)
        return 0;
    if (a.op == SW_OP_UNKNOWN || b.op == SW_OP_UNKNOWN)
        return 1;
    return a.object == b.object && (sw_decision_op_writes(a.op) || sw_decision_op_writes(b.op));
}

const char *sw_decision_verb(unsigned kind)
{
    return kind < SW_DECIDE_COUNT ? verbs[kind] : "unknown";
}

const char *sw_decision_place(unsigned place)
{
    if (place < SW_PLACE_COUNT)
        return places[place];
    if (place >= SW_PLACE_POINTS && place - SW_PLACE_POINTS < SLP_POINT_COUNT)
        return points[place - SW_PLACE_POINTS];
    return "unknown";
}

int sw_decision_is_place(unsigned place)
{
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
    return find(verbs, SW_DECIDE_COUNT, verb);
}

int sw_decision_find_place(const char *name)
{
    int found = find(places, SW_PLACE_COUNT, name);

    if (found >= 0)
        return found;
    found = find(points, SLP_POINT_COUNT, name);
    return found >= 0 ? SW_PLACE_POINTS + found : -1;
}

int sw_decision_find_action(const char *name)
{
    return find(actions, ACTION_LIMIT, name);
}

char *sw_decision_format(enum sw_decision_kind kind, uint32_t candidate, char *buf, size_t size)
{
    if (kind == SW_DECIDE_ACT)
        snprintf(buf, size, "%s", sw_decision_action(candidate));
    else if (kind == SW_DECIDE_MOVE)
        snprintf(buf, size, "m%u", candidate);
    else if (kind == SW_DECIDE_BYTES)
        snprintf(buf, size, "b%u", candidate);
    else if (kind == SW_DECIDE_READY && candidate >> SW_READY_SHIFT != 0)
        snprintf(buf, size, "T%u+%u", candidate & ((1u << SW_READY_SHIFT) - 1),
                 candidate >> SW_READY_SHIFT);
    else
        snprintf(buf, size, "T%u%s", candidate & ~SW_EARLY, candidate & SW_EARLY ? "-early" : "");
    return buf;
}

/* The letter and a number below SW_EARLY.  Returns its length. */
static size_t parse_number(const char *word, char letter, uint32_t *number)
{
    uint64_t value = 0;
    size_t length = 1;

    if (word[0] != letter || word[1] < '0' || word[1] > '9')
        return 0;
    for (; word[length] >= '0' && word[length] <= '9'; length++)
        if ((value = value * 10 + (uint64_t)(word[length] - '0')) >= SW_EARLY)
            return 0;
    *number = (uint32_t)value;
    return length;
}

/* "+2", the third of its descriptors. */
static size_t parse_descriptor(const char *word, uint32_t *candidate)
{
    uint32_t number;
    size_t length = parse_number(word, '+', &number);

    if (length == 0 || number >= SW_EARLY >> SW_READY_SHIFT)
        return 0;
    *candidate |= number << SW_READY_SHIFT;
    return length;
}

static char letter_of(enum sw_decision_kind kind)
{
    return kind == SW_DECIDE_MOVE ? 'm' : kind == SW_DECIDE_BYTES ? 'b' : 'T';
}

size_t sw_decision_parse(enum sw_decision_kind kind, const char *word, uint32_t *candidate)
{
    static const char early[] = "-early";
    size_t length = 0;

    if (kind == SW_DECIDE_ACT) {
        for (uint32_t i = 0; i < ACTION_LIMIT; i++) {
            size_t n = strlen(actions[i]);
            if (n > length && strncmp(word, actions[i], n) == 0) {
                *candidate = i;
                length = n;
            }
        }
        return length;
    }
    length = parse_number(word, letter_of(kind), candidate);
    if (length > 0 && kind == SW_DECIDE_READY)
        return length + parse_descriptor(word + length, candidate);
    if (length > 0 && kind == SW_DECIDE_RUN &&
        strncmp(word + length, early, sizeof early - 1) == 0) {
        *candidate |= SW_EARLY;
        length += sizeof early - 1;
    }
    return length;
}

uint64_t sw_decision_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
