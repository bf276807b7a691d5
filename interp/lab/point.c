/* SPDX-License-Identifier: MIT
 *
 * point.c - a visit of a point: the invariants first, then the hook, then hostile mode.
 */
#include "interp/cpython.h"

#include "contract/points.h"

#include "hostile.h"
#include "invariants.h"
#include "interp/tasklet.h"
#include "interp/value_ledger.h"

slp_point_hook slp_point_current_hook;
uint64_t slp_point_active;
int slp_point_at_frames;
static uint64_t hook_points;

static const int point_flags[] = {
#define POINT_FLAGS(id, name, flags, text) flags,
    SLP_POINTS(POINT_FLAGS)
#undef POINT_FLAGS
};

_Static_assert(SLP_POINT_COUNT <= 64, "a bit a point");

#define BIT(id) (UINT64_C(1) << SLP_POINT_##id)
static const uint64_t frames = BIT(EVAL_ENTER) | BIT(RELEASE_ENTER) | BIT(CALLBACK_ENTER);
#undef BIT

void slp_point_set_hook(slp_point_hook hook, uint64_t points)
{
    slp_point_at_frames = hook != NULL && (points & frames) != 0;
    slp_point_current_hook = hook;
    hook_points = hook != NULL ? points : 0;
    slp_point_update();
}

void slp_point_update(void)
{
    slp_point_active = slp_hostile_on
                           ? SLP_POINT_ALL
                           : hook_points | slp_invariants_points() | slp_value_ledger_points();
}

static int is_end(enum slp_point point)
{
    return point == SLP_POINT_TASKLET_END || point == SLP_POINT_TASKLET_DEALLOC;
}

__thread const void *slp_point_frame;
__thread int slp_point_looked_at;

static void look_at_values(const struct slp_point_info *info, const void *frame)
{
    slp_point_frame = frame;
    if (slp_value_ledger_points() >> info->point & 1 ||
        __builtin_expect(slp_value_ledger_expects, 0))
        slp_value_ledger_visit(info);
}

unsigned slp_point_visit(enum slp_point point, void *subject, void *object, void *value,
                         uint64_t thread)
{
    const struct slp_point_info info = {point, subject, object, value, thread};
    unsigned action;

    /* The invariants and the ledger see the state as the interpreter left it, before a hook changes
     * it.  But a hook tells of an end before the ledger tells what has gone with it. */
    slp_point_looked_at = (int)point + 1;
    if (slp_invariants_points() >> point & 1)
        slp_invariants_visit(&info);
    slp_point_looked_at = 0;
    if (!is_end(point))
        look_at_values(&info, __builtin_frame_address(0));
    action = hook_points >> point & 1 ? slp_point_current_hook(&info) : 0;
    if (is_end(point))
        look_at_values(&info, __builtin_frame_address(0));
    if (action & SLP_ACT_END)
        slp_tasklet_end_thread(point == SLP_POINT_THREAD_RESUME);
    /* Last, since the visit is over: the hook's answer is about the stack as it was. */
    if (slp_hostile_on && !(point_flags[point] & SLP_NO_GIL))
        slp_hostile_shake();
    return action;
}
