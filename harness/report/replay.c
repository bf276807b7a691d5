/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/formats/files/atomic_files.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/schedz.h"
#include "contract/exit.h"
#include "contract/version.h"
#include "harness/runner/interrupt.h"
#include "harness/runner/memcheck.h"
#include "recorded_files.h"
#include "run_inputs.h"
#include "explained.h"
#include "run_once.h"
#include "timeline.h"

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
    if (!stopped && sw_sched_is_same_run(sched, shm->decision_count, shm->hash))
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

/* 1: it has printed something else, and it has been said where. */
static int say_printed(const struct sw_replay_order *replay, const struct sw_control_shm *shm,
                       const struct sw_sched *sched)
{
    static const char *const names[] = {"stdout", "stderr"};
    int differs = 0;

    for (int i = 0; sched->has_printed && i < 2; i++) {
        const struct sw_printed *now = &shm->printed[i], *then = &sched->printed[i];
        if (now->size == then->size && now->hash == then->hash)
            continue;
        say(replay, "on %s it printed otherwise: %llu bytes of another text; recorded were %llu",
            names[i], (unsigned long long)now->size, (unsigned long long)then->size);
        differs = 1;
    }
    return differs;
}

static void say_line(const void *context, const char *line)
{
    say(context, "%s", line);
}

/* Of what has a version, that is said where the run was another. */
static void say_interp(const struct sw_process *run, const struct sw_sched *sched,
                       const struct sw_replay_order *replay)
{
    const char *now = sw_process_interp_version(run), *then = sched->interp_version;

    if (then != NULL && strncmp(then, "spillway ", 9) != 0 &&
        (now == NULL || strcmp(now, then) != 0))
        say(replay, "it was recorded with %s; %s is %s", then, sched->interp,
            now != NULL ? now : "another");
}

/* 1: with --anyway, it went on without the schedule, and it has been said from where on. */
static int has_left(const struct sw_process *run, const struct sw_sched *sched,
                    const struct sw_replay_order *replay)
{
    const struct sw_control_shm *shm = run->shm;

    if (memchr(shm->left, '\0', sizeof shm->left) == NULL || shm->left[0] == '\0')
        return 0;
    say(replay, "it fitted for %u of %u deviations, and not at %s", shm->left_count,
        sched->deviation_count, shm->left);
    say(replay, "from there on nothing but the defaults: %llu decisions, hash %016llx",
        (unsigned long long)shm->decision_count, (unsigned long long)shm->hash);
    return 1;
}

static int judge(const struct sw_process *run, const struct sw_sched *sched,
                 const struct sw_replay_order *replay)
{
    const struct sw_control_shm *shm = run->shm;
    char outcome[SW_END_LINE_MAX];
    int same = !has_left(run, sched, replay) && !has_diverged(run, sched, replay);

    if (!same)
        say_interp(run, sched, replay);
    if (!same && replay->interp == NULL)
        sw_run_inputs_compare(run, replay->path, sched, say_line, replay);
    sw_run_end_format(&run->end, outcome, sizeof outcome);
    if (run->end.kind != SW_ENDED_DIVERGED && !sw_run_end_is_recorded(&run->end, sched->outcome)) {
        say(replay, "another outcome: %s; recorded was: %s", outcome, sched->outcome);
        same = 0;
    }
    int printed_otherwise = same && say_printed(replay, shm, sched);
    if (printed_otherwise && replay->interp == NULL)
        sw_run_inputs_compare(run, replay->path, sched, say_line, replay);
    if (same && (printed_otherwise || !replay->quiet))
        say(replay, "%s: %s; %llu decisions, hash %016llx",
            printed_otherwise ? "decided as recorded, but not what it printed" : "as recorded",
            outcome, (unsigned long long)shm->decision_count, (unsigned long long)shm->hash);
    same = same && !printed_otherwise;
    /* What nobody controlled is the likeliest reason for another run; in a quiet one that fits it
     * is only noise. */
    if (!same || !replay->quiet)
        sw_process_warn(run);
    return same ? SW_EXIT_OK : SW_EXIT_FAILED;
}

/* What memcheck has found is another failure than that of the program. */
static int judge_memory(const struct sw_process *run, int status,
                        const struct sw_replay_order *replay)
{
    if (!replay->memcheck || !WIFEXITED(run->tool_status) ||
        WEXITSTATUS(run->tool_status) != SW_MEMCHECK_ERRORS)
        return status;
    say(replay, "valgrind has found errors; again: spillway replay --valgrind %s", replay->path);
    return SW_EXIT_FAILED;
}

static int run_again(const struct sw_sched *sched, const struct sw_replay_order *replay)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process run;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    process.under = replay->memcheck ? sw_memcheck_words() : replay->under;
    schedule.anyway = replay->anyway;
    schedule.engine = (enum sw_control_shm_engine)replay->engine;
    if (sw_run_once_run(&run, &process, &schedule, &e) < 0)
        sw_error_print(&e);
    else if (run.interrupted)
        say(replay, "interrupted"), status = SW_EXIT_INTERRUPTED;
    else if ((status = sw_process_check(&run)) == SW_EXIT_OK)
        status = judge_memory(&run, judge(&run, sched, replay), replay);
    sw_process_close(&run);
    return status;
}

/* Of a failure that has come again; one more run.  Quiet, only if it is asked for. */
static void explain(const struct sw_replay_order *replay, const struct sw_sched *sched)
{
    struct sw_explained explained;
    struct sw_end end;

    sw_run_end_parse(&end, sched->outcome);
    if (!sw_run_end_is_failure(&end) ||
        (!replay->explain && (replay->quiet || replay->under != NULL)))
        return;
    sw_explained_make(&explained, sched,
                      replay->explain ? SW_EXPLANATION_FULL : SW_EXPLANATION_SHORT);
    if (explained.text != NULL)
        fputs(explained.text, stderr);
    sw_explained_free(&explained);
}

/* Of one more run, which notes what happens. */
static int write_timeline(const struct sw_replay_order *replay, const struct sw_sched *sched)
{
    struct sw_timeline timeline;
    struct sw_error e;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int failed = sw_timeline_fill(&timeline, sched, &e);

    if (failed == 0 && out != NULL)
        sw_timeline_write(out, &timeline);
    if ((out == NULL || fclose(out) != 0) && failed == 0)
        failed = sw_error_set(&e, replay->timeline, 0, 0, "out of memory");
    if (failed == 0)
        failed = sw_atomic_files_write(replay->timeline, text, size, &e);
    if (failed != 0)
        sw_error_print(&e);
    else if (*timeline.note != '\0')
        say(replay, "%s", timeline.note);
    sw_timeline_free(&timeline);
    free(text);
    return failed;
}

/* Of another file the decisions would mean something else: who relies on them runs nothing. */
int sw_replay_check_program(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    return sw_recorded_files_program(path, sched, e) != 0 ? -1 : 0;
}

int sw_replay_check(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    return sw_recorded_files_program(path, sched, e) != 0 ||
                   sw_recorded_files_interp(path, sched, e) != 0
               ? -1
               : 0;
}

int sw_replay_check_apart(const char *output, const char *path, const struct sw_sched *sched,
                          struct sw_error *e)
{
    const char *name = sched->input != NULL ? sched->input : sched->program;
    char *program = sw_sched_paths_file(sched, name);
    int failed = sw_atomic_files_check_apart(output, path, e) < 0 ||
                 sw_atomic_files_check_apart(output, sched->interp, e) < 0;

    if (!failed && sw_atomic_files_check_apart(output, program, e) < 0)
        failed = sw_error_set(e, output, 0, 0, "cannot be written: it is the program");
    free(program);
    return failed ? -1 : 0;
}

/* ---- is it still the same program ---- */

/* 1: what there is to say of it has been kept for later; 0; -1, with a message. */
static int note(int changed, const struct sw_error *e, char **warning)
{
    if (changed < 0)
        sw_error_print(e);
    else if (changed > 0 && asprintf(warning, "%s", e->text) < 0)
        *warning = NULL;
    return changed;
}

static int compare(const struct sw_replay_order *replay, const struct sw_sched *sched,
                   char *warnings[2])
{
    struct sw_error e;

    return note(sw_recorded_files_program(replay->path, sched, &e), &e, &warnings[0]) < 0 ||
                   (replay->interp == NULL &&
                    note(sw_recorded_files_interp(replay->path, sched, &e), &e, &warnings[1]) < 0)
               ? -1
               : 0;
}

static void warn(const struct sw_replay_order *replay, const struct sw_sched *sched,
                 char *const warnings[2])
{
    if (sched->interp_missing != NULL)
        say(replay, "%s is not there: %s instead", sched->interp_missing, sched->interp);
    for (int i = 0; i < 2; i++)
        if (warnings[i] != NULL)
            say(replay, "%s", warnings[i]);
}

/* It was compared before the run, which may write its own files; quiet, it is said only if the run
 * was another. */
static int replay_it(const struct sw_replay_order *replay, const struct sw_sched *sched)
{
    char *warnings[2] = {NULL, NULL};
    int status = SW_EXIT_ERROR;

    if (compare(replay, sched, warnings) == 0) {
        if (!replay->quiet)
            warn(replay, sched, warnings);
        status = run_again(sched, replay);
        if (status == SW_EXIT_OK)
            explain(replay, sched);
        if (status != SW_EXIT_INTERRUPTED && replay->timeline != NULL &&
            write_timeline(replay, sched) < 0)
            status = SW_EXIT_ERROR;
        if (replay->quiet && status != SW_EXIT_OK && status != SW_EXIT_INTERRUPTED)
            warn(replay, sched, warnings);
    }
    free(warnings[0]);
    free(warnings[1]);
    return status;
}

int sw_replay_warn(const char *path, const struct sw_sched *sched, const char *interp)
{
    struct sw_replay_order replay = {.path = path, .interp = interp};
    char *warnings[2] = {NULL, NULL};
    int said = 0;

    if (compare(&replay, sched, warnings) == 0) {
        said = (sched->interp_missing != NULL) + (warnings[0] != NULL) + (warnings[1] != NULL);
        warn(&replay, sched, warnings);
    }
    free(warnings[0]);
    free(warnings[1]);
    return said;
}

int sw_replay_load(const char *path, uint64_t number, const char *interp, struct sw_sched **sched,
                   struct sw_error *e)
{
    *sched = NULL;
    if (number == 0 && sw_schedz_is_archive(path))
        return sw_error_set(e, path, 0, 0, "--number says which of its schedules");
    if ((number == 0 ? sw_sched_load(path, sched, e) : sw_schedz_load(path, number, sched, e)) < 0)
        return -1;
    return sw_sched_paths_with(path, *sched, interp, e);
}

/* replay->number says which; 0: a .sched's only one. */
static int replay_one(const struct sw_replay_order *replay)
{
    struct sw_sched *sched;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    if (sw_replay_load(replay->path, replay->number, replay->interp, &sched, &e) < 0 ||
        sw_atomic_files_check_output(replay->timeline, &e) < 0 ||
        sw_replay_check_apart(replay->timeline, replay->path, sched, &e) < 0)
        sw_error_print(&e);
    else
        status = replay_it(replay, sched);
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
        if (status == SW_EXIT_ERROR || status == SW_EXIT_INTERRUPTED)
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
    /* What it runs under has no watchdog, and a Ctrl-C of its own. */
    if (replay->under == NULL && !replay->memcheck)
        sw_interrupt_begin();
    int is_archive = sw_schedz_is_archive(replay->path) && replay->number == 0;
    int status = is_archive ? replay_archive(replay) : replay_one(replay);

    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : status;
}
