/* SPDX-License-Identifier: MIT
 *
 * dpor_claims.h - for dpor_pool.c: which branches are being run, and what came of those that were.
 *
 * A branch is known by a hash of its threads.  Two with the same hash would be taken for one; the
 * outcome of the wrong one is refused when it is asked for, and the right one is run then.
 */
#ifndef SW_DPOR_CLAIMS_H
#define SW_DPOR_CLAIMS_H

#include <stddef.h>
#include <stdint.h>

#include "dpor_outcome.h"

struct sw_dpor_claim {
    struct sw_dpor_claim *next; /* in its bucket */
    uint64_t key;
    struct sw_dpor_outcome *outcome; /* owned; NULL: it is being run */
};

/* All zero: none. */
struct sw_dpor_claims {
    struct sw_dpor_claim **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
    size_t bytes; /* of all outcomes */
};

uint64_t sw_dpor_claims_key(const uint32_t *threads, uint32_t count);
struct sw_dpor_claim *sw_dpor_claims_find(const struct sw_dpor_claims *claims, uint64_t key);
/* There is none of that key.  NULL: no memory. */
struct sw_dpor_claim *sw_dpor_claims_add(struct sw_dpor_claims *claims, uint64_t key);
void sw_dpor_claims_set(struct sw_dpor_claims *claims, uint64_t key,
                        struct sw_dpor_outcome *outcome);
/* The claim is over.  Its outcome, which the caller owns; NULL: it has none, or there is none. */
struct sw_dpor_outcome *sw_dpor_claims_take(struct sw_dpor_claims *claims, uint64_t key);
/* Drops those with an outcome of which is_over() says so; returns how many. */
size_t sw_dpor_claims_drop(struct sw_dpor_claims *claims,
                           int (*is_over)(const void *context,
                                          const struct sw_dpor_outcome *outcome),
                           const void *context);
void sw_dpor_claims_free(struct sw_dpor_claims *claims);

#endif
