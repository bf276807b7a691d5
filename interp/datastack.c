/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "datastack.h"

#include <assert.h>
#include <stdlib.h>

/* Chunks of one size that nobody uses; linked by previous, which is free then. */
struct pool {
    slp_cpython_chunk *first;
    int count, count_max;
};

static struct pool roots = {.count_max = SLP_DATASTACK_ROOTS_MAX};
static struct pool chunks = {.count_max = SLP_DATASTACK_CHUNKS_MAX};
static PyObjectArenaAllocator arenas; /* the interpreter's own; alloc == NULL: ours is not there */
static long lent; /* for the lab: a data stack that belongs to nobody is a leak */

static slp_cpython_chunk *pool_take(struct pool *pool)
{
    slp_cpython_chunk *chunk = pool->first;

    if (chunk == NULL)
        return NULL;
    pool->first = *slp_cpython_chunk_previous(chunk);
    pool->count--;
    return chunk;
}

/* Returns whether there was room. */
static int pool_give(struct pool *pool, slp_cpython_chunk *chunk)
{
    if (pool->count >= pool->count_max)
        return 0;
    *slp_cpython_chunk_previous(chunk) = pool->first;
    pool->first = chunk;
    pool->count++;
    return 1;
}

/* ---- what the evaluation loop asks for ----
 *
 * It maps a chunk when a frame does not fit and unmaps it when that frame returns: 6 to
 * 12 us for a call that happens to stand at the edge.  By the arena allocator we get both,
 * and keep the chunk.  The object allocator asks here, too, for arenas of another size:
 * they go to the allocator that was there before. */

/* A new one is all zero, and so is the first slot of each root that the loop makes.  A
 * chunk that was a main tasklet's root has our mark there, which would say of somebody
 * else's data stack that it is a tasklet's. */
static void *arena_alloc(void *unused, size_t size)
{
    slp_cpython_chunk *chunk = size == SLP_CPYTHON_CHUNK_BYTES ? pool_take(&chunks) : NULL;

    (void)unused;
    if (chunk == NULL)
        return arenas.alloc(arenas.ctx, size);
    *slp_cpython_chunk_slot(chunk) = NULL;
    return chunk;
}

/* A root comes here when the interpreter frees a thread's state in the middle of a tasklet:
 * it knows nothing of malloc(), so the size must tell whose it is. */
static void arena_free(void *unused, void *memory, size_t size)
{
    (void)unused;
    if (size == SLP_DATASTACK_ROOT_BYTES) {
        if (!pool_give(&roots, memory))
            free(memory);
    } else if (size != SLP_CPYTHON_CHUNK_BYTES || !pool_give(&chunks, memory)) {
        arenas.free(arenas.ctx, memory, size);
    }
}

/* For good.  The chunks that are there already came from the same allocator as those that
 * ours asks for, so it does not matter to which of the two they go back. */
static void install(void)
{
    PyObjectArenaAllocator ours = {NULL, arena_alloc, arena_free};

    PyObject_GetArenaAllocator(&arenas);
    PyObject_SetArenaAllocator(&ours);
}

/* ---- roots ---- */

/* The mark is on the data stack and not in the thread state, because greenlet exchanges
 * data stacks without telling us.  All chunks are behind the newest, so it is found from
 * there. */
void slp_datastack_mark_home(slp_cpython_chunk *chunk)
{
    *slp_cpython_chunk_slot(slp_cpython_chunk_root(chunk)) = SLP_DATASTACK_HOME;
}

slp_cpython_chunk *slp_datastack_take(void)
{
    /* The first tasklet: a program without any keeps its allocator. */
    if (__builtin_expect(arenas.alloc == NULL, 0))
        install();
    slp_cpython_chunk *chunk = pool_take(&roots);
    if (chunk == NULL)
        chunk = malloc(SLP_DATASTACK_ROOT_BYTES);
    if (chunk == NULL)
        return NULL;
    slp_cpython_begin_chunk(chunk, SLP_DATASTACK_ROOT_BYTES);
    lent++;
    slp_datastack_mark_home(chunk);
    return chunk;
}

long slp_datastack_lent(void)
{
    return lent;
}

void slp_datastack_cede(void)
{
    lent--;
}

void slp_datastack_forsake(slp_cpython_chunk *chunk)
{
    static slp_cpython_chunk *forsaken; /* all of them, so that valgrind finds them reachable */

    lent--;
    if (chunk == NULL)
        return;
    *slp_cpython_chunk_previous(slp_cpython_chunk_root(chunk)) = forsaken;
    forsaken = chunk;
}

void slp_datastack_give(slp_cpython_chunk *chunk)
{
    assert(chunk != NULL);
    lent--;
    while (chunk != NULL) {
        slp_cpython_chunk *previous = *slp_cpython_chunk_previous(chunk);
        arena_free(NULL, chunk, slp_cpython_chunk_bytes(chunk));
        chunk = previous;
    }
}
