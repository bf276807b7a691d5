/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "frames.h"

#include <stdlib.h>
#include <string.h>

#include "datastack.h"
#include "frames_zombie.h"
#include "spill_record.h"
#include "thread.h"

/* harness/docs/frames.md has the figures that speak for it. */
enum slp_frames_policy slp_frames_policy = SLP_FRAMES_FREELIST;
struct slp_frames_pools slp_frames_of_process;
const char *const slp_frames_policy_names[SLP_FRAMES_POLICIES] = {
    [SLP_FRAMES_NONE] = "none",
    [SLP_FRAMES_FREELIST] = "freelist",
    [SLP_FRAMES_ZOMBIE] = "zombie",
    [SLP_FRAMES_ARENA] = "arena",
};

/* What one pool may hold. */
struct bound {
    long count;
    size_t bytes;
};

/* A program has a thousand tasklets at a time oftener than a deep recursion in each.  The slice of
 * a spill is as large as the stack in use, so that bytes bound them; spills into segments have none,
 * and there are as many records as segments. */
static const struct bound of_thread[SLP_FRAMES_KINDS] = {
    [SLP_FRAMES_ROOTS] = {1024, 1024 * SLP_DATASTACK_ROOT_BYTES},
    [SLP_FRAMES_CHUNKS] = {16, 16 * SLP_CPYTHON_CHUNK_BYTES},
    [SLP_FRAMES_RECORDS] = {1024, 1 << 20},
};
static const struct bound of_arena[SLP_FRAMES_KINDS] = {
    [SLP_FRAMES_ROOTS] = {0, 0},
    [SLP_FRAMES_CHUNKS] = {256, 256 * SLP_CPYTHON_CHUNK_BYTES},
    [SLP_FRAMES_RECORDS] = {1024, 1 << 20},
};

static void (*const drop_piece[SLP_FRAMES_KINDS])(struct slp_frames_piece *) = {
    [SLP_FRAMES_ROOTS] = slp_datastack_free,
    [SLP_FRAMES_CHUNKS] = slp_datastack_free,
    [SLP_FRAMES_RECORDS] = slp_spill_record_free,
};

/* ---- the pools ---- */

/* The running thread's, or the process's; NULL: there is none.  A thread has its own as long as
 * it has a record: not before its first tasklet, and not while it is torn down.  Until then, and
 * where there are never any tasklets, a spill finds what it needs with the process. */
static struct slp_frames_pools *pools_here(void)
{
    if (slp_frames_policy == SLP_FRAMES_NONE)
        return NULL;
    if (slp_frames_policy == SLP_FRAMES_ARENA)
        return &slp_frames_of_process;
    struct slp_thread *thread = slp_cpython_tstate() != NULL ? slp_thread_peek() : NULL;
    return thread != NULL ? &thread->frames : &slp_frames_of_process;
}

static const struct bound *bounds_of(const struct slp_frames_pools *pools)
{
    int is_arena = pools == &slp_frames_of_process && slp_frames_policy == SLP_FRAMES_ARENA;

    return is_arena ? of_arena : of_thread;
}

static struct slp_frames_piece *take_from(struct slp_frames_pools *pools, enum slp_frames_kind kind)
{
    struct slp_frames_pool *pool = &pools->of[kind];
    struct slp_frames_piece *piece = pool->first;

    if (piece == NULL)
        return NULL;
    pool->first = piece->next;
    slp_frames_amount_remove(&pool->has, piece->bytes);
    return piece;
}

void *slp_frames_take(enum slp_frames_kind kind)
{
    struct slp_frames_pools *pools = pools_here();

    return pools != NULL ? take_from(pools, kind) : NULL;
}

int slp_frames_keep(enum slp_frames_kind kind, struct slp_frames_piece *piece)
{
    struct slp_frames_pools *pools = pools_here();

    if (pools == NULL)
        return 0;
    const struct bound *bound = &bounds_of(pools)[kind];
    struct slp_frames_pool *pool = &pools->of[kind];
    if (pool->has.count >= bound->count || piece->bytes > bound->bytes - pool->has.bytes)
        return 0;
    piece->next = pool->first;
    pool->first = piece;
    slp_frames_amount_add(&pool->has, piece->bytes);
    return 1;
}

void slp_frames_drop(struct slp_frames_pools *pools)
{
    struct slp_frames_piece *piece;

    for (int kind = 0; kind < SLP_FRAMES_KINDS; kind++)
        while ((piece = take_from(pools, kind)) != NULL)
            drop_piece[kind](piece);
}

/* ---- the policy ---- */

int slp_frames_parse(const char *text, enum slp_frames_policy *policy)
{
    for (int i = 0; i < SLP_FRAMES_POLICIES; i++) {
        if (strcmp(text, slp_frames_policy_names[i]) == 0) {
            *policy = i;
            return 0;
        }
    }
    return -1;
}

int slp_frames_init(const char **refused)
{
    *refused = getenv("SLP_FRAMES");
    if (*refused == NULL || **refused == '\0')
        return 0;
    return slp_frames_parse(*refused, &slp_frames_policy);
}

void slp_frames_set(enum slp_frames_policy policy)
{
    if (policy == slp_frames_policy)
        return;
    for (struct slp_thread *thread = slp_thread_first(); thread != NULL; thread = thread->next)
        slp_frames_drop(&thread->frames);
    slp_frames_drop(&slp_frames_of_process);
    slp_frames_zombie_drop_all();
    slp_frames_policy = policy;
}

/* ---- what may be kept, and what is ---- */

static size_t sum(const struct bound *bounds)
{
    size_t bytes = 0;

    for (int kind = 0; kind < SLP_FRAMES_KINDS; kind++)
        bytes += bounds[kind].bytes;
    return bytes;
}

size_t slp_frames_bytes_allowed(void)
{
    size_t threads = 1; /* those that have no pools of their own, together */

    if (slp_frames_policy == SLP_FRAMES_NONE)
        return 0;
    if (slp_frames_policy == SLP_FRAMES_ARENA)
        return sum(of_arena);
    for (const struct slp_thread *thread = slp_thread_first(); thread != NULL;
         thread = thread->next)
        threads++;
    return threads * sum(of_thread);
}

static void add_amount(struct slp_frames_amount *sum, const struct slp_frames_amount *has)
{
    sum->count += has->count;
    sum->bytes += has->bytes;
    sum->count_max += has->count_max;
    sum->bytes_max += has->bytes_max;
}

struct slp_frames_amount slp_frames_amount_of(enum slp_frames_kind kind)
{
    struct slp_frames_amount sum = slp_frames_of_process.of[kind].has;

    for (const struct slp_thread *thread = slp_thread_first(); thread != NULL;
         thread = thread->next)
        add_amount(&sum, &thread->frames.of[kind].has);
    return sum;
}

static size_t bytes_in(const struct slp_frames_pools *pools)
{
    size_t bytes = 0;

    for (int kind = 0; kind < SLP_FRAMES_KINDS; kind++)
        for (const struct slp_frames_piece *piece = pools->of[kind].first; piece != NULL;
             piece = piece->next)
            bytes += piece->bytes;
    return bytes;
}

size_t slp_frames_bytes_kept(void)
{
    size_t bytes = bytes_in(&slp_frames_of_process) + slp_frames_zombie_bytes();

    for (const struct slp_thread *thread = slp_thread_first(); thread != NULL;
         thread = thread->next)
        bytes += bytes_in(&thread->frames);
    return bytes;
}
