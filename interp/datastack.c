/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include <Python.h>

#include "datastack.h"

#include <assert.h>

/* obmalloc.c of 3.11; no public header declares them. */
extern void *_PyObject_VirtualAlloc(size_t size);
extern void _PyObject_VirtualFree(void *block, size_t size);

enum { CHUNK_BYTES = 16 * 1024 };

static _PyStackChunk *kept;
static int kept_count;
static long lent;

PyObject **slp_datastack_limit(_PyStackChunk *chunk)
{
    return (PyObject **)((char *)chunk + chunk->size);
}

_PyStackChunk *slp_datastack_take(void)
{
    _PyStackChunk *chunk = kept;

    if (chunk != NULL) {
        kept = chunk->previous;
        kept_count--;
    } else {
        chunk = _PyObject_VirtualAlloc(CHUNK_BYTES);
        if (chunk == NULL)
            return NULL;
        chunk->size = CHUNK_BYTES;
    }
    chunk->previous = NULL;
    chunk->top = 0;
    lent++;
    return chunk;
}

long slp_datastack_lent(void)
{
    return lent;
}

static void give_one(_PyStackChunk *chunk)
{
    if (chunk->size != CHUNK_BYTES || kept_count >= SLP_DATASTACK_KEPT_MAX) {
        _PyObject_VirtualFree(chunk, chunk->size);
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
