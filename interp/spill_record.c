/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "spill_record.h"

#include <assert.h>
#include <stdlib.h>

#include "frames_zombie.h"

_Static_assert(offsetof(struct slp_spill_record, piece) == 0, "a record does not begin as a piece");

/* The code that a call will run; NULL: none that is Python's. */
static PyCodeObject *code_of(const struct slp_spill_call *call)
{
    switch (call->kind) {
    case SLP_CALL_VECTOR:
        return slp_frames_zombie_code_of((PyObject *)call->of.vector.func);
    case SLP_CALL_FRAME:
        return slp_cpython_frame_code(call->of.frame.frame);
    case SLP_CALL_CODE:
        return PyCode_Check(call->of.code.co) ? (PyCodeObject *)call->of.code.co : NULL;
    case SLP_CALL_NOTHING:
        break;
    }
    return NULL;
}

struct slp_spill_record *slp_spill_record_take(const struct slp_spill_call *call)
{
    struct slp_frames_zombie *home =
        slp_frames_zombie_is_on() ? slp_frames_zombie_home(code_of(call)) : NULL;
    struct slp_spill_record *record =
        home != NULL ? slp_frames_zombie_take(home, SLP_FRAMES_ZOMBIE_RECORD) : NULL;

    if (record == NULL)
        record = slp_frames_take(SLP_FRAMES_RECORDS);
    if (record == NULL)
        record = calloc(1, sizeof *record);
    if (record == NULL)
        slp_frames_zombie_release(home);
    else
        record->home = home;
    return record;
}

/* What the call was is not looked at: its code may have gone meanwhile. */
void slp_spill_record_give(struct slp_spill_record *record)
{
    struct slp_frames_zombie *home = record->home;

    PyMem_RawFree(record->more_args);
    record->more_args = NULL;
    record->home = NULL;
    record->piece.bytes = sizeof *record + record->slice.capacity;
    if (!slp_frames_zombie_keep(home, SLP_FRAMES_ZOMBIE_RECORD, &record->piece) &&
        !slp_frames_keep(SLP_FRAMES_RECORDS, &record->piece))
        slp_spill_record_free(&record->piece);
}

void slp_spill_record_free(struct slp_frames_piece *piece)
{
    struct slp_spill_record *record = (struct slp_spill_record *)piece;

    slp_slice_free(&record->slice);
    free(record);
}
