/* SPDX-License-Identifier: MIT */
#include "minimise.h"

#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../harness/replay.h"
#include "../harness/run.h"
#include "../harness/sched.h"
#include "../harness/session.h"
#include "../harness/trial.h"
#include "bounded.h"
#include "guided.h"

enum { KIND_MAX = 32, WATCHDOG_S = 600, BUDGET = 20000, KEY_BUDGET = 256, TURNS_MAX = 64 };

/* How a schedule ends. */
struct end {
    char kind[KIND_MAX]; /* "exit", "crashed", "deadlock"; "" for a pass */
    uint32_t signature;
};

struct minimiser {
    const char *path;
    const char *output;
    uint64_t budget;
    struct sw_sched *sched;
    struct sw_session_order order;
    struct sw_session *session;
    struct end wanted;
    struct sw_guided best;
    struct sw_board_list *exact; /* of the best: what it decided, to the letter; owned */
    uint64_t runs;
    uint32_t before; /* deviations */
    char proof[1024];
    const unsigned char *left_out; /* of the run under way */
    const struct sw_guided *tried;
};

/* ---- how it ends ---- */

static void end_of(const struct sw_warm_result *result, struct end *end)
{
    *end = (struct end){.signature = result->signature};
    if (result->outcome == SW_WARM_DIED && strcmp(result->text, "exit 0") != 0)
        snprintf(end->kind, sizeof end->kind, "%.*s",
                 strncmp(result->text, "exit ", 5) == 0 ? KIND_MAX - 1
                                                        : (int)strcspn(result->text, " "),
                 result->text);
    else if (result->outcome == SW_WARM_FAILED)
        snprintf(end->kind, sizeof end->kind, "failed");
}

static int is_same(const struct end *a, const struct end *b)
{
    return a->kind[0] != '\0' && strcmp(a->kind, b->kind) == 0 && a->signature == b->signature;
}

/* ---- runs ---- */

static void fill_exact(struct sw_board *board, void *context)
{
    const struct sw_sched *sched = ((struct minimiser *)context)->sched;

    board->strategy = SW_STRATEGY_REPLAY;
    board->wanted.count = sched->deviation_count;
    board->wanted.pool_used = sched->pool_used;
    memcpy(board->wanted.deviations, sched->deviations,
           sched->deviation_count * sizeof *sched->deviations);
    memcpy(board->wanted.pool, sched->pool, sched->pool_used * sizeof *sched->pool);
    board->log_wanted = 1;
    board->log_from = 0;
}

static void fill_guided(struct sw_board *board, void *context)
{
    const struct minimiser *m = context;

    sw_guided_fill(m->tried, m->left_out, board);
    board->log_wanted = 1;
    board->log_from = 0;
}

/* What it decided becomes the best. */
static int keep(struct minimiser *m, const struct sw_board *board)
{
    const struct sw_board_list *taken = &board->taken;

    if (sw_guided_take(&m->best, board) < 0 || taken->count > SW_DEVIATIONS_MAX ||
        taken->pool_used > SW_POOL_MAX)
        return -1;
    m->exact->count = taken->count;
    m->exact->pool_used = taken->pool_used;
    memcpy(m->exact->deviations, taken->deviations, taken->count * sizeof *taken->deviations);
    memcpy(m->exact->pool, taken->pool, taken->pool_used * sizeof *taken->pool);
    return 0;
}

/* 1: it fails in the same way, and *board says how; 0: not; -1: nothing could be run. */
static int run(struct minimiser *m, const struct sw_guided *guided, const unsigned char *left_out,
               const struct sw_board **board)
{
    struct sw_warm_result result;
    struct sw_error e = {0};
    struct end end;

    m->tried = guided;
    m->left_out = left_out;
    if (sw_session_run(m->session, fill_guided, m, &result, board, &e) < 0) {
        sw_error_print(&e);
        return -1;
    }
    m->runs++;
    end_of(&result, &end);
    return is_same(&end, &m->wanted);
}

/* ---- fewest deviations ---- */

/* Without those from first on, count of them.  As run(). */
static int try_without(struct minimiser *m, uint32_t first, uint32_t count)
{
    unsigned char *left_out = calloc(m->best.count + 1, 1);
    const struct sw_board *board;
    uint32_t before = m->best.count;
    int status = -1;

    if (left_out != NULL) {
        memset(left_out + first, 1, count);
        status = run(m, &m->best, left_out, &board);
    }
    free(left_out);
    /* What is left of them may have led to more. */
    if (status == 1 && board->taken.count < before)
        return keep(m, board) < 0 ? -1 : 1;
    return status < 0 ? -1 : 0;
}

static int leave_out(struct minimiser *m)
{
    uint32_t size = m->best.count;

    while (size > 0) {
        int any = 0;
        for (uint32_t first = 0; first < m->best.count;) {
            uint32_t count = size < m->best.count - first ? size : m->best.count - first;
            int status = try_without(m, first, count);
            if (status < 0)
                return -1;
            any |= status;
            first += status ? 0 : count;
        }
        if (!any || size > m->best.count)
            size = size > m->best.count ? m->best.count : size / 2;
    }
    return 0;
}

/* ---- fewest preemptions ---- */

static int on_bounded(void *context, const struct sw_warm_result *result,
                      const struct sw_board *board, uint32_t cost)
{
    struct minimiser *m = context;
    struct end end;

    (void)cost;
    m->runs++;
    end_of(result, &end);
    if (!is_same(&end, &m->wanted))
        return 0;
    /* Its log begins behind its last deviation; the exact list is all that counts. */
    m->exact->count = board->taken.count;
    m->exact->pool_used = board->taken.pool_used;
    memcpy(m->exact->deviations, board->taken.deviations,
           board->taken.count * sizeof *board->taken.deviations);
    memcpy(m->exact->pool, board->taken.pool, board->taken.pool_used * sizeof *board->taken.pool);
    return 1;
}

/* The exact list is run once more, for its log.  As run(). */
static int take_exact(struct minimiser *m)
{
    struct sw_warm_result result;
    const struct sw_board *board;
    struct sw_error e = {0};
    struct end end;
    struct sw_sched *sched = m->sched;

    sched->deviation_count = m->exact->count;
    sched->pool_used = m->exact->pool_used;
    sched->deviations =
        realloc(sched->deviations, (m->exact->count + 1) * sizeof *sched->deviations);
    sched->pool = realloc(sched->pool, (m->exact->pool_used + 1) * sizeof *sched->pool);
    if (sched->deviations == NULL || sched->pool == NULL)
        return -1;
    memcpy(sched->deviations, m->exact->deviations, m->exact->count * sizeof *sched->deviations);
    memcpy(sched->pool, m->exact->pool, m->exact->pool_used * sizeof *sched->pool);
    if (sw_session_run(m->session, fill_exact, m, &result, &board, &e) < 0)
        return -1;
    m->runs++;
    end_of(&result, &end);
    if (!is_same(&end, &m->wanted))
        return 0;
    return keep(m, board) < 0 ? -1 : 1;
}

static int search_fewer(struct minimiser *m)
{
    static struct sw_bounded all;
    uint32_t preemptions = sw_guided_preemptions(&m->best);
    struct sw_error e = {0};
    int status = 0;

    if (preemptions == 0) {
        snprintf(m->proof, sizeof m->proof, "no preemption: there cannot be fewer");
        return 0;
    }
    struct sw_bounded_order order = {.session = m->order,
                                     .kind = SW_BOUNDED_PREEMPTIONS,
                                     .bound = preemptions - 1 < SW_BOUNDED_MAX ? preemptions - 1
                                                                               : SW_BOUNDED_MAX,
                                     .schedules_max = m->budget,
                                     .goes_on = 1,
                                     .on_run = on_bounded,
                                     .context = m};
    uint32_t found = preemptions;
    if (m->budget > 0 && sw_bounded_run(&order, &all, &e) < 0) {
        sw_error_print(&e);
        return -1;
    }
    if (m->budget > 0 && strcmp(all.why_not, "it was stopped") == 0) {
        status = take_exact(m);
        found = sw_guided_preemptions(&m->best);
    }
    if (status < 0)
        return -1;
    if (m->budget > 0 && (all.complete || status == 1))
        snprintf(m->proof, sizeof m->proof,
                 "%u preemption%s, proven least: all %llu schedules with fewer were run", found,
                 found == 1 ? "" : "s",
                 (unsigned long long)(all.complete ? all.schedules
                                                   : all.schedules - all.of_cost[found]));
    else
        snprintf(m->proof, sizeof m->proof,
                 "%u preemption%s, not proven least: %llu schedules with fewer were run%s%s", found,
                 found == 1 ? "" : "s", (unsigned long long)all.schedules,
                 all.why_not[0] != '\0' ? ", and " : "", all.why_not);
    return 0;
}

/* ---- where it turns ---- */

/* The deviation, moved by so many of its thread's decisions.  As run(). */
static int run_moved(struct minimiser *m, uint32_t which, int64_t by)
{
    struct sw_deviation *deviation = &m->best.list[which];
    const struct sw_board *board;
    uint64_t index = deviation->index;

    if (by < 0 && index < (uint64_t)-by)
        return 0;
    deviation->index = index + (uint64_t)by;
    int status = run(m, &m->best, NULL, &board);
    deviation->index = index;
    return status;
}

/* How far it can be moved that way and still fails; -1: nothing could be run. */
static int64_t find_turn(struct minimiser *m, uint32_t which, int direction)
{
    int64_t steps = 0;

    for (; steps < TURNS_MAX; steps++) {
        int status = run_moved(m, which, direction * (steps + 1));
        if (status < 0)
            return -1;
        if (status == 0)
            break;
    }
    return steps;
}

static int print_turns(struct minimiser *m)
{
    for (uint32_t i = 0; i < m->best.count; i++) {
        if (!m->best.preempts[i] || m->best.list[i].kind != SW_DECIDE_RUN)
            continue;
        int64_t earlier = find_turn(m, i, -1), later = find_turn(m, i, 1);
        char choice[32];
        if (earlier < 0 || later < 0)
            return -1;
        sw_decision_format(SW_DECIDE_RUN, m->best.list[i].choice, choice, sizeof choice);
        printf("T%u stops for %s at decision %llu (%s): if %lld of its decisions earlier, or %lld "
               "later, it does not fail so\n",
               m->best.list[i].thread, choice, (unsigned long long)m->best.decisions[i],
               sw_decision_place(m->best.list[i].place), (long long)earlier + 1,
               (long long)later + 1);
    }
    return 0;
}

/* ---- the whole ---- */

/* Runs what is recorded.  0, or -1 after a line on stderr. */
static int begin(struct minimiser *m)
{
    struct sw_warm_result result;
    const struct sw_board *board;
    struct sw_error e = {0};

    if (sw_session_run(m->session, fill_exact, m, &result, &board, &e) < 0) {
        sw_error_print(&e);
        return -1;
    }
    m->runs++;
    end_of(&result, &m->wanted);
    if (m->wanted.kind[0] == '\0' || strcmp(m->wanted.kind, "diverged") == 0) {
        fprintf(stderr, "spillway: %s: it %s, and there is nothing to minimise\n", m->path,
                m->wanted.kind[0] == '\0' ? "does not fail" : "cannot be repeated");
        return 1;
    }
    if (keep(m, board) < 0) {
        fprintf(stderr, "spillway: %s: too many decisions to minimise\n", m->path);
        return -1;
    }
    m->before = m->best.count;
    int status = run(m, &m->best, NULL, &board);
    if (status == 0)
        fprintf(stderr, "spillway: %s: by each thread's own time it does not fail so\n", m->path);
    return status < 0 ? -1 : !status;
}

static char *output_of(const struct minimiser *m)
{
    char *output = NULL;
    size_t length = strlen(m->path);

    if (m->output != NULL)
        return strdup(m->output);
    if (length > 6 && strcmp(m->path + length - 6, ".sched") == 0)
        length -= 6;
    return asprintf(&output, "%.*s.min.sched", (int)length, m->path) < 0 ? NULL : output;
}

/* In a process of its own, with the stacks where it turns; writes it. */
static int confirm(struct minimiser *m)
{
    const struct sw_sched *sched = m->sched;
    int is_test = sched->setting.begins && sched->arg_count == 2;
    char found[256], *output = output_of(m);
    uint64_t shown[SW_SHOWN_MAX];
    uint32_t shown_count = 0;
    struct sw_trial trial = {0};

    for (uint32_t i = 0; i < m->best.count && shown_count < SW_SHOWN_MAX; i++)
        if (m->best.preempts[i])
            shown[shown_count++] = m->best.decisions[i];
    snprintf(found, sizeof found, "%.128s, minimised from %u deviations", sched->found, m->before);
    struct sw_trial_order order = {.interp = sched->interp,
                                   .starter = sched->program,
                                   .file = is_test ? sched->args[0] : sched->program,
                                   .test = is_test ? sched->args[1] : NULL,
                                   .args = is_test ? NULL : sched->args,
                                   .strategy = SW_STRATEGY_REPLAY,
                                   .wanted = m->exact,
                                   .shown = shown,
                                   .shown_count = shown_count,
                                   .found = found,
                                   .setting = &sched->setting,
                                   .output = output,
                                   .engine = SW_ENGINE_THREADS,
                                   .schedules = 1,
                                   .watchdog_s = WATCHDOG_S};
    int status = 1;
    if (output != NULL) {
        sw_trial_run(&order, &trial);
        status = trial.verdict.kind == SW_FAILED || trial.verdict.kind == SW_CRASHED ? 0 : 1;
        printf("%s\n%s%s", trial.verdict.text, trial.story != NULL ? trial.story : "",
               trial.story != NULL ? "\n" : "");
    }
    free(trial.story);
    free(output);
    return status;
}

static int minimise(struct minimiser *m)
{
    int status = begin(m);

    if (status != 0)
        return status < 0 ? SW_EXIT_ERROR : SW_EXIT_FAILED;
    if (leave_out(m) < 0 || search_fewer(m) < 0 || leave_out(m) < 0)
        return SW_EXIT_ERROR;
    printf("%u deviations of %u; %s; %llu runs\n", m->best.count, m->before, m->proof,
           (unsigned long long)m->runs);
    fflush(stdout);
    if (print_turns(m) < 0)
        return SW_EXIT_ERROR;
    fflush(stdout);
    return confirm(m) == 0 ? SW_EXIT_OK : SW_EXIT_FAILED;
}

static int load_and_minimise(struct minimiser *m)
{
    struct sw_error e = {0};

    if (sw_sched_load(m->path, &m->sched, &e) < 0 || sw_replay_check(m->path, m->sched, &e) < 0) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    m->order = (struct sw_session_order){.run = {.interp = m->sched->interp,
                                                 .program = m->sched->program,
                                                 .args = m->sched->args,
                                                 .setting = &m->sched->setting,
                                                 .watchdog_s = WATCHDOG_S,
                                                 .silent = 1},
                                         .decisions_max = 2 * m->sched->decision_count + 100000,
                                         .engine = m->sched->setting.begins ? SW_ENGINE_POOL
                                                                            : SW_ENGINE_THREADS};
    m->session = sw_session_open(&m->order, &e);
    if (m->session == NULL) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    return minimise(m);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct minimiser *m = state->input;
    char *end;

    switch (key) {
    case 'o':
        m->output = arg;
        return 0;
    case KEY_BUDGET:
        m->budget = strtoull(arg, &end, 10);
        if (end == arg || *end != '\0' || *arg == '-')
            argp_error(state, "--budget: '%s' is not a number", arg);
        return 0;
    case ARGP_KEY_ARG:
        if (m->path != NULL)
            argp_error(state, "one FILE.sched at a time");
        m->path = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no FILE.sched given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int sw_minimise(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"budget", KEY_BUDGET, "N", 0,
         "How many schedules with fewer preemptions are run at most (default 20000)", 0},
        {"output", 'o', "FILE", 0, "Where the result goes (default: FILE.min.sched)", 0},
        {0}};
    static const char doc[] =
        "Finds the smallest schedule that fails in the same way, and says where it turns."
        "\vExit status: 0 what is written fails in the same way, 1 it does not fail, 2 a usage or "
        "harness error.";
    static char name[] = "spillway minimise";
    const struct argp argp = {options, parse_option, "FILE.sched", doc, 0, 0, 0};
    struct minimiser m = {.budget = BUDGET};

    argv[0] = name;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &m);
    m.exact = calloc(1, sizeof *m.exact);
    int status = m.exact != NULL ? load_and_minimise(&m) : SW_EXIT_ERROR;
    sw_session_close(m.session);
    sw_guided_free(&m.best);
    sw_sched_free(m.sched);
    free(m.exact);
    return status;
}
