/* SPDX-License-Identifier: MIT */
#include "spec_run.h"

#include <stdio.h>
#include <string.h>

#include "launch.h"
#include "shared_memory.h"
#include "event_shm_sanitize.h"
#include "oracle_events.h"
#include "harness/formats/spec/plan.h"

int sw_spec_run_is(const char *program)
{
    static const char suffix[] = ".spec";
    size_t length = strlen(program);

    return length >= sizeof suffix && strcmp(program + length - (sizeof suffix - 1), suffix) == 0;
}

static int choose_schedule(struct sw_spec_run *run, const char *path, const char *name,
                           struct sw_error *e)
{
    const struct sw_spec *spec = run->spec;

    /* To choose for the user would be to record something else after the next schedule is added. */
    if (name == NULL && spec->schedule_count != 1)
        return sw_error_set(e, path, 0, 0, "it has %d schedules: name one", spec->schedule_count);
    for (int i = 0; i < spec->schedule_count; i++)
        if (name == NULL || strcmp(spec->schedules[i].name, name) == 0)
            run->schedule = &spec->schedules[i];
    if (run->schedule == NULL)
        return sw_error_set(e, path, 0, 0, "it has no schedule '%s'", name);
    return 0;
}

static int open_events(struct sw_spec_run *run, struct sw_error *e)
{
    run->event_shm =
        sw_shared_memory_open("spillway-wire", "events", sizeof *run->event_shm, &run->event_fd, e);
    return run->event_shm != NULL ? 0 : -1;
}

int sw_spec_run_open_program(struct sw_spec_run *run, struct sw_error *e)
{
    *run = (struct sw_spec_run){.event_fd = -1};
    if (open_events(run, e) < 0)
        return -1;
    run->event_shm->magic = SW_EVENT_SHM_MAGIC;
    run->event_shm->version = SW_EVENT_SHM_VERSION;
    run->event_shm->text_used = 1;
    run->event_shm->explains = 1;
    return 0;
}

int sw_spec_run_open(struct sw_spec_run *run, const char *path, const char *schedule,
                     struct sw_error *e)
{
    *run = (struct sw_spec_run){.event_fd = -1};
    if (sw_spec_load(path, &run->spec, e) < 0 || choose_schedule(run, path, schedule, e) < 0)
        return -1;
    if (open_events(run, e) < 0)
        return -1;
    if (sw_plan_write(run->event_shm, run->spec, run->schedule) < 0)
        return sw_error_set(e, path, 0, 0, "too much text for one run");
    return 0;
}

void sw_spec_run_close(struct sw_spec_run *run)
{
    if (run->spec != NULL)
        sw_spec_free(run->spec);
    sw_shared_memory_close(run->event_shm, sizeof *run->event_shm, run->event_fd);
    *run = (struct sw_spec_run){.event_fd = -1};
}

const struct sw_settings *sw_spec_run_setting(const struct sw_spec_run *run,
                                              const struct sw_settings *given)
{
    /* In the child, between fork and exec, where nothing needs to be freed. */
    static struct sw_settings setting;
    static char event_shm[32];

    setting = given != NULL ? *given : (struct sw_settings){0};
    /* What was asked for on the command line weighs more than what the spec says. */
    if (setting.spill == NULL)
        setting.spill = run->spec->spill;
    snprintf(event_shm, sizeof event_shm, SW_EVENT_SHM_ENV "=%d",
             sw_launch_inherit(run->event_fd, SW_SPEC_RUN_EVENT_FD));
    if (setting.variable_count < SW_SETTINGS_VARIABLES_MAX)
        setting.variables[setting.variable_count++] = event_shm;
    return &setting;
}

void sw_spec_run_set_end(struct sw_spec_run *run, struct sw_end *end)
{
    char line[SW_ORACLE_EVENTS_NAME_MAX + SW_ORACLE_EVENTS_TEXT_MAX],
        text[SW_ORACLE_EVENTS_TEXT_MAX];
    const struct sw_event *event;

    sw_event_shm_sanitize(run->event_shm);
    event = sw_oracle_events_invariant(run->event_shm);
    /* Who has no agent in it wrote there what nobody meant. */
    if (event == NULL && run->event_shm->attached == SW_EVENT_SHM_MAGIC)
        event = sw_oracle_events_first(run->event_shm);
    if (event == NULL)
        return;
    /* As a .sched has it: the name first, so that it is the word of the end (run_end.h). */
    snprintf(line, sizeof line, "%.*s %s", SW_ORACLE_EVENTS_NAME_MAX - 1,
             sw_oracle_events_name(run->event_shm, event),
             sw_oracle_events_describe(run->event_shm, event, text));
    sw_run_end_set_oracle(end, line);
}
