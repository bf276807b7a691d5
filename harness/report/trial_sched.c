/* SPDX-License-Identifier: MIT */
#include "trial_sched.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/layout.h"
#include "contract/version.h"
#include "harness/formats/sched/sched_data.h"
#include "harness/formats/sched/sched_paths.h"
#include "run_inputs.h"
#include "trial_internal.h"

/* F.sched becomes F.unsure.sched. */
static int take_output(const struct sw_trial_order *order, struct sw_trial_sched *place)
{
    static const char suffix[] = ".sched";
    char path[PATH_MAX];
    size_t length = strlen(order->output), end = sizeof suffix - 1;
    int has_suffix = length > end && strcmp(order->output + length - end, suffix) == 0;

    if (*place->kind == '\0')
        return sw_sched_file_take_named(&place->file, order->output, &place->e);
    int used = snprintf(path, sizeof path, "%.*s%s%s", (int)(has_suffix ? length - end : length),
                        order->output, place->kind, suffix);
    return used < (int)sizeof path
               ? sw_sched_file_take_named(&place->file, path, &place->e)
               : sw_error_set(&place->e, order->output, 0, 0, "the name is too long");
}

/* drew: it has drawn random numbers, of use or not: where it has, imports and all are of that chance. */
static uint32_t chance_of(const struct sw_trial_order *order, int drew)
{
    if (order->schedule.chance_how == SW_CHANCE_FIXED)
        return sw_trial_setting_of(order)->chance;
    return drew ? sw_chance_of_seed(order->schedule.chance_how, order->schedule.seed) : 0;
}

static uint32_t layout_of(const struct sw_trial_order *order)
{
    const struct sw_settings *setting = sw_trial_setting_of(order);

    if (order->schedule.layout_how == SW_CHANCE_FIXED)
        return setting->layout;
    return sw_layout_of_seed(order->schedule.layout_how, sw_layout_count(setting->layouts),
                             order->schedule.seed);
}

void sw_trial_sched_fill(const struct sw_trial_order *order, char *args[SW_TRIAL_ARGS],
                         struct sw_sched *sched)
{
    sched->args = sw_trial_args_of(order, args);
    sched->program = (char *)sw_trial_program_of(order);
    sched->input = order->test != NULL ? (char *)order->file : NULL;
    sched->interp = (char *)order->interp;
    sched->folder = (char *)order->folder;
    sched->setting = *sw_trial_setting_of(order);
    sched->setting.layout = layout_of(order);
    sched->setting.layouts = 0;
    while (sched->args[sched->arg_count] != NULL)
        sched->arg_count++;
}

static int is_folder(const char *output)
{
    return output != NULL && *output != '\0' && output[strlen(output) - 1] == '/';
}

void sw_trial_sched_take(const struct sw_trial_order *order, struct sw_trial_sched *place)
{
    const struct sw_sched_file_name name = {is_folder(order->output) ? order->output : "",
                                            order->file, order->test, place->kind};
    char *room[SW_TRIAL_ARGS];
    struct sw_sched target = {0};

    sw_trial_sched_fill(order, room, &target);
    int failed = order->output != NULL && !is_folder(order->output)
                     ? take_output(order, place)
                     : sw_sched_file_take(&place->file, &name, &target, &place->e);
    place->status = failed < 0 ? -1 : 1;
}

/* What cannot be written is printed: the search that has found it may have taken hours. */
static void write_there(struct sw_trial_sched *place, const struct sw_sched *sched,
                        struct sw_trial *trial)
{
    if (place->status > 0 && sw_sched_paths_write(place->file.path, sched, &place->e) < 0)
        place->status = -1;
    if (place->status > 0) {
        sw_trial_tell(trial, "again: spillway replay %s", place->file.path);
        snprintf(trial->path, sizeof trial->path, "%s", place->file.path);
        return;
    }
    sw_sched_file_print(sched, &place->e);
    snprintf(trial->unkept, sizeof trial->unkept, "%.600s: %s", place->e.path, place->e.text);
    sw_trial_tell(trial, "no schedule is kept: %s", trial->unkept);
}

/* Of a file that the program finds by that name. */
static int hash_found(const struct sw_sched *sched, const char *name, char hash[33],
                      struct sw_error *e)
{
    char *file = sw_sched_paths_file(sched, name);
    int status = file != NULL ? sw_sched_hash_file(file, hash, e)
                              : sw_error_set(e, name, 0, 0, "out of memory");

    free(file);
    return status;
}

/* So that a replay can say that a file is another before it says that the run is. */
static int hash_files(struct sw_sched *sched, struct sw_error *e)
{
    if (sched->arg_count > SW_SCHED_ARGS_MAX)
        return sw_error_set(e, sched->program, 0, 0, "more than %d arguments", SW_SCHED_ARGS_MAX);
    if (sched->input != NULL && hash_found(sched, sched->input, sched->input_hash, e) < 0)
        return -1;
    if (sched->input == NULL && hash_found(sched, sched->program, sched->program_hash, e) < 0)
        return -1;
    return sched->interp_version == NULL ? sw_sched_hash_file(sched->interp, sched->interp_hash, e)
                                         : 0;
}

/* "portfolio seed 14" */
static char *describe_found(const struct sw_trial_order *order, char *buf, size_t size)
{
    char strategy[64];

    snprintf(buf, size, "default");
    if (order->schedule.strategy == SW_STRATEGY_REPLAY)
        snprintf(buf, size, "%s", order->found);
    else if (order->schedule.strategy != SW_STRATEGY_DEFAULT)
        snprintf(buf, size, "%s seed %llu",
                 sw_trial_describe_strategy(order, strategy, sizeof strategy),
                 (unsigned long long)order->schedule.seed);
    return buf;
}

/* sched has what was decided, and how it ended. */
static void write_sched(const struct sw_trial_order *order, struct sw_trial_sched *place,
                        struct sw_sched *sched, struct sw_trial *trial)
{
    char found[128], version[] = SW_VERSION;

    sched->writer = version;
    sched->found = describe_found(order, found, sizeof found);
    if (place->status == 0)
        sw_trial_sched_take(order, place);
    if (hash_files(sched, &place->e) < 0)
        place->status = -1;
    write_there(place, sched, trial);
}

/* Above what is in the story: it is what a reader wants to know first. */
static void explain(const struct sw_trial_order *order, const struct sw_sched *sched,
                    struct sw_trial *trial)
{
    char *story = NULL, *below = trial->story;

    if (!order->explains)
        return;
    sw_explained_make(&trial->explained, sched, order->how);
    if (trial->explained.text == NULL ||
        asprintf(&story, "%s%s", trial->explained.text, below != NULL ? below : "") < 0)
        return;
    /* A newline stands between lines only. */
    if (below == NULL)
        story[strlen(story) - 1] = '\0';
    free(trial->explained.text);
    trial->explained.text = NULL;
    free(below);
    trial->story = story;
}

void sw_trial_sched_keep(const struct sw_process *run, const struct sw_trial_order *order,
                         char *outcome, struct sw_trial_sched *place, struct sw_trial *trial)
{
    char chosen[1024], *room[SW_TRIAL_ARGS];
    struct sw_sched sched = {.outcome = outcome};

    sw_trial_sched_fill(order, room, &sched);
    sched.setting.chance = chance_of(order, run->shm->drew != 0);
    sw_process_fill(run, &sched);
    sched.interp_version = (char *)sw_process_interp_version(run);
    if (*sw_sched_data_format(&sched, chosen, sizeof chosen) != '\0')
        sw_trial_tell(trial, "chose: %s", chosen);
    if ((run->shm->follows & SW_FOLLOWS_CHANCE) != 0)
        sw_trial_tell(trial, "it drew random numbers: those of chance %u",
                      sched.setting.chance > 0 ? sched.setting.chance : SW_CHANCE_FIRST);
    if (sched.setting.layout > 0)
        sw_trial_tell(trial, "its objects lay as in layout %u", sched.setting.layout);
    sw_run_inputs_collect(run, &sched);
    if (sched.has_unnoted)
        sw_trial_tell(trial, SW_RUN_INPUTS_UNNOTED);
    write_sched(order, place, &sched, trial);
    explain(order, &sched, trial);
    sw_run_inputs_free(&sched);
}

void sw_trial_sched_keep_unsure(const struct sw_trial_order *order,
                                const struct sw_trial_schedule *schedule, struct sw_trial *trial)
{
    char *room[SW_TRIAL_ARGS];
    struct sw_trial_sched place = {.file.fd = -1, .kind = ".unsure"};
    struct sw_sched sched = {.outcome = (char *)schedule->outcome,
                             .deviations = (struct sw_deviation *)schedule->decisions.deviations,
                             .deviation_count = schedule->decisions.count,
                             .pool = (uint32_t *)schedule->decisions.pool,
                             .pool_used = schedule->decisions.pool_used,
                             .decision_count = schedule->decision_count,
                             .hash = schedule->hash};

    sw_trial_sched_fill(order, room, &sched);
    sched.setting.chance = chance_of(order, 1);
    write_sched(order, &place, &sched, trial);
    sw_sched_file_release(&place.file);
}
