/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "datastack.h"

#include <assert.h>

enum { CHUNK_BYTES = 16 * 1024 };

static _PyStackChunk *kept;
static int kept_count;
static long lent;

PyObject **slp_datastack_limit(_PyStackChunk *chunk)
{
    return (PyObject **)((char *)chunk + chunk->size);
}

/* The evaluation loop makes chunks in the same way, by a function of its own. */
static _PyStackChunk *chunk_new(void)
{
    PyObjectArenaAllocator arenas;

    PyObject_GetArenaAllocator(&arenas);
    return arenas.alloc(arenas.ctx, CHUNK_BYTES);
}

static void chunk_free(_PyStackChunk *chunk)
{
    PyObjectArenaAllocator arenas;

    PyObject_GetArenaAllocator(&arenas);
    arenas.free(arenas.ctx, chunk, chunk->size);
}

void slp_datastack_mark_home(_PyStackChunk *chunk)
{
    while (chunk->previous != NULL)
        chunk = chunk->previous;
    chunk->data[0] = SLP_DATASTACK_HOME;
}

_PyStackChunk *slp_datastack_take(void)
{
    _PyStackChunk *chunk = kept;

    if (chunk != NULL) {
        kept = chunk->previous;
        kept_count--;
    } else {
        chunk = chunk_new();
        if (chunk == NULL)
            return NULL;
        chunk->size = CHUNK_BYTES;
    }
    chunk->previous = NULL;
    chunk->top = 0;
    lent++;
    slp_datastack_mark_home(chunk);
    return chunk;
}

long slp_datastack_lent(void)
{
    return lent;
}

void slp_datastack_forsake(void)
{
    lent--;
}

static void give_one(_PyStackChunk *chunk)
{
    if (chunk->size != CHUNK_BYTES || kept_count >= SLP_DATASTACK_KEPT_MAX) {
        chunk_free(chunk);
        return;
    }
    chunk->previous = kept;
    kept = chunk;
    kept_count++;
}

void slp_datastack_give(_PyStackChunk *chunk)
{
    assert(chunk != NULL);
    lent--;
    while (chunk != NULL) {
        _PyStackChunk *previous = chunk->previous;
        give_one(chunk);
        chunk = previous;
    }
}
