/* SPDX-License-Identifier: MIT */
#include "bench_side.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_output.h"
#include "contract/real_time.h"
#include "harness/formats/files/path_program.h"
#include "harness/runner/launch.h"

/* The tests travel in the runner, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_bench_side_workload\n"
        "sw_bench_side_workload: .incbin \"harness/compare/workload.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_bench_side_workload[];

enum { WORDS_MAX = 256, PLANT_MAX = 80 };

/* ---- which configuration ---- */

static int is_assignment(const char *word)
{
    size_t name = strcspn(word, "=");

    for (size_t i = 0; i < name; i++)
        if (!isalnum((unsigned char)word[i]) && word[i] != '_')
            return 0;
    return name > 0 && word[name] == '=' && !isdigit((unsigned char)*word);
}

/* Is it a program, on PATH if there is no slash in it? */
static int can_start(const char *name)
{
    char path[4096];

    if (strchr(name, '/') != NULL)
        return access(name, X_OK) == 0;
    if (sw_path_program_find(name, 0, path, sizeof path))
        return 1;
    errno = ENOENT;
    return 0;
}

int sw_bench_side_parse(struct sw_bench_side *side, const char *label, char *const *words,
                        char *const *otherwise, struct sw_error *e)
{
    *side = (struct sw_bench_side){.label = label, .assignments = words};
    while (words[side->assignment_count] != NULL && is_assignment(words[side->assignment_count]))
        side->assignment_count++;
    side->argv = words + side->assignment_count;
    if (side->argv[0] == NULL)
        side->argv = otherwise;
    while (side->argv[side->argc] != NULL)
        side->argc++;
    if (side->argc > WORDS_MAX - 16)
        return sw_error_set(e, NULL, 0, 0, "%s has more than %d words", label, WORDS_MAX - 16);
    if (!can_start(side->argv[0]))
        return sw_error_set(e, NULL, 0, 0, "%s: cannot start %s: %s", label, side->argv[0],
                            strerror(errno));
    return 0;
}

char *sw_bench_side_format(const struct sw_bench_side *side, char *buf, size_t size)
{
    size_t used = 0;

    *buf = '\0';
    for (int i = 0; i < side->assignment_count && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s ", side->assignments[i]);
    for (int i = 0; i < side->argc && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, i > 0 ? " %s" : "%s", side->argv[i]);
    return buf;
}

int sw_bench_side_wants(const struct sw_bench_way *way, const char *name)
{
    size_t length = strlen(name);

    if (strcmp(way->tests, "all") == 0)
        return 1;
    for (const char *at = way->tests; *at != '\0'; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && memcmp(at, name, length) == 0)
            return 1;
    return 0;
}

static int has_name(const struct sw_bench_side_sample *sample, const char *name, size_t length)
{
    for (int i = 0; i < sample->count; i++)
        if (strlen(sample->rows[i].name) == length &&
            memcmp(sample->rows[i].name, name, length) == 0)
            return 1;
    return 0;
}

static int check_name(const struct sw_bench_side_sample *samples, const char *name, size_t length,
                      struct sw_error *e)
{
    const char *names[2 * SW_BENCH_SIDE_ROWS_MAX];
    char word[SW_BENCH_SIDE_NAME];
    int count = 0;

    if (has_name(&samples[0], name, length) || has_name(&samples[1], name, length))
        return 0;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < samples[side].count; i++)
            names[count++] = samples[side].rows[i].name;
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    const char *nearest = sw_error_nearest(word, names, count);
    return sw_error_set(e, NULL, 0, 0, "neither side measures '%s'%s%s%s", word,
                        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                        nearest != NULL ? "?" : "");
}

int sw_bench_side_check_names(const struct sw_bench_way *way,
                              const struct sw_bench_side_sample samples[2], struct sw_error *e)
{
    const char *at = strcmp(way->tests, "all") == 0 ? "" : way->tests;

    for (; *at != '\0'; at += strcspn(at, ","), at += *at == ',')
        if (check_name(samples, at, strcspn(at, ","), e) < 0)
            return -1;
    return *way->plant == '\0' ? 0 : check_name(samples, way->plant, strcspn(way->plant, "="), e);
}

/* ---- one process ---- */

struct surroundings {
    const struct sw_bench_side *side;
    int watchdog_s;
    struct sw_bench_side_luck luck;
};

/* Between fork and exec, in a process with one thread. */
static void set_environment(void *context)
{
    const struct surroundings *given = context;
    char number[16], *padding = malloc((size_t)given->luck.padding + 1);

    /* The launcher has made addresses the same each time, which here is what must not be. */
    personality((unsigned long)personality(0xffffffff) & ~(unsigned long)ADDR_NO_RANDOMIZE);
    snprintf(number, sizeof number, "%u", given->luck.hash_seed);
    setenv("PYTHONHASHSEED", number, 1);
    if (padding != NULL) {
        memset(padding, 'x', (size_t)given->luck.padding);
        padding[given->luck.padding] = '\0';
        setenv("SPILLWAY_BENCH_PADDING", padding, 1);
    }
    for (int i = 0; i < given->side->assignment_count; i++)
        putenv(given->side->assignments[i]);
}

struct used {
    double cpu_s, real_s, bytes;
};

/* output: a pipe's, or SW_LAUNCH_NULL.  The process, or -1 with *e. */
static pid_t start(const struct surroundings *given, char *const *argv, int output,
                   struct sw_error *e)
{
    struct sw_launch launch = {.argv = argv,
                               .input = SW_LAUNCH_NULL,
                               .output = output,
                               .default_signals = 1,
                               .set_environment = set_environment,
                               .context = (void *)given};

    return sw_launch_start(&launch, e);
}

/* ---- the watchdog: a side that does not end must not make the report wait for ever ---- */

static volatile pid_t watched; /* 0: nobody */
static volatile sig_atomic_t came;

static void end_watched(int signal)
{
    (void)signal;
    came = 1;
    if (watched > 0)
        kill(watched, SIGKILL);
}

/* From now on for so many seconds; 0: no more.  A timer is not its child's. */
static void watch(int seconds)
{
    struct sigaction action = {.sa_handler = end_watched, .sa_flags = SA_RESTART};

    if (seconds > 0) {
        came = 0;
        watched = 0;
        sigaction(SIGALRM, &action, NULL);
    }
    alarm((unsigned)seconds);
}

/* 0, or -1 with *e. */
static int check_end(const struct surroundings *given, int status, struct sw_error *e)
{
    const struct sw_bench_side *side = given->side;

    if (came)
        return sw_error_set(e, NULL, 0, 0, "%s: %s did not end in %d s (--watchdog)", side->label,
                            side->argv[0], given->watchdog_s);
    if (WIFSIGNALED(status))
        return sw_error_set(e, NULL, 0, 0, "%s: %s was ended by signal %d", side->label,
                            side->argv[0], WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return sw_error_set(e, NULL, 0, 0, "%s: %s ended with status %d", side->label,
                            side->argv[0], WEXITSTATUS(status));
    return 0;
}

/* Runs it to its end; output NULL: what it prints is not wanted, else the caller's to free. */
static int run(const struct surroundings *given, char *const *argv, struct used *used,
               char **output, struct sw_error *e)
{
    int ends[2] = {-1, SW_LAUNCH_NULL}, status;
    struct rusage usage;
    double began = sw_real_time_s();

    if (output != NULL && pipe2(ends, O_CLOEXEC) < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot make a pipe: %s", strerror(errno));
    watch(given->watchdog_s);
    pid_t pid = start(given, argv, ends[1], e);
    watched = pid;
    if (came && pid > 0)
        kill(pid, SIGKILL);
    if (output != NULL) {
        close(ends[1]);
        *output = pid < 0 ? NULL : sw_bench_output_read(ends[0]);
        close(ends[0]);
    }
    if (pid < 0)
        return -1;
    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return sw_error_set(e, NULL, 0, 0, "%s: cannot wait for it: %s", given->side->label,
                                strerror(errno));
    watch(0);
    watched = 0;
    used->real_s = sw_real_time_s() - began;
    used->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                  1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    used->bytes = 1024.0 * (double)usage.ru_maxrss;
    return check_end(given, status, e);
}

/* ---- one measurement ---- */

static void add(const struct sw_bench_way *way, struct sw_bench_side_sample *sample,
                const char *name, enum sw_bench_side_unit unit, double value)
{
    struct sw_bench_side_row *row = NULL;

    for (int i = 0; i < sample->count; i++)
        if (strcmp(sample->rows[i].name, name) == 0)
            row = &sample->rows[i];
    if (row == NULL && (sample->count == SW_BENCH_SIDE_ROWS_MAX || !sw_bench_side_wants(way, name)))
        return;
    if (row == NULL) {
        row = &sample->rows[sample->count++];
        *row = (struct sw_bench_side_row){.unit = unit};
        snprintf(row->name, sizeof row->name, "%s", name);
    }
    if (row->rounds < SW_BENCH_SIDE_ROUNDS_MAX)
        row->values[row->rounds++] = value;
}

static double time_of(const struct sw_bench_way *way, const struct used *used)
{
    return way->clock == SW_BENCH_SIDE_CPU ? used->cpu_s : used->real_s;
}

static int measure_command(const struct surroundings *given, const struct sw_bench_way *way,
                           struct sw_bench_side_sample *sample, struct sw_error *e)
{
    struct used used;

    for (int i = 0; i < way->rounds; i++) {
        if (run(given, given->side->argv, &used, NULL, e) < 0)
            return -1;
        add(way, sample, "cpu time", SW_BENCH_SIDE_SECONDS, used.cpu_s);
        add(way, sample, "real time", SW_BENCH_SIDE_SECONDS, used.real_s);
        add(way, sample, "peak memory", SW_BENCH_SIDE_BYTES, used.bytes);
    }
    return 0;
}

/* The interpreter's own words, and "-c" with a text. */
static int fill_words(const struct sw_bench_side *side, char **words, const char *text)
{
    int count = side->argc;

    memcpy(words, side->argv, (size_t)count * sizeof *words);
    words[count++] = (char *)"-c";
    words[count++] = (char *)text;
    words[count] = NULL;
    return count;
}

static int measure_starts(const struct surroundings *given, const struct sw_bench_way *way,
                          struct sw_bench_side_sample *sample, struct sw_error *e)
{
    char *words[WORDS_MAX];
    struct used used;

    fill_words(given->side, words, "pass");
    for (int i = 0; i < SW_BENCH_SIDE_STARTS; i++) {
        if (run(given, words, &used, NULL, e) < 0)
            return -1;
        add(way, sample, "start", SW_BENCH_SIDE_SECONDS, time_of(way, &used));
        add(way, sample, "start memory", SW_BENCH_SIDE_BYTES, used.bytes);
    }
    return 0;
}

/* The other side is told of a plant of the same length, and of nothing, so that its memory is laid
 * out as that of this side. */
static char *plant_of(const struct sw_bench_side *side, const struct sw_bench_way *way, char *plant)
{
    snprintf(plant, PLANT_MAX, "%s", way->plant);
    if (strcmp(side->label, "other") == 0 && *plant != '\0')
        memset(plant + strcspn(plant, "=") + 1, '0', strlen(plant) - strcspn(plant, "=") - 1);
    return plant;
}

static int measure_tests(const struct surroundings *given, const struct sw_bench_way *way,
                         struct sw_bench_side_sample *sample, struct sw_error *e)
{
    char *words[WORDS_MAX], rounds[16], warp[16], plant[PLANT_MAX], *output = NULL;
    struct used used;
    int count = fill_words(given->side, words, sw_bench_side_workload);

    snprintf(rounds, sizeof rounds, "%d", way->rounds);
    snprintf(warp, sizeof warp, "%d", way->warp);
    words[count++] = rounds;
    words[count++] = warp;
    words[count++] = (char *)(way->clock == SW_BENCH_SIDE_CPU ? "cpu" : "wall");
    words[count++] = (char *)way->tests;
    words[count++] = plant_of(given->side, way, plant);
    words[count] = NULL;
    int failed = run(given, words, &used, &output, e);
    if (!failed && output == NULL)
        failed =
            sw_error_set(e, NULL, 0, 0, "%s: too much output, or no memory", given->side->label);
    if (!failed)
        failed = sw_bench_output_parse(output, given->side->label, way->rounds, sample, e);
    if (!failed)
        add(way, sample, "peak memory", SW_BENCH_SIDE_BYTES, used.bytes);
    free(output);
    return failed;
}

int sw_bench_side_measure(const struct sw_bench_side *side, const struct sw_bench_way *way,
                          struct sw_bench_side_luck luck, struct sw_bench_side_sample *sample,
                          struct sw_error *e)
{
    const struct surroundings given = {.side = side, .watchdog_s = way->watchdog_s, .luck = luck};

    *sample = (struct sw_bench_side_sample){0};
    if (way->is_command)
        return measure_command(&given, way, sample, e);
    if (measure_tests(&given, way, sample, e) < 0)
        return -1;
    return sw_bench_side_wants(way, "start") || sw_bench_side_wants(way, "start memory")
               ? measure_starts(&given, way, sample, e)
               : 0;
}
