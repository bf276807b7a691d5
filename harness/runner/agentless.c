/* SPDX-License-Identifier: MIT */
#include "agentless.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/event_shm.h"

__asm__(".section .rodata\n"
        ".globl sw_agentless_driver\n"
        "sw_agentless_driver: .incbin \"harness/runner/agentless.py\"\n"
        ".byte 0\n"
        ".previous\n");

enum { NO_STACKLESS = 77, NO_SHARED_CHANNELS = 78, NO_NAME = 79 }; /* as agentless.py has them */

int sw_agentless_is(const char *interp)
{
    return sw_settings_interp_exports(interp, "slp_point_current_hook") == 0;
}

const char *sw_agentless_lacks(const struct sw_spec *spec, const struct sw_spec_schedule *schedule,
                               const struct sw_fault_set *faults)
{
    static char text[64];

    /* In the order in which a user can do something about it: the command line, the spec, the
     * schedule. */
    if (sw_fault_set_count(faults) > 0)
        return "faults that can be switched on";
    if (spec->spill != NULL && strncmp(spec->spill, "never", 5) != 0)
        return "spills";
    for (int i = 0; i < schedule->move_count; i++) {
        const struct sw_spec_move *move = &schedule->moves[i];
        if (move->directive_count == 0)
            continue;
        snprintf(text, sizeof text, "POINT %s", sw_spec_point_name((int)move->directives[0].point));
        return text;
    }
    return NULL;
}

const char *sw_agentless_missing(int exit_status)
{
    switch (exit_status) {
    case NO_STACKLESS:
        return "the module stackless";
    case NO_SHARED_CHANNELS:
        return "channels between threads";
    case NO_NAME:
        return "names for channels that the setup has no name for";
    default:
        return NULL;
    }
}

/* agentless.py cannot read C headers, and so is told where everything is: a layout that changes
 * needs no change there. */
#define AT(member) offsetof(struct sw_event_shm, member)

static const struct {
    const char *name;
    int kind;
} kinds[] = {{"move", SW_EVENT_MOVE},
             {"done", SW_EVENT_DONE},
             {"raised", SW_EVENT_RAISED},
             {"blocks", SW_EVENT_BLOCKS},
             {"pauses", SW_EVENT_PAUSES},
             {"unfinished", SW_EVENT_UNFINISHED},
             {"unraisable", SW_EVENT_UNRAISABLE},
             {"condition", SW_EVENT_CONDITION},
             {"setup_raised", SW_EVENT_SETUP_RAISED},
             {"finished", SW_EVENT_FINISHED}};

/* Pairs of a name and a number. */
static void format_layout(char *buf, size_t size)
{
    size_t used = (size_t)snprintf(
        buf, size,
        "SPILLWAY_LAYOUT=size=%zu,magic=%u,attached=%zu,text_used=%zu,event_count=%zu,events=%zu,"
        "text=%zu,plan=%zu,actors=%zu,steps=%zu,moves=%zu,conditions=%zu,move_width=%zu,"
        "event_size=%zu",
        sizeof(struct sw_event_shm), SW_EVENT_SHM_MAGIC, AT(attached), AT(text_used),
        AT(event_count), AT(events), AT(text), AT(plan), AT(plan.actors), AT(plan.steps),
        AT(plan.moves), AT(plan.conditions), sizeof(struct sw_plan_move) / 4,
        sizeof(struct sw_event));

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        used +=
            (size_t)snprintf(buf + used, size - used, ",kind_%s=%d", kinds[i].name, kinds[i].kind);
    assert(used < size);
}

void sw_agentless_add_layout(struct sw_settings *setting)
{
    char layout[1024];

    format_layout(layout, sizeof layout);
    setting->variables[setting->variable_count] = strdup(layout);
    assert(setting->variables[setting->variable_count] != NULL);
    setting->variable_count++;
}
