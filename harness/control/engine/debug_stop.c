/* SPDX-License-Identifier: MIT */
#include "debug_stop.h"

#include <stdio.h>

#include "engine_state.h"

char sw_debug_stop_text[256];

/* The asm keeps the call, and the argument, where the compiler sees that nothing is done. */
__attribute__((noipa)) void sw_debug_stop_here(enum sw_debug_stop why)
{
    __asm__ volatile("" : : "r"(why) : "memory");
}

void sw_debug_stop_describe(const struct sw_decision *decision)
{
    char candidates[160];

    if (decision == NULL)
        snprintf(sw_debug_stop_text, sizeof sw_debug_stop_text, "the end of a look outside");
    else
        snprintf(sw_debug_stop_text, sizeof sw_debug_stop_text, "at %s to %s %s",
                 sw_decision_place(decision->place), sw_decision_verb(decision->kind),
                 sw_decision_format_all(decision->kind, decision->candidates, decision->count,
                                        candidates, sizeof candidates));
    sw_debug_stop_here(SW_DEBUG_STOP_STEP);
}

void sw_debug_stop_at_end(const struct sw_control_shm *shm)
{
    if (shm == NULL || !shm->debugged)
        return;
    sw_debug_stop_text[0] = '\0';
    sw_debug_stop_here(SW_DEBUG_STOP_END);
}
