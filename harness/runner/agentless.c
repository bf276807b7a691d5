/* SPDX-License-Identifier: MIT */
#include "agentless.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/event_shm.h"
#include "harness/formats/spec/spec_need.h"

__asm__(".section .rodata\n"
        ".globl sw_agentless_driver\n"
        "sw_agentless_driver: .incbin \"harness/runner/agentless_needs.py\"\n"
        ".incbin \"harness/runner/agentless.py\"\n"
        ".byte 0\n"
        ".previous\n");

/* As agentless.py has them. */
enum { NO_STACKLESS = 77, NO_MODULES = 78, NO_NAME = 79, NO_NEED = 80 };

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

uint32_t sw_agentless_needs(const struct sw_spec *spec)
{
    return spec->needs | (spec->thread_count > 1 ? 1u << SW_SPEC_NEED_THREADS : 0);
}

const char *sw_agentless_missing(const struct sw_spec *spec, int exit_status, int has_begun)
{
    /* Once the spec's own Python runs, it may end its process with any status. */
    if (has_begun)
        return exit_status == NO_NAME ? "names for channels that the setup has no name for" : NULL;
    if (exit_status == NO_STACKLESS)
        return "the module stackless";
    if (exit_status == NO_MODULES)
        return "the modules ctypes, mmap and struct";
    if (exit_status < NO_NEED)
        return NULL;
    int need = sw_spec_need_at(sw_agentless_needs(spec), exit_status - NO_NEED);
    return need >= 0 ? sw_spec_need_text(need) : NULL;
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
        "size=%zu,magic=%u,attached=%zu,text_used=%zu,event_count=%zu,events=%zu,"
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

static void add_variable(struct sw_settings *setting, const char *name, const char *value)
{
    char **text = &setting->variables[setting->variable_count++];

    if (value == NULL || asprintf(text, "%s=%s", name, value) < 0)
        abort();
}

void sw_agentless_add_layout(struct sw_settings *setting, uint32_t needs)
{
    char layout[1024];

    format_layout(layout, sizeof layout);
    add_variable(setting, "SPILLWAY_LAYOUT", layout);
    add_variable(setting, "SPILLWAY_NEEDS", sw_spec_need_list(needs));
}
