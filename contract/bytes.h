/* SPDX-License-Identifier: MIT
 *
 * bytes.h - a string of bytes that grows, and a walk over one.
 *
 * Both keep their first failure, and whatever is asked of them after it does no
 * harm: a caller need look only once, at the end.  A number has 7 bits in each
 * byte, the lowest first; the high bit says that more follow.
 */
#ifndef SW_BYTES_H
#define SW_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* All 0 is an empty one.  Owns start; sw_bytes_free() gives it back. */
struct sw_bytes {
    uint8_t *start;
    size_t used;
    size_t room;
    int failed; /* out of memory; what is there is of no use */
};

void sw_bytes_add(struct sw_bytes *bytes, const void *more, size_t count);
void sw_bytes_add_number(struct sw_bytes *bytes, uint64_t number);
void sw_bytes_free(struct sw_bytes *bytes);

/* Borrows what it walks over. */
struct sw_bytes_walk {
    const uint8_t *at;
    const uint8_t *end;
    const char *wrong; /* what; NULL: nothing.  If not, at is of no more use */
    int ended;         /* what is wrong is that it ends too early */
};

/* A number of at most max; 0 if it is none. */
uint64_t sw_bytes_number(struct sw_bytes_walk *walk, uint64_t max);
/* The next count bytes; NULL if they are not there. */
const uint8_t *sw_bytes_take(struct sw_bytes_walk *walk, size_t count);
size_t sw_bytes_left(const struct sw_bytes_walk *walk);
/* Notes the first thing that is wrong; returns -1. */
int sw_bytes_fail(struct sw_bytes_walk *walk, const char *wrong);

#endif
