/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "datastack.h"

#include <assert.h>
#include <stdlib.h>

#include "frames.h"
#include "frames_zombie.h"

static PyObjectArenaAllocator arenas; /* the interpreter's own; alloc == NULL: ours is not there */
static long lent; /* for the lab: a data stack that belongs to nobody is a leak */

/* A chunk is a piece once nobody uses it. */
_Static_assert(offsetof(struct slp_frames_piece, next) == offsetof(slp_cpython_chunk, previous) &&
                   offsetof(struct slp_frames_piece, bytes) == offsetof(slp_cpython_chunk, size),
               "a chunk does not begin as a piece");

/* The slots of a root that are not frames': the mark, and of a small one its home. */
enum { MARK, HOME, SMALL_SLOTS, LARGE_SLOTS = HOME };

static struct slp_frames_zombie **home_of(slp_cpython_chunk *small)
{
    return (struct slp_frames_zombie **)(slp_cpython_chunk_slot(small) + HOME);
}

/* ---- what the evaluation loop asks for ----
 *
 * It maps a chunk when a frame does not fit and unmaps it when that frame returns: 6 to
 * 12 us for a call that happens to stand at the edge.  By the arena allocator we get both,
 * and keep the chunk.  The object allocator asks here, too, for arenas of another size:
 * they go to the allocator that was there before. */

/* A new one is all zero, and so is the first slot of each root that the loop makes.  A
 * chunk that was a tasklet's root has our mark there, which would say of somebody
 * else's data stack that it is a tasklet's. */
static void *arena_alloc(void *unused, size_t size)
{
    slp_cpython_chunk *chunk =
        size == SLP_CPYTHON_CHUNK_BYTES ? slp_frames_take(SLP_FRAMES_CHUNKS) : NULL;

    (void)unused;
    if (chunk == NULL)
        return arenas.alloc(arenas.ctx, size);
    *slp_cpython_chunk_slot(chunk) = NULL;
    return chunk;
}

static void give_small(slp_cpython_chunk *root)
{
    struct slp_frames_piece *piece = (struct slp_frames_piece *)root;

    if (*home_of(root) != NULL &&
        slp_frames_zombie_keep(*home_of(root), SLP_FRAMES_ZOMBIE_ROOT, piece))
        return;
    if (!slp_frames_keep(SLP_FRAMES_ROOTS, piece))
        free(root);
}

/* A root comes here when the interpreter frees a thread's state in the middle of a tasklet:
 * it knows nothing of malloc(), so the size must tell whose it is. */
static void arena_free(void *unused, void *memory, size_t size)
{
    (void)unused;
    if (size == SLP_DATASTACK_ROOT_BYTES)
        give_small(memory);
    else if (size != SLP_CPYTHON_CHUNK_BYTES || !slp_frames_keep(SLP_FRAMES_CHUNKS, memory))
        arenas.free(arenas.ctx, memory, size);
}

void slp_datastack_free(struct slp_frames_piece *piece)
{
    if (piece->bytes == SLP_DATASTACK_ROOT_BYTES)
        free(piece);
    else
        arenas.free(arenas.ctx, piece, piece->bytes);
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

static slp_cpython_chunk *take_small(PyObject *func)
{
    struct slp_frames_zombie *home = slp_frames_zombie_is_on() && func != NULL
                                         ? slp_frames_zombie_home(slp_frames_zombie_code_of(func))
                                         : NULL;
    slp_cpython_chunk *root =
        home != NULL ? slp_frames_zombie_take(home, SLP_FRAMES_ZOMBIE_ROOT) : NULL;

    if (root == NULL)
        root = slp_frames_take(SLP_FRAMES_ROOTS);
    if (root == NULL)
        root = malloc(SLP_DATASTACK_ROOT_BYTES);
    if (root == NULL) {
        slp_frames_zombie_release(home);
        return NULL;
    }
    slp_cpython_begin_chunk(root, SLP_DATASTACK_ROOT_BYTES);
    *home_of(root) = home;
    return root;
}

static slp_cpython_chunk *take_large(void)
{
    slp_cpython_chunk *root = arena_alloc(NULL, SLP_CPYTHON_CHUNK_BYTES);

    if (root != NULL)
        slp_cpython_begin_chunk(root, SLP_CPYTHON_CHUNK_BYTES);
    return root;
}

void slp_datastack_begin(PyThreadState *tstate, PyObject *func)
{
    /* The first tasklet: a program without any keeps its allocator. */
    if (__builtin_expect(arenas.alloc == NULL, 0))
        install();
    int large = slp_frames_policy == SLP_FRAMES_NONE || slp_frames_policy == SLP_FRAMES_ARENA;
    slp_cpython_chunk *root = large ? take_large() : take_small(func);

    if (root != NULL) {
        lent++;
        slp_datastack_mark_home(root);
    }
    slp_cpython_begin_datastack(tstate, root, large ? LARGE_SLOTS : SMALL_SLOTS);
}

int slp_datastack_begin_for_interpreter(PyThreadState *tstate)
{
    slp_datastack_begin(tstate, NULL);
    if (slp_cpython_chunk_of(tstate) == NULL)
        return -1;
    lent--;
    return 0;
}

long slp_datastack_lent(void)
{
    return lent;
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
