/* SPDX-License-Identifier: MIT
 *
 * choose.c - spillway_choose(): a decision that the program asks for itself.
 */
#include "harness/control/spillway.h"

#include <errno.h>
#include <stdio.h>

#include "harness/control/engine/decide.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/outcome.h"
#include "harness/control/engine/real.h"

/* The value 0 is the default; no thread is switched, nor does any time pass. */
static uint32_t decide(uint32_t place, uint32_t count)
{
    static uint32_t values[SPILLWAY_CHOICES_MAX]; /* only the current thread is here */
    struct sw_decision decision = {
        .kind = SW_DECIDE_CHOICE, .place = place, .count = count, .candidates = values};

    for (uint32_t i = 0; i < count; i++)
        values[i] = i;
    sw_engine.busy = 1;
    uint32_t choice = sw_decide_ask(&decision);
    sw_engine.busy = 0;
    return choice;
}

SW_EXPORT unsigned spillway_choose(const char *name, unsigned n)
{
    char place[2 * SW_PLACE_NAME_SIZE];
    int saved = errno;

    if (sw_engine_self() == NULL)
        return 0;
    snprintf(place, sizeof place, SW_PLACE_NAME_PREFIX "%s", name != NULL ? name : "");
    if (!sw_place_name_is_valid(place))
        sw_outcome_end(SW_END_ERROR,
                       "spillway_choose: a name has 1 to %d characters, none of them a blank, a "
                       "quote or a backslash",
                       SW_PLACE_NAME_MAX);
    if (n < 1 || n > SPILLWAY_CHOICES_MAX)
        sw_outcome_end(SW_END_ERROR, "spillway_choose: %s of %u; there can be 1 to %d", place, n,
                       SPILLWAY_CHOICES_MAX);
    uint32_t number = sw_place_name_put(&sw_engine_shm()->place_names, place);
    if (number == 0)
        sw_outcome_end(SW_END_ERROR, "spillway_choose: %s: more than %d names", place,
                       SW_PLACE_NAMES_MAX);
    uint32_t choice = n > 1 ? decide(number, n) : 0;
    errno = saved;
    return choice;
}
