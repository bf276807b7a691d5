/* SPDX-License-Identifier: MIT */
#include "dpor_claims.h"

#include <stdlib.h>
#include <xxhash.h>

enum { FIRST_BUCKETS = 256 };

uint64_t sw_dpor_claims_key(const uint32_t *threads, uint32_t count)
{
    return XXH3_64bits(threads, count * sizeof *threads);
}

static struct sw_dpor_claim **bucket_of(const struct sw_dpor_claims *claims, uint64_t key)
{
    return &claims->buckets[key & (claims->bucket_count - 1)];
}

/* Where the claim hangs, or where one would. */
static struct sw_dpor_claim **place_of(const struct sw_dpor_claims *claims, uint64_t key)
{
    struct sw_dpor_claim **place = bucket_of(claims, key);

    while (*place != NULL && (*place)->key != key)
        place = &(*place)->next;
    return place;
}

struct sw_dpor_claim *sw_dpor_claims_find(const struct sw_dpor_claims *claims, uint64_t key)
{
    return claims->bucket_count > 0 ? *place_of(claims, key) : NULL;
}

static int grow(struct sw_dpor_claims *claims)
{
    struct sw_dpor_claims more = *claims;

    more.bucket_count = claims->bucket_count > 0 ? 2 * claims->bucket_count : FIRST_BUCKETS;
    more.buckets = calloc(more.bucket_count, sizeof(struct sw_dpor_claim *));
    if (more.buckets == NULL)
        return -1;
    for (size_t i = 0; i < claims->bucket_count; i++) {
        while (claims->buckets[i] != NULL) {
            struct sw_dpor_claim *claim = claims->buckets[i];
            struct sw_dpor_claim **bucket = bucket_of(&more, claim->key);
            claims->buckets[i] = claim->next;
            claim->next = *bucket;
            *bucket = claim;
        }
    }
    free(claims->buckets);
    *claims = more;
    return 0;
}

struct sw_dpor_claim *sw_dpor_claims_add(struct sw_dpor_claims *claims, uint64_t key)
{
    struct sw_dpor_claim *claim = malloc(sizeof *claim);

    if (claim == NULL || (claims->count >= claims->bucket_count && grow(claims) < 0)) {
        free(claim);
        return NULL;
    }
    struct sw_dpor_claim **bucket = bucket_of(claims, key);
    *claim = (struct sw_dpor_claim){.next = *bucket, .key = key};
    *bucket = claim;
    claims->count++;
    return claim;
}

void sw_dpor_claims_set(struct sw_dpor_claims *claims, uint64_t key,
                        struct sw_dpor_outcome *outcome)
{
    struct sw_dpor_claim *claim = sw_dpor_claims_find(claims, key);

    claim->outcome = outcome;
    claims->bytes += sw_dpor_outcome_size(outcome);
}

static struct sw_dpor_outcome *remove_at(struct sw_dpor_claims *claims,
                                         struct sw_dpor_claim **place)
{
    struct sw_dpor_claim *claim = *place;
    struct sw_dpor_outcome *outcome = claim->outcome;

    *place = claim->next;
    claims->count--;
    if (outcome != NULL)
        claims->bytes -= sw_dpor_outcome_size(outcome);
    free(claim);
    return outcome;
}

struct sw_dpor_outcome *sw_dpor_claims_take(struct sw_dpor_claims *claims, uint64_t key)
{
    if (sw_dpor_claims_find(claims, key) == NULL)
        return NULL;
    return remove_at(claims, place_of(claims, key));
}

size_t sw_dpor_claims_drop(struct sw_dpor_claims *claims,
                           int (*is_over)(const void *context,
                                          const struct sw_dpor_outcome *outcome),
                           const void *context)
{
    size_t dropped = 0;

    for (size_t i = 0; i < claims->bucket_count; i++) {
        for (struct sw_dpor_claim **place = &claims->buckets[i]; *place != NULL;) {
            if ((*place)->outcome == NULL || !is_over(context, (*place)->outcome)) {
                place = &(*place)->next;
                continue;
            }
            sw_dpor_outcome_free(remove_at(claims, place));
            dropped++;
        }
    }
    return dropped;
}

void sw_dpor_claims_free(struct sw_dpor_claims *claims)
{
    for (size_t i = 0; i < claims->bucket_count; i++)
        while (claims->buckets[i] != NULL)
            sw_dpor_outcome_free(remove_at(claims, &claims->buckets[i]));
    free(claims->buckets);
    *claims = (struct sw_dpor_claims){0};
}
