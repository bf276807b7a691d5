/* SPDX-License-Identifier: MIT */
#include "after_release.h"

#include "gil.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/sync_objects.h"

void sw_after_release(enum sw_place place, struct sw_object *object)
{
    /* First, whoever holds it: nobody can tell of PyPy's GIL, which is taken without a call. */
    int pypy_asks = sw_gil_pypy_arm();

    if (sw_gil_is_mine())
        sw_gil_arm();
    else if (!pypy_asks || object == NULL || !object->is_lock)
        sw_engine_point(place, object != NULL ? sw_sync_objects_noted(object) : 0);
}
