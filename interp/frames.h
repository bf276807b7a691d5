/* SPDX-License-Identifier: MIT
 *
 * frames.h - what is kept in place of frames, and under which policy.
 *
 * CPython kept one frame for each code object that ever ran, for as long as that
 * code lived, beside a free list.  3.11 has no frames to keep: what takes their
 * place here are three kinds of memory that a tasklet or a spill needs and that
 * the next one needs again.
 *
 *   roots    the first piece of a tasklet's data stack, small      datastack.h
 *   chunks   16 KiB: what does not fit there, and what the         datastack.h
 *            evaluation loop itself asks for
 *   records  of a spill, with its copy of the C stack              spill_record.h
 *
 * A policy says what becomes of one that is given back:
 *
 *              the root of a tasklet     kept                        at most
 *   none       16 KiB, mapped            nothing                     0
 *   freelist   small                     by the thread that had it   of_thread in frames.c
 *   zombie     small                     one by each code object,    no limit
 *                                        the rest as freelist
 *   arena      16 KiB                    by the process              of_arena
 *
 * none is what the interpreter itself does with a data stack.  zombie is what
 * CPython 2.5 to 3.10 did, and is here to be measured (frames_zombie.h).
 *
 * Invariants: a piece is with whoever uses it, or in one pool, or with one code
 * object.  A pool never has more than its bound.  Another
 * policy frees all that is kept; what is in use then is treated by the new one
 * when it is given back: its size says how it was made.
 *
 * All of it needs the GIL.  Nothing here runs Python code, sets an exception or
 * allocates on the Python heap.
 */
#ifndef SLP_FRAMES_H
#define SLP_FRAMES_H

#include <stddef.h>

enum slp_frames_policy {
    SLP_FRAMES_NONE,
    SLP_FRAMES_FREELIST,
    SLP_FRAMES_ZOMBIE,
    SLP_FRAMES_ARENA,
    SLP_FRAMES_POLICIES
};
enum slp_frames_kind { SLP_FRAMES_ROOTS, SLP_FRAMES_CHUNKS, SLP_FRAMES_RECORDS, SLP_FRAMES_KINDS };

/* How each piece begins, while nobody uses it.  A data-stack chunk has its size at that
 * place in use, too. */
struct slp_frames_piece {
    struct slp_frames_piece *next;
    size_t bytes; /* with all that it owns */
};

/* How much is kept now, and was at most. */
struct slp_frames_amount {
    long count, count_max;
    size_t bytes, bytes_max;
};
struct slp_frames_pool {
    struct slp_frames_piece *first;
    struct slp_frames_amount has;
};
/* Zeroed, they are empty. */
struct slp_frames_pools {
    struct slp_frames_pool of[SLP_FRAMES_KINDS];
};

extern enum slp_frames_policy slp_frames_policy;
extern const char *const slp_frames_policy_names[SLP_FRAMES_POLICIES];
/* Those of the arena policy, and of threads that have no tasklets. */
extern struct slp_frames_pools slp_frames_of_process;

/* Applies SLP_FRAMES from the environment; empty, it is as if it were not set.  0; or -1, and
 * *refused is the text. */
int slp_frames_init(const char **refused);
#define SLP_FRAMES_REFUSED "is not none, freelist, zombie or arena"
/* 0, or -1: there is no such policy. */
int slp_frames_parse(const char *text, enum slp_frames_policy *policy);
void slp_frames_set(enum slp_frames_policy policy);

/* One that is kept, or NULL: make one. */
void *slp_frames_take(enum slp_frames_kind kind);
/* Whether it is kept from now on; if not, whoever had it frees it. */
int slp_frames_keep(enum slp_frames_kind kind, struct slp_frames_piece *piece);
/* Frees what these hold: the pools of a thread that ends. */
void slp_frames_drop(struct slp_frames_pools *pools);

static inline void slp_frames_amount_add(struct slp_frames_amount *amount, size_t bytes)
{
    if (++amount->count > amount->count_max)
        amount->count_max = amount->count;
    amount->bytes += bytes;
    if (amount->bytes > amount->bytes_max)
        amount->bytes_max = amount->bytes;
}

static inline void slp_frames_amount_remove(struct slp_frames_amount *amount, size_t bytes)
{
    amount->count--;
    amount->bytes -= bytes;
}

/* All pools of that kind: the sums, of the maxima, too, which each had at its own time. */
struct slp_frames_amount slp_frames_amount_of(enum slp_frames_kind kind);
/* What all pools of the process may hold now; and what they and the code objects do hold, each
 * list gone through. */
size_t slp_frames_bytes_allowed(void);
size_t slp_frames_bytes_kept(void);

#endif
