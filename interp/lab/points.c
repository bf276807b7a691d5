/* SPDX-License-Identifier: MIT
 *
 * points.c - the lab build's side of points.h and faults.h; empty in a release.
 */
#ifdef SLP_LAB

#include <Python.h>

#include "contract/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/faults.h"
#include "invariants.h"
#include "interp/spill.h"
#include "interp/tasklet.h"

slp_point_hook slp_point_current_hook;
uint64_t slp_point_active;
static uint64_t hook_points;
unsigned char slp_fault_on[SLP_FAULT_COUNT];

static const int point_flags[] = {
#define POINT_FLAGS(id, name, flags, text) flags,
    SLP_POINTS(POINT_FLAGS)
#undef POINT_FLAGS
};

_Static_assert(SLP_POINT_COUNT <= 64, "a bit a point");

void slp_point_set_hook(slp_point_hook hook, uint64_t points)
{
    slp_point_current_hook = hook;
    hook_points = hook != NULL ? points : 0;
    slp_point_update();
}

void slp_point_update(void)
{
    slp_point_active = slp_spill_hostile ? SLP_POINT_ALL : hook_points | slp_invariant_points();
}

unsigned slp_point_visit(enum slp_point point, void *subject, void *object, void *value,
                         uint64_t thread)
{
    const struct slp_point_info info = {point, subject, object, value, thread};
    unsigned action;

    if (slp_invariant_points() >> point & 1)
        slp_invariant_visit(&info);
    action = hook_points >> point & 1 ? slp_point_current_hook(&info) : 0;
    if (action & SLP_ACT_END)
        slp_tasklet_end_thread(point == SLP_POINT_THREAD_RESUME);
    if (slp_spill_hostile && !(point_flags[point] & SLP_NO_GIL))
        slp_spill_shake();
    return action;
}

static const char *const fault_names[] = {
#define FAULT_NAME(id, name, source, text) name,
    SLP_FAULTS(FAULT_NAME)
#undef FAULT_NAME
};

static int fault_switch_on(const char *name, size_t length)
{
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        if (strlen(fault_names[i]) == length && memcmp(fault_names[i], name, length) == 0) {
            slp_fault_on[i] = 1;
            return 0;
        }
    }
    fprintf(stderr, "slpython-lab: SLP_FAULTS: unknown fault '%.*s'; known are:", (int)length,
            name);
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        fprintf(stderr, "%s %s", i ? "," : "", fault_names[i]);
    fputc('\n', stderr);
    return -1;
}

int slp_fault_init(void)
{
    const char *at = getenv("SLP_FAULTS");

    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ",");
        if (length > 0 && fault_switch_on(at, length) < 0)
            return -1;
        at += length;
        at += *at == ',';
    }
    return 0;
}

#endif
