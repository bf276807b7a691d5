/* SPDX-License-Identifier: MIT
 *
 * point.c - a visit of a point: the invariants first, then the hook, then hostile mode.
 */
#include "interp/cpython.h"

#include "contract/points.h"

#include "hostile.h"
#include "invariants.h"
#include "interp/tasklet.h"

slp_point_hook slp_point_current_hook;
uint64_t slp_point_active;
static uint64_t hook_points;

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
    slp_point_active = slp_hostile_on ? SLP_POINT_ALL : hook_points | slp_invariants_points();
}

unsigned slp_point_visit(enum slp_point point, void *subject, void *object, void *value,
                         uint64_t thread)
{
    const struct slp_point_info info = {point, subject, object, value, thread};
    unsigned action;

    /* The invariants see the state as the interpreter left it, before a hook changes it. */
    if (slp_invariants_points() >> point & 1)
        slp_invariants_visit(&info);
    action = hook_points >> point & 1 ? slp_point_current_hook(&info) : 0;
    if (action & SLP_ACT_END)
        slp_tasklet_end_thread(point == SLP_POINT_THREAD_RESUME);
    /* Last, since the visit is over: the hook's answer is about the stack as it was. */
    if (slp_hostile_on && !(point_flags[point] & SLP_NO_GIL))
        slp_hostile_shake();
    return action;
}
