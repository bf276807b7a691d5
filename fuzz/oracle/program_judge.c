/* SPDX-License-Identifier: MIT */
#include "program_judge.h"

#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/own_path.h"
#include "contract/whole_file.h"
#include "fuzz/explore/dpor_explore.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/report/trial.h"
#include "interleavings.h"
#include "outcome_set.h"
#include "trace_class.h"

/* It travels in this program, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_program_judge_host\n"
        "sw_program_judge_host: .incbin \"fuzz/oracle/oracle_host.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_program_judge_host[];

enum {
    DECISIONS_MAX = 100000, /* of one schedule: a program has some hundred; more is a circle */
    TRACES = 2, /* at most so many traces, in units of the interleavings that are allowed */
    PREEMPTIONS = 2,
    OUTCOMES_FILE_MAX = 1 << 26,
};

unsigned sw_search_fault;

const char *const sw_program_judge_names[] = {
#define NAME(id, name) name,
    SW_PROGRAM_VERDICTS(NAME)
#undef NAME
};

/* A process that runs the programs, at one grain. */
struct way {
    struct sw_settings setting;
    struct sw_trial_order trial;
    char *args[SW_TRIAL_ARGS];
    struct sw_session_order order;
    struct sw_session *session;
};

struct sw_program_judge {
    const struct sw_program_judge_order *order;
    /* The same from a checkpoint, as soon as it is needed.  Owned. */
    struct sw_program_judge_order cold_order;
    struct sw_program_judge *cold;
    char folder[PATH_MAX]; /* owned: with all that is in it */
    char host[PATH_MAX + 16];
    char *starter;
    struct way accesses, calls;
    uint64_t programs; /* so many have been there */
    struct sw_outcome_set by_dpor, by_interleavings, by_bytecodes, by_calls, classes;
};

/* ---- its folder ---- */

static int write_text(const struct sw_program_judge *judge, const char *name, const char *text,
                      struct sw_error *e)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%s/%s", judge->folder, name);
    return sw_atomic_files_write(path, text, strlen(text), e);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static int make_folder(struct sw_program_judge *judge, struct sw_error *e)
{
    const char *temporary = getenv("TMPDIR");

    snprintf(judge->folder, sizeof judge->folder, "%s/dpor-oracle.XXXXXX",
             temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(judge->folder) == NULL) {
        judge->folder[0] = '\0';
        return sw_error_set(e, NULL, 0, 0, "cannot make a folder for the programs");
    }
    snprintf(judge->host, sizeof judge->host, "%s/host.py", judge->folder);
    return write_text(judge, "host.py", sw_program_judge_host, e);
}

/* Each program has a name of its own: so the process that is under way knows that there is another
 * one. */
static int put_program(struct sw_program_judge *judge, const char *text, struct sw_error *e)
{
    char name[32];

    snprintf(name, sizeof name, "%llu.py", (unsigned long long)judge->programs++);
    return write_text(judge, name, text, e);
}

/* How the program is to be run from now on. */
static int point_at_program(const struct sw_program_judge *judge, unsigned fault, int each,
                            struct sw_error *e)
{
    char name[64], link[PATH_MAX + 32], next[PATH_MAX + 32];

    snprintf(name, sizeof name, "%llu.py:%u:%d", (unsigned long long)judge->programs - 1, fault,
             each);
    snprintf(link, sizeof link, "%s/current", judge->folder);
    snprintf(next, sizeof next, "%s/next", judge->folder);
    return symlink(name, next) < 0 || rename(next, link) < 0
               ? sw_error_set(e, judge->folder, 0, 0, "cannot make a link there")
               : 0;
}

static void drop_program(const struct sw_program_judge *judge)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%s/%llu.py", judge->folder,
             (unsigned long long)judge->programs - 1);
    unlink(path);
    snprintf(path, sizeof path, "%s/outcomes", judge->folder);
    unlink(path);
}

/* What the number stands for, as the host has written it down. */
static void find_text(const struct sw_program_judge *judge, uint64_t outcome, char *text,
                      size_t size)
{
    char path[PATH_MAX + 32], number[16];
    size_t length;
    struct sw_error e;

    snprintf(text, size, "%s", sw_outcome_set_word(outcome));
    if (sw_outcome_set_number(outcome) == 0)
        return;
    snprintf(path, sizeof path, "%s/outcomes", judge->folder);
    snprintf(number, sizeof number, "%08x ", sw_outcome_set_number(outcome));
    char *all = sw_whole_file_read(path, OUTCOMES_FILE_MAX, &length, &e);
    char *found = all != NULL ? strstr(all, number) : NULL;
    if (found != NULL)
        snprintf(text, size, "%.*s", (int)strcspn(found, "\n") - (int)strlen(number),
                 found + strlen(number));
    free(all);
}

/* ---- its processes ---- */

static int open_way(struct sw_program_judge *judge, struct way *way,
                    enum sw_control_shm_grain grain, struct sw_error *e)
{
    way->setting = (struct sw_settings){.begins = 1, .grain = grain};
    way->trial = (struct sw_trial_order){.interp = judge->order->interp,
                                         .starter = judge->starter,
                                         .file = judge->host,
                                         .test = "test",
                                         .folder = judge->folder,
                                         .setting = &way->setting};
    way->order = (struct sw_session_order){.run = sw_trial_process(&way->trial, way->args),
                                           .decisions_max = DECISIONS_MAX,
                                           .start = judge->order->is_cold ? SW_BATCH_CHECKPOINT
                                                                          : SW_BATCH_WARM,
                                           .engine = SW_ENGINE_POOL};
    way->order.run.silent = 1;
    way->session = sw_session_open(&way->order, e);
    return way->session != NULL ? 0 : -1;
}

static int open_ways(struct sw_program_judge *judge, struct sw_error *e)
{
    return open_way(judge, &judge->accesses, SW_GRAIN_ACCESS, e) < 0 ||
                   open_way(judge, &judge->calls, SW_GRAIN_CALL, e) < 0
               ? -1
               : 0;
}

struct sw_program_judge *sw_program_judge_open(const struct sw_program_judge_order *order,
                                               struct sw_error *e)
{
    struct sw_program_judge *judge = calloc(1, sizeof *judge);

    if (judge == NULL) {
        sw_error_set(e, NULL, 0, 0, "out of memory");
        return NULL;
    }
    judge->order = order;
    judge->starter = sw_own_path_find(1, "lib/lab/spillway_starter.py");
    if (judge->starter == NULL || access(judge->starter, R_OK) < 0)
        sw_error_set(e, NULL, 0, 0,
                     "no spillway_starter.py in the folder lib/lab beside this program's");
    else if (make_folder(judge, e) == 0 && open_ways(judge, e) == 0)
        return judge;
    sw_program_judge_close(judge);
    return NULL;
}

void sw_program_judge_close(struct sw_program_judge *judge)
{
    if (judge == NULL)
        return;
    sw_program_judge_close(judge->cold);
    sw_session_close(judge->accesses.session);
    sw_session_close(judge->calls.session);
    if (judge->folder[0] != '\0')
        nftw(judge->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(judge->starter);
    free(judge);
}

/* ---- the ways ---- */

static int on_trace(void *set, const struct sw_batch_result *result,
                    const struct sw_control_shm *shm)
{
    sw_outcome_set_add(set, result, shm);
    return 0;
}

static void on_interleaving(void *context, const struct sw_batch_result *result,
                            const struct sw_control_shm *shm)
{
    struct sw_program_judge *judge = context;

    sw_outcome_set_add(&judge->by_interleavings, result, shm);
    sw_outcome_set_put(&judge->classes, sw_trace_class(&shm->trace));
}

static void on_run(void *set, const struct sw_batch_result *result,
                   const struct sw_control_shm *shm)
{
    sw_outcome_set_add(set, result, shm);
}

static int run_dpor(struct sw_program_judge *judge, struct sw_program_judgement *judgement,
                    struct sw_error *e)
{
    static struct sw_dpor_explore all;
    const struct sw_dpor_explore_order order = {.session = judge->accesses.order,
                                                .opened = judge->accesses.session,
                                                .traces_max =
                                                    TRACES * judge->order->interleavings_max,
                                                .goes_on = 1,
                                                .on_trace = on_trace,
                                                .context = &judge->by_dpor};

    if (sw_dpor_explore_run(&order, &all, e) < 0)
        return -1;
    judgement->traces = all.counts.traces - all.counts.blocked;
    judgement->schedules += all.counts.traces + all.counts.infeasible;
    if (!all.complete) {
        judgement->verdict =
            all.counts.traces >= order.traces_max ? SW_PROGRAM_UNDECIDED : SW_PROGRAM_UNSURE;
        snprintf(judgement->why, sizeof judgement->why, "%s", all.why_not);
    } else if (all.uncontrolled.count > 0) {
        judgement->verdict = SW_PROGRAM_UNSURE;
        snprintf(judgement->why, sizeof judgement->why, "not under control: %s",
                 all.uncontrolled.list[0].what);
    }
    return 0;
}

/* First those of few preemptions, of which there are not many, and which most failures need: all of
 * them, whatever depends on what.  Then, if that was not all there is, each class of them. */
static int run_interleavings(struct sw_program_judge *judge, struct sw_program_judgement *judgement,
                             struct sw_interleavings *all, struct sw_error *e)
{
    struct sw_interleavings_order order = {.session = judge->accesses.session,
                                           .schedules_max = judge->order->interleavings_max,
                                           .preemptions_max = PREEMPTIONS,
                                           .on_run = on_interleaving,
                                           .context = judge};

    for (int pass = 0; pass < 2 && !all->whole; pass++) {
        order.by_class = pass == 1;
        order.preemptions_max = order.by_class ? UINT32_MAX : PREEMPTIONS;
        if (sw_interleavings_run(&order, all, e) < 0)
            return -1;
        judgement->schedules += all->schedules;
    }
    judgement->interleavings = all->schedules;
    return 0;
}

/* What the tracer does not announce is no place for an interleaving; here every bytecode is one. */
static int run_bytecodes(struct sw_program_judge *judge, struct sw_program_judgement *judgement,
                         struct sw_error *e)
{
    struct sw_interleavings all;
    const struct sw_interleavings_order order = {.session = judge->accesses.session,
                                                 .schedules_max = judge->order->interleavings_max,
                                                 .preemptions_max = 1,
                                                 .on_run = on_run,
                                                 .context = &judge->by_bytecodes};

    if (point_at_program(judge, SW_SEARCH_FAULT_NONE, 1, e) < 0 ||
        sw_interleavings_run(&order, &all, e) < 0)
        return -1;
    judgement->schedules += all.schedules;
    return 0;
}

static int run_calls(struct sw_program_judge *judge, struct sw_program_judgement *judgement,
                     struct sw_error *e)
{
    struct sw_schedule_order schedule = {.strategy = SW_STRATEGY_NAMED, .name = "pct"};
    struct sw_batch_result one;
    const struct sw_control_shm *shm;

    for (uint64_t i = 0; i < judge->order->calls; i++) {
        schedule.seed = i + 1;
        if (sw_session_run(judge->calls.session, &schedule, &one, &shm, e) < 0)
            return -1;
        if (one.end->kind != SW_ENDED_LIVELOCK && one.end->kind != SW_ENDED_ENGINE_ERROR)
            sw_outcome_set_add(&judge->by_calls, &one, shm);
    }
    judgement->schedules += judge->order->calls;
    return 0;
}

/* ---- what they say ---- */

/* An outcome that the set has and dpor has not. */
static int find_missing(const struct sw_program_judge *judge, const struct sw_outcome_set *set,
                        const char *witness, struct sw_program_judgement *judgement)
{
    const uint64_t *missing = sw_outcome_set_lacks(set, &judge->by_dpor);

    if (missing == NULL)
        return 0;
    judgement->verdict = SW_PROGRAM_FALSE;
    judgement->witness = witness;
    judgement->by_calls = set == &judge->by_calls;
    find_text(judge, *missing, judgement->missing, sizeof judgement->missing);
    return 1;
}

static void compare(const struct sw_program_judge *judge, const struct sw_interleavings *all,
                    struct sw_program_judgement *judgement)
{
    const uint64_t *more = sw_outcome_set_lacks(&judge->by_dpor, &judge->by_interleavings);

    judgement->outcomes = judge->by_dpor.count;
    judgement->classes = judge->classes.count;
    judgement->is_whole = all->whole && !judge->classes.lost;
    if (judgement->verdict != SW_PROGRAM_AGREES ||
        find_missing(judge, &judge->by_interleavings, "an interleaving of its operations",
                     judgement) ||
        find_missing(judge, &judge->by_bytecodes, "a schedule between bytecodes", judgement) ||
        find_missing(judge, &judge->by_calls, "a schedule at grain call", judgement))
        return;
    if (judgement->classes > judgement->traces) {
        judgement->verdict = SW_PROGRAM_FEWER;
    } else if (!all->whole) {
        judgement->verdict = SW_PROGRAM_UNDECIDED;
        snprintf(judgement->why, sizeof judgement->why, "%s",
                 all->why_not != NULL ? all->why_not : "there are more");
    } else if (more != NULL) {
        judgement->verdict = SW_PROGRAM_MORE;
        find_text(judge, *more, judgement->missing, sizeof judgement->missing);
    }
}

/* Is it known already that the certificate is false? */
static int is_refuted(const struct sw_program_judge *judge,
                      const struct sw_program_judgement *judgement)
{
    return sw_outcome_set_lacks(&judge->by_interleavings, &judge->by_dpor) != NULL ||
           judge->classes.count > judgement->traces;
}

/* Nothing can be said against what is no certificate, and nothing more against one that is false. */
static int run_witnesses(struct sw_program_judge *judge, struct sw_interleavings *all,
                         struct sw_program_judgement *judgement, struct sw_error *e)
{
    if (judgement->verdict != SW_PROGRAM_AGREES)
        return 0;
    if (run_interleavings(judge, judgement, all, e) < 0)
        return -1;
    if (is_refuted(judge, judgement))
        return 0;
    return run_bytecodes(judge, judgement, e) < 0 || run_calls(judge, judgement, e) < 0 ? -1 : 0;
}

static int judge_once(struct sw_program_judge *judge, const char *text, enum sw_search_fault fault,
                      struct sw_program_judgement *judgement, struct sw_error *e)
{
    struct sw_interleavings all = {0};

    *judgement = (struct sw_program_judgement){.verdict = SW_PROGRAM_AGREES};
    judge->by_dpor = judge->by_interleavings = judge->by_bytecodes = judge->by_calls =
        judge->classes = (struct sw_outcome_set){0};
    if (put_program(judge, text, e) < 0 || point_at_program(judge, fault, 0, e) < 0)
        return -1;
    sw_search_fault = fault;
    int failed = run_dpor(judge, judgement, e);
    sw_search_fault = SW_SEARCH_FAULT_NONE;
    if (failed < 0 || run_witnesses(judge, &all, judgement, e) < 0)
        return -1;
    compare(judge, &all, judgement);
    judgement->differs = all.differs;
    drop_program(judge);
    return 0;
}

/* A warm process keeps what the schedules before have left: the cache of compiled expressions, what
 * an abstract class knows.  Then the schedules of a program are not the same each time, and what is
 * said of it is of the process. */
static int may_be_of_the_process(const struct sw_program_judgement *judgement)
{
    return judgement->verdict != SW_PROGRAM_AGREES &&
           (judgement->verdict != SW_PROGRAM_UNDECIDED || judgement->differs);
}

static int judge_cold(struct sw_program_judge *judge, const char *text, enum sw_search_fault fault,
                      struct sw_program_judgement *judgement, struct sw_error *e)
{
    uint64_t schedules = judgement->schedules;

    judge->cold_order = *judge->order;
    judge->cold_order.is_cold = 1;
    if (judge->cold == NULL)
        judge->cold = sw_program_judge_open(&judge->cold_order, e);
    if (judge->cold == NULL || judge_once(judge->cold, text, fault, judgement, e) < 0)
        return -1;
    judgement->schedules += schedules;
    return 0;
}

int sw_program_judge_text(struct sw_program_judge *judge, const char *text,
                          enum sw_search_fault fault, struct sw_program_judgement *judgement,
                          struct sw_error *e)
{
    if (judge_once(judge, text, fault, judgement, e) < 0)
        return -1;
    return !judge->order->is_cold && may_be_of_the_process(judgement)
               ? judge_cold(judge, text, fault, judgement, e)
               : 0;
}

int sw_program_judge_run(struct sw_program_judge *judge, const struct sw_random_program *program,
                         enum sw_search_fault fault, struct sw_program_judgement *judgement,
                         struct sw_error *e)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    sw_random_program_write(program, NULL, out);
    fclose(out);
    int failed = sw_program_judge_text(judge, text, fault, judgement, e);
    free(text);
    return failed;
}
