/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/run_once.h"
#include "harness/report/judge.h"
#include "harness/runner/event_shm_sanitize.h"
#include "harness/report/replay.h"
#include "contract/decision_kind.h"
#include "contract/exit.h"
#include "harness/report/transcript.h"
#include "contract/whole_file.h"
#include "harness/formats/files/atomic_files.h"
#include "promote.h"

/* ---- what a spec cannot say ---- */

static int check_deviations(const struct sw_promote_order *order, const struct sw_sched *sched,
                            struct sw_error *e)
{
    char choice[SW_DECISION_TEXT];

    for (uint32_t i = 0; i < sched->deviation_count; i++) {
        const struct sw_deviation *deviation = &sched->deviations[i];
        if (sw_decision_kind(deviation->kind)->spec_says_it)
            continue;
        sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice);
        return sw_error_set(
            e, order->path, 0, 0, "a spec cannot say this: decision %llu, T%u at %s, %s %s",
            (unsigned long long)deviation->index, deviation->thread,
            sw_decision_place(deviation->place), sw_decision_verb(deviation->kind), choice);
    }
    return 0;
}

/* ---- the block ---- */

/* In this order the thread did not come to the stop that a directive asks for: the block must not
 * ask for it, or it would wait for ever. */
static void cut_until(char *step)
{
    char *until = strstr(step, " until "), *colon = strstr(step, " : ");

    if (until != NULL && colon != NULL && until < colon && strncmp(colon, " : parked", 9) != 0)
        memmove(until, colon, strlen(colon) + 1);
}

/* "  step spill at x#1 : done, wakes y: done" */
static int print_move(FILE *out, const struct sw_spec_run *run, uint32_t number, struct sw_error *e)
{
    const struct sw_spec_move *move = &run->schedule->moves[number - 1];
    char *text = NULL;
    size_t size = 0;
    FILE *line = open_memstream(&text, &size);

    if (line == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    sw_transcript_move(line, run->event_shm, run->spec, run->schedule, number);
    fclose(line);
    char *step = text + strspn(text, " 0123456789");
    int rests = strstr(step, " : unfinished") == NULL && strstr(step, " : has not come") == NULL;
    cut_until(step);
    if (rests)
        fprintf(out, "  %s", step);
    else if (!move->resume) /* one that is not parked need not be resumed */
        sw_error_set(e, NULL, 0, 0, "a spec cannot say this: step '%s' never comes to rest",
                     run->spec->steps[move->step].name);
    free(text);
    return rests || move->resume ? 0 : -1;
}

/* The moves in the order in which they were made: that is all that the block says. */
static int print_block(FILE *out, const struct sw_spec_run *run, const char *name,
                       struct sw_error *e)
{
    int made = 0;

    fprintf(out, "\nschedule %s\n", name);
    for (uint32_t i = 0; i < run->event_shm->event_count; i++) {
        const struct sw_event *event = &run->event_shm->events[i];
        if (event->kind != SW_EVENT_MOVE || event->move < 1 ||
            event->move > (uint32_t)run->schedule->move_count)
            continue;
        made++;
        if (print_move(out, run, event->move, e) < 0)
            return -1;
    }
    return made > 0 ? 0 : sw_error_set(e, NULL, 0, 0, "no move was made");
}

/* ---- the spec with it ---- */

/* Inserts the block behind that line, from 1. */
static int insert(const char *text, unsigned line, const char *block, FILE *out)
{
    const char *at = text;

    for (; line > 0 && at != NULL; line--)
        at = (at = strchr(at, '\n')) != NULL ? at + 1 : NULL;
    if (at == NULL)
        at = text + strlen(text);
    fprintf(out, "%.*s%s%s", (int)(at - text), text, at > text && at[-1] != '\n' ? "\n" : "",
            block);
    fputs(at, out);
    return ferror(out);
}

static unsigned last_line(const struct sw_spec *spec)
{
    unsigned last = 0;

    for (int i = 0; i < spec->schedule_count; i++)
        for (int k = 0; k < spec->schedules[i].move_count; k++)
            if (spec->schedules[i].moves[k].line > last)
                last = spec->schedules[i].moves[k].line;
    return last;
}

/* The new block as text; NULL with *e. */
static char *make_block(const struct sw_spec_run *run, const char *name, struct sw_error *e)
{
    char *block = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&block, &size);
    int status =
        out != NULL ? print_block(out, run, name, e) : sw_error_set(e, NULL, 0, 0, "out of memory");

    if (out != NULL)
        fclose(out);
    if (status == 0)
        return block;
    free(block);
    return NULL;
}

/* The spec with the block in it; NULL with *e. */
static char *make_spec(const struct sw_spec_run *run, const char *path, const char *block,
                       size_t *size, struct sw_error *e)
{
    char *whole = NULL, *text = sw_whole_file_read(path, SW_SPEC_BYTES_MAX, size, e);
    FILE *out = text != NULL ? open_memstream(&whole, size) : NULL;

    if (out != NULL) {
        insert(text, last_line(run->spec), block, out);
        fclose(out);
    }
    free(text);
    return whole;
}

/* ---- does it come to the same end? ---- */

static int run_spec(struct sw_process *run, const struct sw_sched *sched, const char *path,
                    char *schedule, struct sw_error *e)
{
    char *args[] = {schedule, NULL};
    const struct sw_schedule_order as_it_says = {.strategy = SW_STRATEGY_DEFAULT};
    struct sw_process_order order = sw_process_order_of(sched);

    order.program = path;
    order.args = args;
    order.folder = NULL;
    order.silent = 1;
    return sw_run_once_run(run, &order, &as_it_says, e) < 0 ? -1
           : sw_process_check(run) != SW_EXIT_OK ? sw_error_set(e, path, 0, 0, "the control failed")
                                                 : 0;
}

static int check_new(const struct sw_sched *sched, const char *path, const char *name,
                     struct sw_error *e)
{
    char outcome[SW_END_LINE_MAX], *schedule = strdup(name);
    struct sw_process run;

    if (schedule == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    int status = run_spec(&run, sched, path, schedule, e);
    if (status == 0 && !sw_run_end_is_recorded(&run.end, sched->outcome))
        status = sw_error_set(e, NULL, 0, 0,
                              "as a block of the spec it does not end so: %s; recorded was: %s",
                              sw_run_end_format(&run.end, outcome, sizeof outcome), sched->outcome);
    sw_process_close(&run);
    free(schedule);
    return status;
}

/* Writes the new text beside the old one, runs it there, and then lets it take the old one's place:
 * until the last step nothing has changed. */
static int replace(const struct sw_promote_order *order, const struct sw_sched *sched,
                   const char *text, size_t size, struct sw_error *e)
{
    char path[PATH_MAX];
    struct sw_spec *spec = NULL;

    snprintf(path, sizeof path, "%s.%d.spec", sched->program, getpid());
    int status = sw_atomic_files_write(path, text, size, e);
    if (status == 0 && (status = sw_spec_load(path, &spec, e)) == 0)
        status = check_new(sched, path, order->name, e);
    sw_spec_free(spec);
    if (status == 0)
        status = sw_atomic_files_rename(path, sched->program, e);
    if (status < 0)
        unlink(path);
    if (status < 0 && strcmp(e->path, path) == 0)
        sw_error_move(e, sched->program);
    return status;
}

static int promote_run(const struct sw_promote_order *order, const struct sw_sched *sched,
                       const struct sw_spec_run *run, struct sw_error *e)
{
    size_t size = 0;

    for (int i = 0; i < run->spec->schedule_count; i++)
        if (strcmp(run->spec->schedules[i].name, order->name) == 0)
            return sw_error_set(e, sched->program, run->spec->schedules[i].line, 1,
                                "there is a schedule '%s' already", order->name);
    char *block = make_block(run, order->name, e);
    char *text = block != NULL ? make_spec(run, sched->program, block, &size, e) : NULL;
    int status = text != NULL ? replace(order, sched, text, size, e) : -1;
    free(block);
    free(text);
    return status;
}

/* The recorded run again: its moves are what the block is made of.  0, or -1 with *e. */
static int run_again(struct sw_process *run, const struct sw_promote_order *order,
                     const struct sw_sched *sched, struct sw_error *e)
{
    const struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process_order how = sw_process_order_of(sched);

    how.folder = NULL; /* a spec needs nothing that is beside it */
    how.silent = 1;
    if (sw_run_once_run(run, &how, &schedule, e) < 0)
        return -1;
    return sw_run_end_is_engine(&run->end) ||
                   !sw_sched_is_same_run(sched, run->shm->decision_count, run->shm->hash)
               ? sw_error_set(e, order->path, 0, 0, "it cannot be repeated")
               : 0;
}

int sw_promote_spec(const struct sw_promote_order *order, const struct sw_sched *sched,
                    struct sw_error *e)
{
    struct sw_process run;
    int status = check_deviations(order, sched, e);

    if (status < 0)
        return -1;
    status = run_again(&run, order, sched, e);
    if (status == 0)
        status = promote_run(order, sched, &run.spec, e);
    sw_process_close(&run);
    if (status == 0)
        printf("%s\nagain: spillway run --schedule %s %s (and --accept, for its transcript)\n",
               sched->program, order->name, sched->program);
    return status;
}
