/* SPDX-License-Identifier: MIT */
#include "repeat_detect.h"

#include <assert.h>

/* Twice comes by chance: a program that does the same two times and goes on is no livelock. */
enum { REPEATS_MIN = 3 };

static int are_equal(const struct sw_recent *a, const struct sw_recent *b, int loosely)
{
    return a->kind == b->kind && a->place == b->place && a->thread == b->thread &&
           a->choice == b->choice && (loosely || a->object == b->object);
}

/* For each period, how far back the last decisions are equal to those one period before: the Z
 * function of the decisions, read backwards.  With same[p] such decisions the last p + same[p] have
 * the period p.
 *
 * [left, right) is the stretch, of those found equal to the beginning, that reaches farthest.  A
 * period inside it has been seen already, one stretch before, at period - left: what is known
 * there is true here up to right, and only what lies behind right is compared.  So right never goes
 * back, and the whole takes a time in proportion to count, not to its square: at most SW_RECENT_MAX
 * = 4096 decisions, of a process that is about to be ended. */
uint32_t sw_repeat_detect_find(const struct sw_recent *recent, uint32_t count, int loosely,
                               uint32_t *span)
{
    /* 16 KiB; static, since the stack of the thread that notices may be small. */
    static uint32_t same[SW_RECENT_MAX];
    const struct sw_recent *end = recent + count - 1;
    uint32_t left = 0, right = 0; /* [left, right) is equal to the beginning */
    uint32_t found = 0;

    assert(count >= 1 && count <= SW_RECENT_MAX);
    *span = 0;
    for (uint32_t period = 1; period < count; period++) {
        uint32_t n = 0;
        if (period < right)
            n = same[period - left] < right - period ? same[period - left] : right - period;
        while (period + n < count && are_equal(end - n, end - period - n, loosely))
            n++;
        same[period] = n;
        if (period + n > right) {
            left = period;
            right = period + n;
        }
        /* Of periods that explain as much the shortest: it comes first, and a longer one must
         * explain more. */
        if (period + n >= REPEATS_MIN * period && period + n > *span) {
            found = period;
            *span = period + n;
        }
    }
    return found;
}
