/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <string.h>

void sw_plan_write_empty(struct sw_event_shm *event_shm)
{
    event_shm->magic = SW_EVENT_SHM_MAGIC;
    event_shm->version = SW_EVENT_SHM_VERSION;
    /* Offset 0 is the empty text, whose NUL is there already: the memory is fresh. */
    event_shm->text_used = 1;
    /* The main thread is there whether anybody plans anything or not. */
    event_shm->plan.thread_count = 1;
}

/* Adds a text.  One that does not fit is remembered in *failed, and all others are still added: the
 * plan is whole but for its texts, and the caller looks once. */
static sw_text add(struct sw_event_shm *event_shm, const char *s, int *failed)
{
    if (s == NULL || *s == '\0')
        return 0;
    sw_text at = sw_event_shm_text_add(event_shm, s, (uint32_t)strlen(s));
    if (at == 0)
        *failed = -1;
    return at;
}

/* Numbers alone, all of which the check of the spec has seen to be within the plan's limits: they
 * are the same constants. */
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

static void write_actors(struct sw_event_shm *event_shm, const struct sw_spec *spec, int *failed)
{
    struct sw_plan *plan = &event_shm->plan;

    plan->actor_count = (uint32_t)spec->actor_count;
    for (int i = 0; i < spec->actor_count; i++) {
        const struct sw_spec_actor *from = &spec->actors[i];
        plan->actors[i] =
            (struct sw_plan_actor){.name = add(event_shm, from->name, failed),
                                   .class_name = add(event_shm, from->class_name, failed),
                                   .kind = (uint32_t)from->kind,
                                   .thread = (uint32_t)from->thread};
    }
}

static void write_steps(struct sw_event_shm *event_shm, const struct sw_spec *spec, int *failed)
{
    struct sw_plan *plan = &event_shm->plan;

    plan->step_count = (uint32_t)spec->step_count;
    for (int i = 0; i < spec->step_count; i++) {
        const struct sw_spec_step *from = &spec->steps[i];
        plan->steps[i] = (struct sw_plan_step){.name = add(event_shm, from->name, failed),
                                               .source = add(event_shm, from->source, failed),
                                               .line = from->line,
                                               .actor = (uint32_t)from->actor};
    }
}

static void write_conditions(struct sw_event_shm *event_shm, const struct sw_spec *spec,
                             int *failed)
{
    struct sw_plan *plan = &event_shm->plan;

    plan->condition_count = (uint32_t)spec->condition_count;
    for (int i = 0; i < spec->condition_count; i++) {
        const struct sw_spec_condition *from = &spec->conditions[i];
        plan->conditions[i] =
            (struct sw_plan_condition){.source = add(event_shm, from->source, failed),
                                       .line = from->line,
                                       .never = (uint32_t)from->never};
    }
}

int sw_plan_write(struct sw_event_shm *event_shm, const struct sw_spec *spec,
                  const struct sw_spec_schedule *schedule)
{
    struct sw_plan *plan = &event_shm->plan;
    int failed = 0;

    sw_plan_write_empty(event_shm);
    plan->spec_path = add(event_shm, spec->path, &failed);
    plan->schedule = add(event_shm, schedule->name, &failed);
    plan->setup = add(event_shm, spec->setup, &failed);
    plan->setup_line = spec->setup_line;
    plan->thread_count = (uint32_t)spec->thread_count;
    for (int i = 0; i < spec->thread_count; i++)
        plan->threads[i].stack_bytes = spec->stack_bytes[i];
    write_actors(event_shm, spec, &failed);
    write_steps(event_shm, spec, &failed);
    write_conditions(event_shm, spec, &failed);
    write_moves(plan, schedule);
    return failed;
}
