/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "hostile.h"

#include <stdlib.h>
#include <string.h>

#include "contract/points.h"
#include "interp/gcguard.h"
#include "interp/spill_record.h"
#include "interp/valgrind_stack.h"

int slp_hostile_on;

int slp_hostile_init(void)
{
    const char *text = getenv("SLP_HOSTILE");

    slp_hostile_on = text != NULL && strcmp(text, "1") == 0;
    slp_point_update();
    return slp_hostile_on;
}

/* Not inlined, so that its frame is where it is known to be. */
__attribute__((noinline)) void slp_hostile_overwrite(char *from, char *frame)
{
    /* Between the caller's frame and its stack pointer is what it uses itself, and then our own
     * frame: a return address, six registers, a few variables.  Far less than this. */
    enum { IN_USE = 512 };

    if (!slp_hostile_on)
        return;
    if (from < frame - IN_USE)
        SLP_VALGRIND_STACK_GROWS(from, frame - IN_USE - from);
    /* volatile: nobody reads it again, as far as the compiler can see */
    for (volatile char *at = from; at < frame - IN_USE; at++)
        *at = (char)0xDB;
}

void slp_hostile_shake(void)
{
    static __thread int shaking; /* a spill has points, too */
    struct slp_spill_call call = {.kind = SLP_CALL_NOTHING, .tstate = slp_cpython_tstate()};
    PyObject *nothing;

    if (shaking || call.tstate == NULL || slp_gcguard_active())
        return;
    shaking = 1;
    (void)slp_spill_call(call.tstate, &call, &nothing);
    shaking = 0;
}
