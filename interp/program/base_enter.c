/* SPDX-License-Identifier: MIT
 *
 * base_enter.c - slpython's threads have a base from their start on.
 */
#include "interp/cpython.h"

#include "interp/base.h"

#include <string.h>

#include "arch/switch.h"

void *slp_base_enter(void *(*fn)(void *), void *arg)
{
    struct slp_cstack outer = slp_cstack;
    char *low, *high;

    memset(&slp_cstack, 0, sizeof slp_cstack);
    (void)slp_cstack_bounds(&low, &high);
    slp_cstack.low = low;
    void *result = slp_base_call(fn, arg, &slp_cstack.base);
    slp_cstack = outer;
    slp_spill_limit = 0;
    return result;
}

int slp_base_find(const char *here)
{
    (void)here;
    return -1;
}
