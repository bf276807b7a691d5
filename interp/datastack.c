/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "datastack.h"

#include <assert.h>
#include <stdlib.h>

/* Of one size; linked by previous. */
struct pool {
    slp_cpython_chunk *first;
    int count, count_max;
};

static struct pool roots = {.count_max = SLP_DATASTACK_ROOTS_MAX};
static struct pool chunks = {.count_max = SLP_DATASTACK_CHUNKS_MAX};
static PyObjectArenaAllocator arenas; /* the interpreter's own; alloc == NULL: ours is not there */
static long lent;

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

/* ---- what the evaluation loop asks for ---- */

/* A new one is all zero; of one that was used before, its mark must go. */
static void *arena_alloc(void *unused, size_t size)
{
    slp_cpython_chunk *chunk = size == SLP_CPYTHON_CHUNK_BYTES ? pool_take(&chunks) : NULL;

    (void)unused;
    if (chunk == NULL)
        return arenas.alloc(arenas.ctx, size);
    *slp_cpython_chunk_slot(chunk) = NULL;
    return chunk;
}

/* A root comes here when the interpreter frees a thread's state in the middle of a tasklet. */
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

static void install(void)
{
    PyObjectArenaAllocator ours = {NULL, arena_alloc, arena_free};

    PyObject_GetArenaAllocator(&arenas);
    PyObject_SetArenaAllocator(&ours);
}

/* ---- roots ---- */

void slp_datastack_mark_home(slp_cpython_chunk *chunk)
{
    *slp_cpython_chunk_slot(slp_cpython_chunk_root(chunk)) = SLP_DATASTACK_HOME;
}

slp_cpython_chunk *slp_datastack_take(void)
{
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
    static slp_cpython_chunk *forsaken; /* so that nobody takes them for leaks */

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
