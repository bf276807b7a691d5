/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <string.h>

void sw_plan_write_empty(struct sw_wire *wire)
{
    wire->magic = SW_WIRE_MAGIC;
    wire->version = SW_WIRE_VERSION;
    wire->text_used = 1;
    wire->plan.thread_count = 1;
}

/* Adds a text; a text that does not fit is remembered in *failed. */
static sw_text add(struct sw_wire *wire, const char *s, int *failed)
{
    if (s == NULL || *s == '\0')
        return 0;
    sw_text at = sw_wire_text_add(wire, s, (uint32_t)strlen(s));
    if (at == 0)
        *failed = -1;
    return at;
}

static void write_moves(struct sw_plan *plan, const struct sw_spec_schedule *schedule)
{
    plan->move_count = (uint32_t)schedule->move_count;
    for (int i = 0; i < schedule->move_count; i++) {
        const struct sw_spec_move *from = &schedule->moves[i];
        struct sw_plan_move *to = &plan->moves[i];
        to->step = (uint32_t)from->step;
        to->resume = (uint32_t)from->resume;
        to->last = (uint32_t)from->last;
        to->directive_count = (uint32_t)from->directive_count;
        memcpy(to->directives, from->directives, sizeof to->directives);
    }
}

int sw_plan_write(struct sw_wire *wire, const struct sw_spec *spec,
                  const struct sw_spec_schedule *schedule)
{
    struct sw_plan *plan = &wire->plan;
    int failed = 0;

    sw_plan_write_empty(wire);
    plan->spec_path = add(wire, spec->path, &failed);
    plan->schedule = add(wire, schedule->name, &failed);
    plan->setup = add(wire, spec->setup, &failed);
    plan->setup_line = spec->setup_line;
    plan->thread_count = (uint32_t)spec->thread_count;
    for (int i = 0; i < spec->thread_count; i++)
        plan->threads[i].stack_bytes = spec->stack_bytes[i];
    plan->actor_count = (uint32_t)spec->actor_count;
    for (int i = 0; i < spec->actor_count; i++) {
        const struct sw_spec_actor *from = &spec->actors[i];
        plan->actors[i] = (struct sw_plan_actor){.name = add(wire, from->name, &failed),
                                                 .class_name = add(wire, from->class_name, &failed),
                                                 .kind = (uint32_t)from->kind,
                                                 .thread = (uint32_t)from->thread};
    }
    plan->step_count = (uint32_t)spec->step_count;
    for (int i = 0; i < spec->step_count; i++) {
        const struct sw_spec_step *from = &spec->steps[i];
        plan->steps[i] = (struct sw_plan_step){.name = add(wire, from->name, &failed),
                                               .source = add(wire, from->source, &failed),
                                               .line = from->line,
                                               .actor = (uint32_t)from->actor};
    }
    plan->condition_count = (uint32_t)spec->condition_count;
    for (int i = 0; i < spec->condition_count; i++) {
        const struct sw_spec_condition *from = &spec->conditions[i];
        plan->conditions[i] = (struct sw_plan_condition){.source = add(wire, from->source, &failed),
                                                         .line = from->line,
                                                         .never = (uint32_t)from->never};
    }
    write_moves(plan, schedule);
    return failed;
}
