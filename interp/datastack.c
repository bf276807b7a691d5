/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "datastack.h"

#include <assert.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 16 * 1024 }; /* DATA_STACK_CHUNK_SIZE of the evaluation loop */

/* Of one size; linked by previous. */
struct pool {
    _PyStackChunk *first;
    int count, count_max;
};

static struct pool roots = {.count_max = SLP_DATASTACK_ROOTS_MAX};
static struct pool chunks = {.count_max = SLP_DATASTACK_CHUNKS_MAX};
static PyObjectArenaAllocator arenas; /* the interpreter's own; alloc == NULL: ours is not there */
static long lent;

static _PyStackChunk *pool_take(struct pool *pool)
{
    _PyStackChunk *chunk = pool->first;

    if (chunk == NULL)
        return NULL;
    pool->first = chunk->previous;
    pool->count--;
    return chunk;
}

/* Returns whether there was room. */
static int pool_give(struct pool *pool, _PyStackChunk *chunk)
{
    if (pool->count >= pool->count_max)
        return 0;
    chunk->previous = pool->first;
    pool->first = chunk;
    pool->count++;
    return 1;
}

/* ---- what the evaluation loop asks for ---- */

/* A new one is all zero; of one that was used before, its mark must go. */
static void *arena_alloc(void *unused, size_t size)
{
    _PyStackChunk *chunk = size == CHUNK_BYTES ? pool_take(&chunks) : NULL;

    (void)unused;
    if (chunk == NULL)
        return arenas.alloc(arenas.ctx, size);
    chunk->data[0] = NULL;
    return chunk;
}

/* A root comes here when the interpreter frees a thread's state in the middle of a tasklet. */
static void arena_free(void *unused, void *memory, size_t size)
{
    (void)unused;
    if (size == SLP_DATASTACK_ROOT_BYTES) {
        if (!pool_give(&roots, memory))
            free(memory);
    } else if (size != CHUNK_BYTES || !pool_give(&chunks, memory)) {
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

PyObject **slp_datastack_limit(_PyStackChunk *chunk)
{
    return (PyObject **)((char *)chunk + chunk->size);
}

void slp_datastack_mark_home(_PyStackChunk *chunk)
{
    while (chunk->previous != NULL)
        chunk = chunk->previous;
    chunk->data[0] = SLP_DATASTACK_HOME;
}

_PyStackChunk *slp_datastack_take(void)
{
    if (__builtin_expect(arenas.alloc == NULL, 0))
        install();
    _PyStackChunk *chunk = pool_take(&roots);
    if (chunk == NULL)
        chunk = malloc(SLP_DATASTACK_ROOT_BYTES);
    if (chunk == NULL)
        return NULL;
    chunk->previous = NULL;
    chunk->size = SLP_DATASTACK_ROOT_BYTES;
    chunk->top = 0;
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

void slp_datastack_forsake(_PyStackChunk *chunk)
{
    static _PyStackChunk *forsaken; /* so that nobody takes them for leaks */
    _PyStackChunk *root = chunk;

    lent--;
    if (chunk == NULL)
        return;
    while (root->previous != NULL)
        root = root->previous;
    root->previous = forsaken;
    forsaken = chunk;
}

void slp_datastack_give(_PyStackChunk *chunk)
{
    assert(chunk != NULL);
    lent--;
    while (chunk != NULL) {
        _PyStackChunk *previous = chunk->previous;
        arena_free(NULL, chunk, chunk->size);
        chunk = previous;
    }
}
