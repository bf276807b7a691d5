/* SPDX-License-Identifier: MIT */
#include "failure_dedup.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "harness/formats/files/atomic_files.h"
#include "harness/formats/sched/sched_paths.h"
#include "minimise.h"
#include "harness/formats/files/json_fields.h"

/* ---- what it is called ---- */

char *sw_failure_dedup_normalise(const char *outcome, char *buf, size_t size)
{
    size_t used = 0;

    for (char before = ' '; *outcome != '\0' && used + 1 < size; before = *outcome++) {
        /* A digit of a number behind T or #: the first one decides, and the rest follow it. */
        int is_number = isdigit((unsigned char)*outcome) &&
                        (before == 'T' || before == '#' || isdigit((unsigned char)before));
        if (is_number && (used == 0 || !isdigit((unsigned char)buf[used - 1])))
            continue;
        buf[used++] = *outcome;
    }
    buf[used] = '\0';
    return buf;
}

/* Of a sentence about a schedule what it is but for its deviations, without how many these are: "T is
 * stopped behind a.py:7 `...`, and T runs `f` to its end". */
static const char *deviation_of(const char *sentence)
{
    const char *except = strstr(sentence, "except"), *colon;

    colon = except != NULL ? strstr(except, ": ") : NULL;
    return colon != NULL ? colon + 2 : sentence;
}

char *sw_failure_dedup_describe(const struct sw_failure_cause *cause, char *buf, size_t size)
{
    char sentence[SW_EXPLANATION_TEXT], object[SW_EXPLAINED_OBJECT];

    if (cause->kind[0] == '\0' ||
        strcmp(cause->kind, sw_explanation_name(SW_EXPLANATION_NOT_KNOWN)) == 0)
        snprintf(buf, size, "%s", cause->pair);
    else
        snprintf(
            buf, size, "%s|%s|%s", cause->kind,
            sw_failure_dedup_normalise(cause->object, object, sizeof object),
            sw_failure_dedup_normalise(deviation_of(cause->sentence), sentence, sizeof sentence));
    return buf;
}

/* 48 bits: among the 256 causes that are read at most, two share a key with a probability of
 * 2 ** -33. */
static void name_it(const struct sw_minimised *minimised, struct sw_failure_cause *cause)
{
    char text[2 * SW_FAILURE_CAUSE_TEXT + 32], outcome[SW_FAILURE_CAUSE_TEXT];
    char what[SW_FAILURE_CAUSE_TEXT];

    snprintf(cause->outcome, sizeof cause->outcome, "%s", minimised->sched->outcome);
    sw_critical_pair_print_name(&minimised->critical, cause->pair, sizeof cause->pair);
    snprintf(cause->proof, sizeof cause->proof, "%.*s", SW_FAILURE_CAUSE_TEXT - 1,
             minimised->refused[0] == '\0' ? minimised->proof : minimised->refused);
    cause->deviations = minimised->deviations;
    sw_failure_dedup_describe(cause, what, sizeof what);
    int length = snprintf(text, sizeof text, "%s|%08x|%s",
                          sw_failure_dedup_normalise(cause->outcome, outcome, sizeof outcome),
                          minimised->wanted.signature, what);
    snprintf(cause->key, sizeof cause->key, "%012llx",
             (unsigned long long)(XXH3_64bits(text, (size_t)length) >> 16));
}

/* ---- keeping it ---- */

json_object *sw_failure_dedup_make_json(const struct sw_failure_cause *cause)
{
    json_object *object = json_object_new_object();

    sw_json_fields_add_text(object, "cause", cause->key);
    sw_json_fields_add_text(object, "outcome", cause->outcome);
    sw_json_fields_add_text(object, "pair", cause->pair);
    sw_json_fields_add_text(object, "kind", cause->kind);
    sw_json_fields_add_text(object, "of", cause->object);
    sw_json_fields_add_text(object, "lines", cause->lines);
    sw_json_fields_add_text(object, "sentence", cause->sentence);
    sw_json_fields_add_number(object, "seed", cause->seed);
    sw_json_fields_add_number(object, "deviations", cause->deviations);
    sw_json_fields_add_text(object, "preemptions", cause->proof);
    return object;
}

static int write_json(const char *path, const struct sw_failure_cause *cause, struct sw_error *e)
{
    json_object *object = sw_failure_dedup_make_json(cause);
    const char *text = sw_json_fields_format(object);
    int status = sw_atomic_files_write_new(path, text, strlen(text), e);
    json_object_put(object);
    return status;
}

/* name: of PATH_MAX, "FOLDER/KEY" and what is behind it. */
static void path_of(const struct sw_failure_cause_order *order, const char *key, const char *behind,
                    char *name)
{
    snprintf(name, PATH_MAX, "%s/%s%s", order->folder, key, behind);
}

/* What cannot be minimised is its own smallest.  0, or -1 with *e. */
static int write_smaller(const struct sw_minimised *minimised, const char *found,
                         const char *smaller, struct sw_failure_cause *cause, struct sw_error *e)
{
    struct sw_trial trial = {0};
    int status =
        minimised->refused[0] == '\0' ? sw_minimise_write(minimised, smaller, 1, &trial) : 1;

    free(trial.story);
    snprintf(cause->kind, sizeof cause->kind, "%s", trial.explained.kind);
    snprintf(cause->object, sizeof cause->object, "%s", trial.explained.object);
    snprintf(cause->lines, sizeof cause->lines, "%s", trial.explained.pair);
    snprintf(cause->sentence, sizeof cause->sentence, "%s", trial.explained.sentence);
    if (status == 0)
        return 0;
    unlink(smaller);
    return link(found, smaller) == 0 ? 0 : sw_error_set(e, smaller, 0, 0, "%s", strerror(errno));
}

/* found: the file with the schedule as it was found.  As sw_failure_dedup_keep(). */
static int keep(const struct sw_failure_cause_order *order, const struct sw_minimised *minimised,
                const char *found, struct sw_failure_cause *cause, struct sw_error *e)
{
    char path[PATH_MAX], smaller[PATH_MAX + 8];

    /* What explains it comes with it. */
    snprintf(smaller, sizeof smaller, "%s.min", found);
    int status = write_smaller(minimised, found, smaller, cause, e);
    name_it(minimised, cause);
    path_of(order, cause->key, ".json", path);
    if (status == 0 && access(path, F_OK) == 0) {
        unlink(smaller);
        return 0;
    }
    /* If two processes find a cause at once, each name gets the file of one or the other: both are
     * of that cause. */
    path_of(order, cause->key, ".min.sched", path);
    if (status == 0)
        status = sw_atomic_files_rename(smaller, path, e);
    path_of(order, cause->key, ".sched", path);
    if (status == 0)
        status = sw_atomic_files_rename(found, path, e);
    if (status < 0)
        return -1;
    path_of(order, cause->key, ".json", path);
    status = write_json(path, cause, e);
    return status < 0 ? -1 : !status;
}

static int minimise_and_keep(const struct sw_failure_cause_order *order, const char *found,
                             struct sw_failure_cause *cause, struct sw_error *e)
{
    struct sw_minimise_order minimise = {.budget = order->budget};
    struct sw_minimised *minimised = calloc(1, sizeof *minimised);
    struct sw_sched *sched = NULL;
    int status = -1;

    if (minimised == NULL) {
        sw_error_set(e, NULL, 0, 0, "out of memory");
    } else if (sw_sched_load(found, &sched, e) == 0 && sw_sched_paths(found, sched, e) == 0) {
        minimise.sched = sched;
        if (sw_minimise_run(&minimise, minimised, e) == 0)
            status = keep(order, minimised, found, cause, e);
        sw_minimise_free(minimised);
    }
    free(minimised);
    sw_sched_free(sched);
    return status;
}

int sw_failure_dedup_keep(const struct sw_failure_cause_order *order,
                          struct sw_failure_cause *cause, int *unstable, struct sw_error *e)
{
    struct sw_trial_order trial = order->trial;
    struct sw_trial result = {0};
    char found[PATH_MAX];

    *unstable = 0;
    *cause = (struct sw_failure_cause){.seed = order->trial.schedule.seed};
    snprintf(found, sizeof found, "%s/found.%d.%llu", order->folder, getpid(),
             (unsigned long long)cause->seed);
    trial.output = found;
    trial.silent = 1;
    trial.explains = 0; /* what is explained is the minimised one */
    trial.schedule.engine = SW_ENGINE_THREADS;
    sw_trial_run(&trial, &result);
    free(result.story);
    *unstable = result.verdict.kind != SW_FAILED && result.verdict.kind != SW_CRASHED;
    if (*result.unkept != '\0') {
        unlink(found);
        return sw_error_set(e, order->folder, 0, 0, "seed %llu: no schedule is kept: %s",
                            (unsigned long long)cause->seed, result.unkept);
    }
    int status = *unstable
                     ? sw_error_set(e, NULL, 0, 0,
                                    "seed %llu fails among others, but not in a process of its own",
                                    (unsigned long long)cause->seed)
                     : minimise_and_keep(order, found, cause, e);
    if (status < 0 && strcmp(e->path, found) == 0)
        sw_error_move(e, order->folder);
    unlink(found);
    return status;
}

/* ---- reading them ---- */

static int read_json(const char *path, struct sw_failure_cause *cause, struct sw_error *e)
{
    json_object *object = json_object_from_file(path);

    *cause = (struct sw_failure_cause){0};
    if (object != NULL && json_object_is_type(object, json_type_object)) {
        sw_json_fields_get_text(object, "cause", cause->key, sizeof cause->key);
        sw_json_fields_get_text(object, "outcome", cause->outcome, sizeof cause->outcome);
        sw_json_fields_get_text(object, "pair", cause->pair, sizeof cause->pair);
        sw_json_fields_get_text(object, "kind", cause->kind, sizeof cause->kind);
        sw_json_fields_get_text(object, "of", cause->object, sizeof cause->object);
        sw_json_fields_get_text(object, "lines", cause->lines, sizeof cause->lines);
        sw_json_fields_get_text(object, "sentence", cause->sentence, sizeof cause->sentence);
        sw_json_fields_get_text(object, "preemptions", cause->proof, sizeof cause->proof);
        cause->seed = sw_json_fields_get_number(object, "seed");
        cause->deviations = sw_json_fields_get_number(object, "deviations");
    }
    json_object_put(object);
    return cause->key[0] != '\0'
               ? 0
               : sw_error_set(e, NULL, 0, 0, "%s: it does not say which cause", path);
}

static int is_cause(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length == SW_FAILURE_CAUSE_KEY - 1 + 5 &&
           strcmp(entry->d_name + length - 5, ".json") == 0;
}

int sw_failure_dedup_read_all(const char *folder, struct sw_failure_cause *causes, int room,
                              struct sw_error *e)
{
    struct dirent **names = NULL;
    char path[PATH_MAX];
    int count = scandir(folder, &names, is_cause, alphasort), read = 0, status = 0;

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (status == 0 && read < room)
            status = read_json(path, &causes[read++], e);
        free(names[i]);
    }
    free(names);
    return status < 0 ? -1 : read;
}
