/* SPDX-License-Identifier: MIT */
#include "dpor_pool.h"

#include <assert.h>
#include <stdlib.h>

#include "dpor_claims.h"
#include "dpor_path.h"
#include "dpor_split.h"

/* One search of a part, and who runs it. */
struct sw_dpor_part {
    struct sw_dpor *search; /* owned */
    int is_under_way;
    uint64_t key; /* of the branch that is */
};

struct sw_dpor_pool {
    const struct sw_dpor *whole;
    struct sw_dpor_part **parts; /* owned, and each of them */
    uint32_t part_count, part_room;
    struct sw_dpor *urgent; /* begins with what the search waits for; owned; NULL: nothing */
    uint64_t urgent_key;
    struct sw_dpor_claims claims;
    size_t bytes_max;
    uint64_t asked, asked_at_drop; /* how many had been when the last were dropped */
    uint64_t in_vain;
    uint32_t *threads; /* room for a branch; owned */
    uint32_t threads_room;
};

struct sw_dpor_pool *sw_dpor_pool_new(const struct sw_dpor *whole, size_t bytes_max)
{
    struct sw_dpor_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->whole = whole;
    pool->bytes_max = bytes_max;
    return pool;
}

static void free_part(struct sw_dpor_part *part)
{
    sw_dpor_free(part->search);
    free(part);
}

void sw_dpor_pool_free(struct sw_dpor_pool *pool)
{
    if (pool == NULL)
        return;
    for (uint32_t i = 0; i < pool->part_count; i++)
        free_part(pool->parts[i]);
    free(pool->parts);
    sw_dpor_free(pool->urgent);
    sw_dpor_claims_free(&pool->claims);
    free(pool->threads);
    free(pool);
}

uint64_t sw_dpor_pool_in_vain(const struct sw_dpor_pool *pool)
{
    return pool->in_vain;
}

/* ---- asking ---- */

/* A branch is taken once: so the threads up to it say which run it is. */
static uint64_t key_of(const struct sw_dpor_run *run)
{
    return sw_dpor_claims_key(run->prefix, run->prefix_count > 0 ? run->sleeping_at + 1 : 0);
}

/* What it waits for is the first branch of its path, or all, in the beginning. */
static int make_urgent(struct sw_dpor_pool *pool, uint64_t key)
{
    struct sw_dpor_branch found = {0};

    if (pool->urgent != NULL)
        return 0;
    pool->urgent_key = key;
    pool->urgent = sw_dpor_split_find(pool->whole, &found) ? sw_dpor_split_new(pool->whole, &found)
                                                           : sw_dpor_new();
    return pool->urgent != NULL ? 0 : -1;
}

int sw_dpor_pool_ask(struct sw_dpor_pool *pool, const struct sw_dpor_run *run,
                     struct sw_dpor_outcome **outcome)
{
    uint64_t key = key_of(run);
    const struct sw_dpor_claim *claim = sw_dpor_claims_find(&pool->claims, key);

    if (claim == NULL)
        return make_urgent(pool, key);
    if (claim->outcome == NULL)
        return 0;
    *outcome = sw_dpor_claims_take(&pool->claims, key);
    if (sw_dpor_outcome_is_of(*outcome, run)) {
        pool->asked++;
        return 1;
    }
    /* The branch has become another since: the search has inserted something there. */
    sw_dpor_outcome_free(*outcome);
    *outcome = NULL;
    pool->in_vain++;
    return make_urgent(pool, key);
}

/* ---- picking ---- */

static struct sw_dpor_part *add_part(struct sw_dpor_pool *pool, struct sw_dpor *search)
{
    struct sw_dpor_part *part = calloc(1, sizeof *part);

    if (search == NULL || part == NULL ||
        sw_dpor_path_grow((void **)&pool->parts, &pool->part_room, pool->part_count + 1,
                          sizeof(struct sw_dpor_part *)) < 0) {
        sw_dpor_free(search);
        free(part);
        return NULL;
    }
    part->search = search;
    pool->parts[pool->part_count++] = part;
    return part;
}

static void remove_part(struct sw_dpor_pool *pool, uint32_t i)
{
    free_part(pool->parts[i]);
    pool->parts[i] = pool->parts[--pool->part_count];
}

/* A branch of a part, or of the whole search, and what there is to know of it. */
struct choice {
    struct sw_dpor_part *part; /* NULL: of the whole */
    struct sw_dpor_branch branch;
    uint64_t key;
    uint32_t near;
};

/* 1: nobody runs it or has run it, and the search has still to come to it; 0; -1: no memory. */
static int is_free(struct sw_dpor_pool *pool, const struct sw_dpor *search, struct choice *choice)
{
    uint32_t count = choice->branch.at + 1;

    if (sw_dpor_path_grow((void **)&pool->threads, &pool->threads_room, count,
                          sizeof *pool->threads) < 0)
        return -1;
    sw_dpor_split_threads(search, &choice->branch, pool->threads);
    choice->key = sw_dpor_claims_key(pool->threads, count);
    choice->near = sw_dpor_split_near(pool->whole, pool->threads, count);
    return sw_dpor_claims_find(&pool->claims, choice->key) == NULL &&
           !sw_dpor_split_is_passed(pool->whole, pool->threads, count);
}

/* The next branch that is free.  What is not will never be again, and a part forgets it; the whole
 * search is only looked at.  As above. */
static int find_free(struct sw_dpor_pool *pool, struct sw_dpor_part *part, struct choice *choice)
{
    const struct sw_dpor *search = part != NULL ? part->search : pool->whole;

    *choice = (struct choice){.part = part};
    while (sw_dpor_split_find(search, &choice->branch)) {
        int found = is_free(pool, search, choice);
        if (found != 0)
            return found;
        if (part != NULL)
            sw_dpor_split_give(&choice->branch);
    }
    return 0;
}

/* Parts that are over are removed on the way.  As above. */
static int find_nearest(struct sw_dpor_pool *pool, struct choice *best)
{
    int any = find_free(pool, NULL, best);

    for (uint32_t i = 0; i < pool->part_count && any >= 0;) {
        struct sw_dpor_part *part = pool->parts[i];
        struct choice choice;
        int found = find_free(pool, part, &choice);
        if (found < 0)
            return -1;
        if (!found && !part->is_under_way && sw_dpor_split_is_left(pool->whole, part->search)) {
            remove_part(pool, i);
            continue;
        }
        if (found && (!any || choice.near > best->near))
            *best = choice;
        any |= found;
        i++;
    }
    return any;
}

static int begin(struct sw_dpor_pool *pool, struct sw_dpor_part *part, uint64_t key,
                 struct sw_dpor_task *task)
{
    task->part = part;
    if (part == NULL || sw_dpor_claims_add(&pool->claims, key) == NULL)
        return -1;
    part->key = key;
    part->is_under_way = 1;
    if (sw_dpor_next(part->search, &task->run) <= 0)
        return -1;
    sw_dpor_split_hold(part->search);
    assert(key_of(&task->run) == key);
    return 1;
}

static int begin_urgent(struct sw_dpor_pool *pool, struct sw_dpor_task *task)
{
    struct sw_dpor *urgent = pool->urgent;

    pool->urgent = NULL;
    if (sw_dpor_claims_find(&pool->claims, pool->urgent_key) == NULL)
        return begin(pool, add_part(pool, urgent), pool->urgent_key, task);
    sw_dpor_free(urgent); /* somebody has come to it since */
    return 0;
}

static int is_passed(const void *whole, const struct sw_dpor_outcome *outcome)
{
    uint32_t count;
    const uint32_t *threads = sw_dpor_outcome_branch(outcome, &count);

    return sw_dpor_split_is_passed(whole, threads, count);
}

/* All are looked at; so not before the search has gone on by about as many as there are. */
static int is_full(struct sw_dpor_pool *pool)
{
    if (pool->claims.bytes <= pool->bytes_max)
        return 0;
    if (pool->asked - pool->asked_at_drop >= pool->claims.count / 2) {
        pool->asked_at_drop = pool->asked;
        pool->in_vain += sw_dpor_claims_drop(&pool->claims, is_passed, pool->whole);
    }
    return pool->claims.bytes > pool->bytes_max;
}

int sw_dpor_pool_pick(struct sw_dpor_pool *pool, struct sw_dpor_task *task)
{
    struct choice best;
    int found = pool->urgent != NULL ? begin_urgent(pool, task) : 0;

    if (found != 0 || is_full(pool))
        return found;
    found = find_nearest(pool, &best);
    if (found <= 0)
        return found;
    if (best.part == NULL) {
        best.part = add_part(pool, sw_dpor_split_new(pool->whole, &best.branch));
    } else if (best.part->is_under_way) {
        struct sw_dpor *split = sw_dpor_split_new(best.part->search, &best.branch);
        sw_dpor_split_give(&best.branch);
        best.part = add_part(pool, split);
    }
    return begin(pool, best.part, best.key, task);
}

static void remove_this(struct sw_dpor_pool *pool, const struct sw_dpor_part *part)
{
    uint32_t i = 0;

    while (pool->parts[i] != part)
        i++;
    remove_part(pool, i);
}

/* Of what it cannot be told for want of memory, the whole search will see to it. */
static void tell_others(struct sw_dpor_pool *pool, const struct sw_dpor_part *part)
{
    for (uint32_t i = 0; i < pool->part_count; i++)
        if (pool->parts[i] != part)
            (void)sw_dpor_split_hear(pool->parts[i]->search, part->search);
}

void sw_dpor_pool_done(struct sw_dpor_pool *pool, const struct sw_dpor_task *task,
                       const struct sw_trace *trace, struct sw_dpor_outcome *outcome)
{
    struct sw_dpor_part *part = task->part;
    const char *why;

    if (outcome != NULL)
        sw_dpor_claims_set(&pool->claims, part->key, outcome);
    else
        sw_dpor_claims_take(&pool->claims, part->key);
    part->is_under_way = 0;
    /* Why not, the search will say when it comes there. */
    if (outcome == NULL || sw_dpor_observe(part->search, trace, &why) < 0)
        remove_this(pool, part);
    else
        tell_others(pool, part);
}
