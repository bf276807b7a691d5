/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/schedz.h"
#include "contract/exit.h"
#include "contract/version.h"
#include "run_once.h"

/* Of another file the decisions would mean something else, and a divergence would tell nothing. */
static int check_file(const char *sched_path, const char *what, const char *path,
                      const char *wanted, struct sw_error *e)
{
    char hash[33];

    if (sw_sched_hash_file(path, hash, e) < 0)
        return -1;
    if (strcmp(hash, wanted) != 0)
        return sw_error_set(e, sched_path, 0, 0, "it is of another %s: %s is xxh128 %s now, not %s",
                            what, path, hash, wanted);
    return 0;
}

/* One that the program finds by that name. */
static int check_found(const char *sched_path, const struct sw_sched *sched, const char *what,
                       const char *name, const char *wanted, struct sw_error *e)
{
    char *file = sw_sched_paths_file(sched, name);
    int status = file != NULL ? check_file(sched_path, what, file, wanted, e)
                              : sw_error_set(e, sched_path, 0, 0, "out of memory");

    if (status < 0 && e->path == file)
        e->path = name;
    free(file);
    return status;
}

/* ---- what came of it ---- */

/* A line on stderr. */
__attribute__((format(printf, 2, 3))) static void say(const struct sw_replay_order *replay,
                                                      const char *format, ...)
{
    va_list arguments;

    fputs("spillway: ", stderr);
    if (replay->number != 0)
        fprintf(stderr, "schedule %llu: ", (unsigned long long)replay->number);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* A deviation for which the run was too short. */
static void say_missing(const struct sw_replay_order *replay, const struct sw_sched *sched,
                        const struct sw_deviation *deviation)
{
    char choice[SW_DECISION_TEXT], candidates[1024];

    say(replay, "step %llu never came: wanted T%u at %s to %s %s of %s",
        (unsigned long long)deviation->index, deviation->thread,
        sw_decision_place(deviation->place), sw_decision_verb(deviation->kind),
        sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice),
        sw_decision_format_all(deviation->kind, sched->pool + deviation->first, deviation->count,
                               candidates, sizeof candidates));
}

/* The run's decision of that number, if the control memory still has it. */
static void say_decision(const struct sw_replay_order *replay, const struct sw_control_shm *shm,
                         uint64_t index)
{
    const struct sw_recent *recent = &shm->recent[index % SW_RECENT_MAX];
    char choice[SW_DECISION_TEXT];

    /* The ring has the last SW_RECENT_MAX of them only. */
    if (index >= shm->decision_count || shm->decision_count - index > SW_RECENT_MAX)
        return;
    say(replay, "there, T%u at %s chose to %s %s", recent->thread, sw_decision_place(recent->place),
        sw_decision_verb(recent->kind),
        sw_decision_format(recent->kind, recent->choice, choice, sizeof choice));
}

/* How far it was certainly the recorded run.  Returns the first deviation for which it was not, or
 * NULL. */
static const struct sw_deviation *say_fitting(const struct sw_replay_order *replay,
                                              const struct sw_control_shm *shm,
                                              const struct sw_sched *sched)
{
    uint32_t fitted = 0;

    /* A deviation before the run's last decision was taken as it was wanted, or the run would have
     * diverged there. */
    while (fitted < sched->deviation_count && sched->deviations[fitted].index < shm->decision_count)
        fitted++;
    if (fitted > 0)
        say(replay, "%u of %u deviations fitted, the last of them at step %llu", fitted,
            sched->deviation_count, (unsigned long long)sched->deviations[fitted - 1].index);
    else
        say(replay, "0 of %u deviations fitted", sched->deviation_count);
    return fitted < sched->deviation_count ? &sched->deviations[fitted] : NULL;
}

/* Between two deviations a schedule says nothing: only its end shows that it was another. */
static void say_first_difference(const struct sw_replay_order *replay,
                                 const struct sw_control_shm *shm, const struct sw_sched *sched)
{
    const struct sw_deviation *missing = say_fitting(replay, shm, sched);

    if (missing != NULL) {
        say_missing(replay, sched, missing);
    } else if (shm->decision_count > sched->decision_count) {
        say(replay, "it went on at step %llu, where the recorded run had ended",
            (unsigned long long)sched->decision_count);
        say_decision(replay, shm, sched->decision_count);
    } else if (shm->decision_count < sched->decision_count) {
        say(replay, "it ended before step %llu, where the recorded run went on",
            (unsigned long long)shm->decision_count);
    } else {
        say(replay, "at a decision that is not listed, other threads asked or could run");
    }
}

/* 1: the decisions were another run's, and it has been said where. */
static int has_diverged(const struct sw_process *run, const struct sw_sched *sched,
                        const struct sw_replay_order *replay)
{
    const struct sw_control_shm *shm = run->shm;
    int stopped = run->end.kind == SW_ENDED_DIVERGED;

    /* The hash is over all decisions, those too that the schedule does not list. */
    if (!stopped && shm->decision_count == sched->decision_count && shm->hash == sched->hash)
        return 0;
    if (stopped) {
        say(replay, "diverged at %s", run->end.text);
        say_fitting(replay, shm, sched);
        say(replay, "recorded were %llu decisions, hash %016llx",
            (unsigned long long)sched->decision_count, (unsigned long long)sched->hash);
    } else {
        say(replay, "diverged: %llu decisions, hash %016llx; recorded were %llu, hash %016llx",
            (unsigned long long)shm->decision_count, (unsigned long long)shm->hash,
            (unsigned long long)sched->decision_count, (unsigned long long)sched->hash);
        say_first_difference(replay, shm, sched);
    }
    /* The likeliest reason, if all else is as it was: another version may ask in other places. */
    if (strcmp(sched->writer, SW_VERSION) != 0)
        say(replay, "it was recorded by spillway %s; this is %s", sched->writer, SW_VERSION);
    return 1;
}

static int judge(const struct sw_process *run, const struct sw_sched *sched,
                 const struct sw_replay_order *replay)
{
    const struct sw_control_shm *shm = run->shm;
    char outcome[SW_END_LINE_MAX];
    int same = !has_diverged(run, sched, replay);

    sw_run_end_format(&run->end, outcome, sizeof outcome);
    if (run->end.kind != SW_ENDED_DIVERGED && !sw_run_end_is_recorded(&run->end, sched->outcome)) {
        say(replay, "another outcome: %s; recorded was: %s", outcome, sched->outcome);
        same = 0;
    }
    if (same && !replay->quiet)
        say(replay, "as recorded: %s; %llu decisions, hash %016llx", outcome,
            (unsigned long long)shm->decision_count, (unsigned long long)shm->hash);
    /* What nobody controlled is the likeliest reason for another run; in a quiet one that fits it
     * is only noise. */
    if (!same || !replay->quiet)
        sw_process_warn(run);
    return same ? SW_EXIT_OK : SW_EXIT_FAILED;
}

static int run_again(const struct sw_sched *sched, const struct sw_replay_order *replay)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process run;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    process.under = replay->under;
    schedule.engine = (enum sw_control_shm_engine)replay->engine;
    if (sw_run_once_run(&run, &process, &schedule, &e) < 0)
        sw_error_print(&e);
    else if ((status = sw_process_check(&run)) == SW_EXIT_OK)
        status = judge(&run, sched, replay);
    sw_process_close(&run);
    return status;
}

int sw_replay_check_program(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    return sched->input != NULL
               ? check_found(path, sched, "input", sched->input, sched->input_hash, e)
               : check_found(path, sched, "program", sched->program, sched->program_hash, e);
}

int sw_replay_check(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    return sw_replay_check_program(path, sched, e) < 0 ||
                   check_found(path, sched, "program", sched->program, sched->program_hash, e) <
                       0 ||
                   check_file(path, "interpreter", sched->interp, sched->interp_hash, e) < 0
               ? -1
               : 0;
}

/* replay->number says which; 0: a .sched's only one. */
static int replay_one(const struct sw_replay_order *replay)
{
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status = SW_EXIT_ERROR;
    int failed = replay->number == 0 ? sw_sched_load(replay->path, &sched, &e)
                                     : sw_schedz_load(replay->path, replay->number, &sched, &e);

    if (failed < 0 || sw_sched_paths(replay->path, sched, &e) < 0 ||
        sw_replay_check(replay->path, sched, &e) < 0)
        sw_error_print(&e);
    else
        status = run_again(sched, replay);
    sw_sched_free(sched);
    return status;
}

/* How many schedules can be replayed; 0, with a message: none. */
static uint64_t count_schedules(const char *path)
{
    uint64_t whole = 0, cut_off = 0;
    struct sw_error e;

    if (sw_schedz_count(path, &whole, &cut_off, &e) < 0)
        whole = 0;
    else if (cut_off > 0)
        sw_error_set(&e, path, 0, 0, "%llu schedule%s at the end %s cut off",
                     (unsigned long long)cut_off, cut_off == 1 ? "" : "s",
                     cut_off == 1 ? "is" : "are");
    else if (whole == 0)
        sw_error_set(&e, path, 0, 0, "there is no schedule in it");
    else
        return whole;
    sw_error_print(&e);
    return whole;
}

/* All of them, as far as there is no error.  That one was another run is worse than that one is
 * inconclusive. */
static int replay_archive(const struct sw_replay_order *archive)
{
    uint64_t count = count_schedules(archive->path), counts[4] = {0};
    struct sw_replay_order replay = *archive;
    int status = SW_EXIT_ERROR;

    for (replay.number = 1; replay.number <= count; replay.number++) {
        status = replay_one(&replay);
        if (status == SW_EXIT_ERROR)
            return status;
        counts[status]++;
    }
    if (count == 0)
        return status;
    fprintf(stderr, "spillway: %llu of %llu were as recorded\n",
            (unsigned long long)counts[SW_EXIT_OK], (unsigned long long)count);
    if (counts[SW_EXIT_FAILED] > 0)
        return SW_EXIT_FAILED;
    return counts[SW_EXIT_UNSURE] > 0 ? SW_EXIT_UNSURE : SW_EXIT_OK;
}

int sw_replay_run(const struct sw_replay_order *replay)
{
    return sw_schedz_is_archive(replay->path) && replay->number == 0 ? replay_archive(replay)
                                                                     : replay_one(replay);
}
