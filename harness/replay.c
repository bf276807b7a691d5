/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "controlled.h"
#include "pack.h"
#include "run.h"

enum { WATCHDOG_S = 600, KEY_ENGINE = 256 };

struct replay {
    const char *path;
    uint64_t number;   /* of an archive's schedule; 0: all of them */
    const char *under; /* NULL: nothing */
    int engine; /* enum sw_board_engine */
    int quiet;
};

static const struct argp_option option_list[] = {
    {"under", 'u', "COMMAND", 0, "Run the interpreter under this, like 'valgrind -q'", 0},
    {"number", 'n', "N", 0, "Which schedule of a .schedz, from 1 (default: all)", 0},
    {"engine", KEY_ENGINE, "NAME", 0,
     "What carries the threads: threads (default), fibers or pool; the decisions are the same", 0},
    {"quiet", 'q', 0, 0, "Say nothing if the run was the recorded one", 0},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct replay *replay = state->input;
    char *end;

    switch (key) {
    case 'n':
        errno = 0;
        replay->number = strtoull(arg, &end, 10);
        if (errno != 0 || *arg < '0' || *arg > '9' || *end != '\0' || replay->number == 0)
            argp_error(state, "--number: '%s' is not a number from 1", arg);
        return 0;
    case 'u':
        replay->under = arg;
        return 0;
    case KEY_ENGINE:
        if ((replay->engine = sw_controlled_find_engine(arg)) < 0)
            argp_error(state, "--engine: '%s' is none; there are threads, fibers and pool", arg);
        return 0;
    case 'q':
        replay->quiet = 1;
        return 0;
    case ARGP_KEY_ARG:
        if (replay->path != NULL)
            argp_error(state, "more than one FILE.sched");
        replay->path = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no FILE.sched given");
        return 0;
    case ARGP_KEY_END:
        if (replay->number != 0 && !sw_pack_is_archive(replay->path))
            argp_error(state, "--number: a .sched has one schedule");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void parse(int argc, char **argv, struct replay *replay)
{
    static const char doc[] =
        "Repeats a recorded run: its interpreter, its program, its arguments, "
        "and every decision."
        "\vExit status: 0 the run was the recorded one, whatever its outcome, "
        "1 it was another, 2 a usage or harness error, or not a schedule of "
        "this program and interpreter.";
    static char name[] = "spillway replay";
    const struct argp argp = {option_list, parse_option, "FILE.sched[z]", doc, 0, 0, 0};

    *replay = (struct replay){0};
    argv[0] = name;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, replay);
}

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

static void fill_board(struct sw_board *board, const struct sw_sched *sched)
{
    board->strategy = SW_STRATEGY_REPLAY;
    /* What goes on for long after the recorded end has diverged; a livelock had no other end. */
    int livelock = strncmp(sched->outcome, "livelock ", 9) == 0;
    board->decisions_max = sched->decision_count + (livelock ? 0 : 1000000);
    board->wanted.count = sched->deviation_count;
    board->wanted.pool_used = sched->pool_used;
    memcpy(board->wanted.deviations, sched->deviations,
           sched->deviation_count * sizeof *sched->deviations);
    memcpy(board->wanted.pool, sched->pool, sched->pool_used * sizeof *sched->pool);
}

/* The first deviation for which the run was too short, if there is one. */
static void print_missing(const struct sw_board *board, const struct sw_sched *sched)
{
    char choice[32];

    for (uint32_t i = 0; i < sched->deviation_count; i++) {
        const struct sw_deviation *deviation = &sched->deviations[i];
        if (deviation->index < board->decision_count)
            continue;
        fprintf(stderr, "spillway: step %llu never came: wanted T%u at %s to %s %s\n",
                (unsigned long long)deviation->index, deviation->thread,
                sw_decision_place(deviation->place), sw_decision_verb(deviation->kind),
                sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice));
        return;
    }
}

static int judge(const struct sw_controlled *run, const struct sw_sched *sched,
                 const struct replay *replay)
{
    const struct sw_board *board = run->board;
    char outcome[SW_REPORT_MAX + 32];
    int same = 1;

    sw_controlled_outcome(run, outcome, sizeof outcome);
    if (board->end == SW_END_DIVERGED) {
        fprintf(stderr, "spillway: diverged at %.*s\n", SW_REPORT_MAX - 1, board->report);
        return SW_EXIT_FAILED;
    }
    if (board->decision_count != sched->decision_count || board->hash != sched->hash) {
        fprintf(stderr,
                "spillway: diverged: %llu decisions, hash %016llx; recorded were %llu, %016llx\n",
                (unsigned long long)board->decision_count, (unsigned long long)board->hash,
                (unsigned long long)sched->decision_count, (unsigned long long)sched->hash);
        print_missing(board, sched);
        same = 0;
    }
    if (strcmp(outcome, sched->outcome) != 0) {
        fprintf(stderr, "spillway: another outcome: %s; recorded was: %s\n", outcome,
                sched->outcome);
        same = 0;
    }
    if (same && !replay->quiet)
        fprintf(stderr, "spillway: as recorded: %s; %llu decisions, hash %016llx\n", outcome,
                (unsigned long long)board->decision_count, (unsigned long long)board->hash);
    return same ? SW_EXIT_OK : SW_EXIT_FAILED;
}

static int run_again(const struct sw_sched *sched, const struct replay *replay)
{
    struct sw_controlled run;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    if (sw_controlled_open(&run, &e) < 0) {
        sw_error_print(&e);
        sw_controlled_close(&run);
        return SW_EXIT_ERROR;
    }
    fill_board(run.board, sched);
    run.board->engine = (uint32_t)replay->engine;
    struct sw_controlled_order order = {.interp = sched->interp,
                                        .program = sched->program,
                                        .args = sched->args,
                                        .setting = &sched->setting,
                                        .under = replay->under,
                                        .watchdog_s = WATCHDOG_S};
    if (sw_controlled_run(&run, &order, &e) < 0)
        sw_error_print(&e);
    else if ((status = sw_controlled_check(&run)) == SW_EXIT_OK)
        status = judge(&run, sched, replay);
    sw_controlled_close(&run);
    return status;
}

/* Of this program and this interpreter? */
static int check(const struct replay *replay, const struct sw_sched *sched, struct sw_error *e)
{
    if (sched->input != NULL &&
        check_file(replay->path, "input", sched->input, sched->input_hash, e) < 0)
        return -1;
    return check_file(replay->path, "program", sched->program, sched->program_hash, e) < 0 ||
                   check_file(replay->path, "interpreter", sched->interp, sched->interp_hash, e) < 0
               ? -1
               : 0;
}

/* number 0: a .sched's only one. */
static int replay_one(const struct replay *replay, uint64_t number)
{
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status = SW_EXIT_ERROR;
    int failed = number == 0 ? sw_sched_load(replay->path, &sched, &e)
                             : sw_pack_load(replay->path, number, &sched, &e);

    if (failed < 0 || check(replay, sched, &e) < 0)
        sw_error_print(&e);
    else
        status = run_again(sched, replay);
    sw_sched_free(sched);
    return status;
}

static int replay_archive(const struct replay *replay)
{
    uint64_t whole, cut_off, same = 0;
    struct sw_error e;
    int worst = SW_EXIT_OK;

    if (sw_pack_count(replay->path, &whole, &cut_off, &e) < 0) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    for (uint64_t number = 1; number <= whole && worst != SW_EXIT_ERROR; number++) {
        int status = replay_one(replay, number);
        same += status == SW_EXIT_OK;
        worst = status > worst ? status : worst;
    }
    fprintf(stderr, "spillway: %llu of %llu were as recorded\n", (unsigned long long)same,
            (unsigned long long)whole);
    if (cut_off > 0)
        fprintf(stderr, "spillway: %s: %llu at the end cut off\n", replay->path,
                (unsigned long long)cut_off);
    return worst;
}

int sw_replay(int argc, char **argv)
{
    struct replay replay;

    parse(argc, argv, &replay);
    if (sw_pack_is_archive(replay.path) && replay.number == 0)
        return replay_archive(&replay);
    return replay_one(&replay, replay.number);
}
