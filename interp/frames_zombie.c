/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "frames_zombie.h"

#include <assert.h>
#include <stdlib.h>

#include "datastack.h"
#include "spill_record.h"

struct slp_frames_amount slp_frames_zombie_amount;
static struct slp_frames_zombie *homes;
static Py_ssize_t extra = -1; /* our place in co_extra; -1: not asked for */

PyCodeObject *slp_frames_zombie_code_of(PyObject *callable)
{
    if (PyMethod_Check(callable))
        callable = PyMethod_GET_FUNCTION(callable);
    return PyFunction_Check(callable) ? (PyCodeObject *)PyFunction_GET_CODE(callable) : NULL;
}

size_t slp_frames_zombie_bytes_of(const struct slp_frames_zombie *home)
{
    size_t bytes = 0;

    for (int i = 0; i < SLP_FRAMES_ZOMBIE_PIECES; i++)
        if (home->kept[i] != NULL)
            bytes += home->kept[i]->bytes;
    return bytes;
}

/* ---- how much ---- */

/* What it keeps is another amount: out of the sum with the old one, in with the new. */
static void uncount(const struct slp_frames_zombie *home)
{
    size_t bytes = slp_frames_zombie_bytes_of(home);

    if (bytes > 0)
        slp_frames_amount_remove(&slp_frames_zombie_amount, bytes);
}

static void count(const struct slp_frames_zombie *home)
{
    size_t bytes = slp_frames_zombie_bytes_of(home);

    if (bytes > 0)
        slp_frames_amount_add(&slp_frames_zombie_amount, bytes);
}

/* ---- a home ---- */

static void empty(struct slp_frames_zombie *home)
{
    uncount(home);
    if (home->kept[SLP_FRAMES_ZOMBIE_ROOT] != NULL)
        slp_datastack_free(home->kept[SLP_FRAMES_ZOMBIE_ROOT]);
    if (home->kept[SLP_FRAMES_ZOMBIE_RECORD] != NULL)
        slp_spill_record_free(home->kept[SLP_FRAMES_ZOMBIE_RECORD]);
    for (int i = 0; i < SLP_FRAMES_ZOMBIE_PIECES; i++)
        home->kept[i] = NULL;
}

void slp_frames_zombie_release(struct slp_frames_zombie *home)
{
    assert(home == NULL || home->references > 0);
    if (home != NULL && --home->references == 0)
        free(home);
}

/* The code object is being deallocated. */
static void code_goes(void *arg)
{
    struct slp_frames_zombie *home = arg;

    empty(home);
    home->code = NULL;
    *home->link = home->next;
    if (home->next != NULL)
        home->next->link = home->link;
    slp_frames_zombie_release(home);
}

static struct slp_frames_zombie *make(PyCodeObject *code)
{
    struct slp_frames_zombie *home = calloc(1, sizeof *home);

    if (home == NULL)
        return NULL;
    if (slp_cpython_set_code_extra(code, extra, home) < 0) {
        free(home);
        return NULL;
    }
    home->code = code;
    home->references = 1;
    home->next = homes;
    home->link = &homes;
    if (homes != NULL)
        homes->link = &home->next;
    homes = home;
    return home;
}

struct slp_frames_zombie *slp_frames_zombie_home(PyCodeObject *code)
{
    if (code == NULL || !slp_frames_zombie_is_on())
        return NULL;
    if (extra < 0 && (extra = slp_cpython_code_extra_index(code_goes)) < 0)
        return NULL;
    struct slp_frames_zombie *home = slp_cpython_code_extra(code, extra);
    if (home == NULL)
        home = make(code);
    if (home != NULL)
        home->references++;
    return home;
}

void *slp_frames_zombie_take(struct slp_frames_zombie *home, int which)
{
    struct slp_frames_piece *piece = home->kept[which];

    if (piece == NULL)
        return NULL;
    uncount(home);
    home->kept[which] = NULL;
    count(home);
    return piece;
}

int slp_frames_zombie_keep(struct slp_frames_zombie *home, int which,
                           struct slp_frames_piece *piece)
{
    if (home == NULL)
        return 0;
    int keeps = home->code != NULL && home->kept[which] == NULL && slp_frames_zombie_is_on();
    if (keeps) {
        uncount(home);
        home->kept[which] = piece;
        count(home);
    }
    slp_frames_zombie_release(home);
    return keeps;
}

void slp_frames_zombie_drop_all(void)
{
    for (struct slp_frames_zombie *home = homes; home != NULL; home = home->next)
        empty(home);
}

/* ---- looking ---- */

size_t slp_frames_zombie_bytes(void)
{
    size_t bytes = 0;

    for (const struct slp_frames_zombie *home = homes; home != NULL; home = home->next)
        bytes += slp_frames_zombie_bytes_of(home);
    return bytes;
}

const struct slp_frames_zombie *slp_frames_zombie_first(void)
{
    return homes;
}
