/* SPDX-License-Identifier: MIT */
#include "fault_set.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "utf8.h"

/* Of a misspelt name that is worth a guess, and a NUL: as long as sw_error_nearest() takes it. */
enum { WORD_MAX = 64 };

_Static_assert((int)SLP_FAULT_COUNT <= (int)SW_FAULT_SET_MAX, "each fault has a bit");

static const char *const fault_names[] = {
#define FAULT_NAME(id, name, source, text) name,
    SLP_FAULTS(FAULT_NAME)
#undef FAULT_NAME
};

/* sizeof counts a NUL for each name, which is the room of its separator. */
#define FAULT_NAME_SIZE(id, name, source, text) +sizeof name
_Static_assert(0 SLP_FAULTS(FAULT_NAME_SIZE) <= SW_FAULT_SET_TEXT_MAX, "all at once can be named");
#undef FAULT_NAME_SIZE

int sw_fault_set_has(const struct sw_fault_set *set, int fault)
{
    assert(fault >= 0 && fault < SW_FAULT_SET_MAX);
    return set->words[fault / 64] >> fault % 64 & 1;
}

void sw_fault_set_add(struct sw_fault_set *set, int fault)
{
    assert(fault >= 0 && fault < SW_FAULT_SET_MAX);
    set->words[fault / 64] |= UINT64_C(1) << fault % 64;
}

void sw_fault_set_add_all(struct sw_fault_set *set, const struct sw_fault_set *others)
{
    for (int i = 0; i < SW_FAULT_SET_WORDS; i++)
        set->words[i] |= others->words[i];
}

int sw_fault_set_is_same(const struct sw_fault_set *a, const struct sw_fault_set *b)
{
    return memcmp(a->words, b->words, sizeof a->words) == 0;
}

int sw_fault_set_count(const struct sw_fault_set *set)
{
    int count = 0;

    for (int i = 0; i < SW_FAULT_SET_WORDS; i++)
        count += __builtin_popcountll(set->words[i]);
    return count;
}

const char *sw_fault_set_name(int fault)
{
    assert(fault >= 0 && fault < SLP_FAULT_COUNT);
    return fault_names[fault];
}

static int find_fault(const char *name, size_t length)
{
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        if (strlen(fault_names[i]) == length && memcmp(fault_names[i], name, length) == 0)
            return i;
    }
    return -1;
}

static void describe_unknown_fault(const char *name, size_t length, char *message)
{
    char word[WORD_MAX];
    const char *nearest = NULL;

    if (length < sizeof word) {
        memcpy(word, name, length);
        word[length] = '\0';
        nearest = sw_error_nearest(word, fault_names, SLP_FAULT_COUNT);
    }
    if (nearest != NULL)
        snprintf(message, SW_FAULT_SET_MESSAGE_MAX, "unknown fault %s; did you mean '%s'?",
                 SW_QUOTE(name, length), nearest);
    else
        snprintf(message, SW_FAULT_SET_MESSAGE_MAX, "unknown fault %s", SW_QUOTE(name, length));
}

/* One name of the set that has these faults already.  The fault, or -1 with the message. */
static int read_name(const char *name, size_t length, const struct sw_fault_set *set, char *message)
{
    int fault = find_fault(name, length);

    if (fault < 0)
        describe_unknown_fault(name, length, message);
    else if (sw_fault_set_has(set, fault)) {
        snprintf(message, SW_FAULT_SET_MESSAGE_MAX, "fault %s twice in one set",
                 SW_QUOTE(name, length));
        return -1;
    }
    return fault;
}

int sw_fault_set_read(const char *text, size_t length, struct sw_fault_set *out, const char **bad,
                      char *message)
{
    const char *end = text + length;
    struct sw_fault_set set = {{0}};

    /* Each round takes a name; what ends it is a "+", behind which another must come, or the end of
     * the text.  So "", "+a", "a+" and "a++b" have an empty name somewhere. */
    for (const char *at = text;; at++) {
        const char *plus = memchr(at, '+', (size_t)(end - at));
        size_t size = (size_t)((plus != NULL ? plus : end) - at);

        *bad = at;
        if (size == 0) {
            snprintf(message, SW_FAULT_SET_MESSAGE_MAX, "expected the name of a fault%s",
                     length > 0 ? " on both sides of '+'" : "");
            return -1;
        }
        int fault = read_name(at, size, &set, message);
        if (fault < 0)
            return -1;
        sw_fault_set_add(&set, fault);
        at += size;
        if (at == end)
            break;
    }
    *out = set;
    return 0;
}

int sw_fault_set_parse(const char *text, struct sw_fault_set *out, struct sw_error *e)
{
    char message[SW_FAULT_SET_MESSAGE_MAX];
    const char *bad;

    if (sw_fault_set_read(text, strlen(text), out, &bad, message) < 0)
        return sw_error_set(e, NULL, 0, 0, "%s", message);
    return 0;
}

char *sw_fault_set_format(struct sw_fault_set set, char separator, char *buf, size_t size)
{
    size_t used = 0;

    assert(size > 0);
    buf[0] = '\0';
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        size_t length = strlen(fault_names[i]);

        if (!sw_fault_set_has(&set, i))
            continue;
        if (used + (used > 0) + length + 1 > size)
            break; /* half a name would be another fault, or none */
        if (used > 0)
            buf[used++] = separator;
        memcpy(buf + used, fault_names[i], length + 1);
        used += length;
    }
    return buf;
}
