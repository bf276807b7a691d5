/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

static int reserve(struct sw_bytes *bytes, size_t count)
{
    if (bytes->failed)
        return -1;
    if (count <= bytes->room - bytes->used)
        return 0;
    /* Doubled, so that adding n bytes one by one copies fewer than 2n; 64 at first, chosen
     * freely. */
    size_t room = 2 * bytes->room + count + 64;
    uint8_t *start = realloc(bytes->start, room);
    if (start == NULL) {
        bytes->failed = 1;
        return -1;
    }
    bytes->start = start;
    bytes->room = room;
    return 0;
}

void sw_bytes_add(struct sw_bytes *bytes, const void *more, size_t count)
{
    if (count == 0 || reserve(bytes, count) < 0)
        return;
    memcpy(bytes->start + bytes->used, more, count);
    bytes->used += count;
}

void sw_bytes_add_number(struct sw_bytes *bytes, uint64_t number)
{
    /* 64 bits, 7 in a byte: 64 / 7, rounded up. */
    uint8_t text[10];
    size_t count = 0;

    for (; number >= 0x80; number >>= 7)
        text[count++] = (uint8_t)(number | 0x80);
    text[count++] = (uint8_t)number;
    sw_bytes_add(bytes, text, count);
}

void sw_bytes_free(struct sw_bytes *bytes)
{
    free(bytes->start);
    *bytes = (struct sw_bytes){0};
}

int sw_bytes_fail(struct sw_bytes_walk *walk, const char *wrong)
{
    if (walk->wrong == NULL)
        walk->wrong = wrong;
    return -1;
}

uint64_t sw_bytes_number(struct sw_bytes_walk *walk, uint64_t max)
{
    uint64_t number = 0;

    for (unsigned shift = 0; walk->wrong == NULL; shift += 7) {
        if (walk->at == walk->end) {
            sw_bytes_fail(walk, "it ends in a number");
            walk->ended = 1;
            break;
        }
        uint64_t seven = *walk->at & 0x7f;
        /* The tenth byte has room for one bit only, and there is no eleventh: both would lose bits
         * that the text has. */
        if (shift > 63 || seven << shift >> shift != seven || (number |= seven << shift) > max) {
            sw_bytes_fail(walk, "a number is too large");
            break;
        }
        if (*walk->at++ < 0x80)
            return number;
    }
    return 0;
}

const uint8_t *sw_bytes_take(struct sw_bytes_walk *walk, size_t count)
{
    const uint8_t *start = walk->at;

    if (walk->wrong != NULL)
        return NULL;
    if (count > sw_bytes_left(walk)) {
        sw_bytes_fail(walk, "it ends too early");
        walk->ended = 1;
        return NULL;
    }
    walk->at += count;
    return start;
}

size_t sw_bytes_left(const struct sw_bytes_walk *walk)
{
    return (size_t)(walk->end - walk->at);
}
