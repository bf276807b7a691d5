/* SPDX-License-Identifier: MIT
 *
 * dpor_oracle_main.c - the program dpor-oracle: small random programs, and whether dpor's "all" is
 * true of them (program_judge.h).
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/real_time.h"
#include "contract/whole_file.h"
#include "contract/words.h"
#include "harness/report/target.h"
#include "harness/formats/files/atomic_files.h"
#include "fault_gate.h"
#include "program_judge.h"
#include "program_shrink.h"

static const char usage[] =
    "usage: dpor-oracle [OPTION]... [FILE]...\n"
    "Makes small programs of threads, and compares what dpor says of each with all interleavings "
    "of\n"
    "its operations, and with schedules at grain call.  With FILEs: of these instead; each has a\n"
    "function outcome(), which runs it and returns its outcome as text.\n\n"
    "  -n, --programs N       So many programs (default: 100)\n"
    "  -s, --seed N           The seed of the first (default: 1)\n"
    "  -m, --most N           At most N interleavings of a program (default: 500)\n"
    "  -d, --decided          Pass over programs that have more, and go on until N others were "
    "judged\n"
    "  -c, --calls N          N schedules of each at grain call (default: 10)\n"
    "  -k, --kind SHAPE       Only programs with an object of that shape of the grammar\n"
    "  -j, --joins WORD       Only such as join their threads over a list, tuple or set\n"
    "  -l, --long             Three threads may have two statements each, and not one\n"
    "      --cold             Each schedule from a checkpoint, and not in a process that goes on\n"
    "  -o, --output DIR       Where programs go of which dpor says something false (default: .)\n"
    "  -i, --interp FILE      The interpreter (default: " SW_TARGET_INTERP ")\n"
    "  -q, --quick            Name what is wrong, and make it no smaller\n"
    "  -v, --verbose          A line for each program\n"
    "      --show             Print the programs, and run none\n"
    "      --grammar          Print all operations of the grammar as functions, and run none\n"
    "  -f, --fault NAME       Switch a rule of the tracer, or a step of dpor, off: is that "
    "noticed\n"
    "                         within N programs?  all: each in turn\n"
    "  -h, --help             This text\n\n"
    "Exit status: 0 all agree; 1 a certificate is false; 2 wrong use, or nothing could be run.\n";

enum {
    FILE_MAX = 1 << 20,
    DRAWS_EACH = 20, /* for each program that is wanted, of which it has to be small enough */
};

struct options {
    uint64_t programs, seed;
    char **files; /* that are judged instead; files_count of them */
    int files_count;
    struct sw_program_judge_order judge;
    const char *output;
    struct sw_random_focus focus; /* of each program */
    const char *fault; /* a name, or "all"; NULL: none */
    int is_verbose, is_quick, only_shows, only_decided;
};

struct totals {
    uint64_t drawn; /* programs, those that were passed over, too */
    uint64_t by_verdict[SW_PROGRAM_VERDICTS_COUNT], several, schedules;
    uint64_t redundant; /* have fewer classes than traces */
};

/* ---- reading ---- */

static const struct option names[] = {
    {"programs", required_argument, NULL, 'n'}, {"seed", required_argument, NULL, 's'},
    {"most", required_argument, NULL, 'm'},     {"decided", no_argument, NULL, 'd'},
    {"calls", required_argument, NULL, 'c'},    {"kind", required_argument, NULL, 'k'},
    {"joins", required_argument, NULL, 'j'},    {"long", no_argument, NULL, 'l'},
    {"cold", no_argument, NULL, 'C'},           {"output", required_argument, NULL, 'o'},
    {"interp", required_argument, NULL, 'i'},   {"quick", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},        {"show", no_argument, NULL, 'S'},
    {"grammar", no_argument, NULL, 'G'},        {"fault", required_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},           {0},
};

static uint64_t number_of(const char *text, uint64_t least)
{
    struct sw_error e;
    uint64_t number;

    if (sw_words_number(text, least, UINT32_MAX, &number, &e) == 0)
        return number;
    fprintf(stderr, "dpor-oracle: %s\n", e.text);
    exit(SW_EXIT_ERROR);
}

__attribute__((noreturn)) static void refuse(const char *what, const char *word)
{
    fprintf(stderr, "dpor-oracle: %s '%s'\n", what, word);
    exit(SW_EXIT_ERROR);
}

static void read_focus(struct sw_random_focus *focus, int key, const char *word)
{
    struct sw_random_program program;

    if (key == 'j') {
        focus->joins = sw_random_program_joins(word);
        if (focus->joins == SW_RANDOM_JOINS_ANY)
            refuse("threads are joined over a list, a tuple or a set, and not over a", word);
        return;
    }
    focus->shape = word;
    if (sw_random_program_make(&program, 0, focus) < 0)
        refuse("the grammar has no shape", word);
}

static void read_option(struct options *options, int key)
{
    switch (key) {
    case 'n':
        options->programs = number_of(optarg, 1);
        break;
    case 's':
        options->seed = number_of(optarg, 0);
        break;
    case 'm':
        options->judge.interleavings_max = number_of(optarg, 1);
        break;
    case 'c':
        options->judge.calls = number_of(optarg, 0);
        break;
    case 'k':
    case 'j':
        read_focus(&options->focus, key, optarg);
        break;
    case 'l':
        options->focus.is_long = 1;
        break;
    case 'd':
        options->only_decided = 1;
        break;
    case 'C':
        options->judge.is_cold = 1;
        break;
    case 'o':
        options->output = optarg;
        break;
    case 'i':
        options->judge.interp = optarg;
        break;
    case 'q':
        options->is_quick = 1;
        break;
    case 'v':
        options->is_verbose = 1;
        break;
    case 'S':
        options->only_shows = 1;
        break;
    case 'f':
        options->fault = optarg;
        break;
    case 'G':
        sw_random_program_write_all(stdout);
        exit(SW_EXIT_OK);
    case 'h':
        fputs(usage, stdout);
        exit(SW_EXIT_OK);
    default:
        fputs("dpor-oracle: --help says what there is\n", stderr);
        exit(SW_EXIT_ERROR);
    }
}

/* ---- running ---- */

/* name: its file; NULL: the program of that seed. */
static void tell(const char *name, uint64_t seed, const struct sw_program_judgement *judgement)
{
    char text[32];

    snprintf(text, sizeof text, "seed %llu", (unsigned long long)seed);
    printf("%-9s %s: %llu trace%s, %s%llu interleavings of %llu classes, %u outcomes",
           sw_program_judge_names[judgement->verdict], name != NULL ? name : text,
           (unsigned long long)judgement->traces, judgement->traces == 1 ? "" : "s",
           judgement->is_whole ? "" : "at least ", (unsigned long long)judgement->interleavings,
           (unsigned long long)judgement->classes, judgement->outcomes);
    if (*judgement->why != '\0')
        printf(": %s", judgement->why);
    if (judgement->witness != NULL)
        printf("; %s ends with %s", judgement->witness, judgement->missing);
    else if (*judgement->missing != '\0')
        printf("; no interleaving ends with %s", judgement->missing);
    putchar('\n');
    fflush(stdout);
}

static void count(struct totals *totals, const struct sw_program_judgement *judgement)
{
    totals->by_verdict[judgement->verdict]++;
    totals->several += judgement->outcomes > 1;
    totals->redundant +=
        judgement->verdict == SW_PROGRAM_AGREES && judgement->traces > judgement->classes;
    totals->schedules += judgement->schedules;
}

/* As a test that forbids what dpor has not seen. */
static int keep(const struct options *options, const struct sw_random_program *program,
                const struct sw_program_judgement *judgement, struct sw_error *e)
{
    char path[PATH_MAX], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    int is_literal = *judgement->missing == '\'' || *judgement->missing == '"';

    if (out == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    sw_random_program_write(program, is_literal ? judgement->missing : NULL, out);
    fclose(out);
    snprintf(path, sizeof path, "%s/dpor_%llu.py", options->output,
             (unsigned long long)program->seed);
    int status = sw_atomic_files_write(path, text, size, e);
    free(text);
    if (status == 0)
        printf("          spillway explore --strategy dpor %s::test\n"
               "          spillway explore --grain %s %s::test\n",
               path, judgement->by_calls ? "call" : "access --strategy preemptions:16", path);
    fflush(stdout);
    return status;
}

static int shrink_and_keep(const struct options *options, struct sw_program_judge *judge,
                           struct sw_random_program *program,
                           struct sw_program_judgement *judgement, struct sw_error *e)
{
    if (sw_program_shrink(judge, program, judgement, e) < 0)
        return -1;
    tell(NULL, program->seed, judgement);
    return judgement->verdict == SW_PROGRAM_FALSE || judgement->verdict == SW_PROGRAM_FEWER
               ? keep(options, program, judgement, e)
               : 0;
}

static int run_one(const struct options *options, struct sw_program_judge *judge, uint64_t seed,
                   struct totals *totals, struct sw_error *e)
{
    struct sw_random_program program;
    struct sw_program_judgement judgement;

    sw_random_program_make(&program, seed, &options->focus);
    if (sw_program_judge_run(judge, &program, SW_SEARCH_FAULT_NONE, &judgement, e) < 0)
        return -1;
    int is_wrong = judgement.verdict == SW_PROGRAM_FALSE || judgement.verdict == SW_PROGRAM_FEWER ||
                   judgement.verdict == SW_PROGRAM_MORE;
    if (is_wrong ? options->is_quick : options->is_verbose)
        tell(NULL, seed, &judgement);
    if (is_wrong && !options->is_quick &&
        shrink_and_keep(options, judge, &program, &judgement, e) < 0)
        return -1;
    count(totals, &judgement);
    return 0;
}

static int run_file(struct sw_program_judge *judge, const char *path, struct totals *totals,
                    struct sw_error *e)
{
    struct sw_program_judgement judgement;
    size_t size;
    char *text = sw_whole_file_read(path, FILE_MAX, &size, e);

    if (text == NULL)
        return -1;
    int failed = sw_program_judge_text(judge, text, SW_SEARCH_FAULT_NONE, &judgement, e);
    free(text);
    if (failed < 0)
        return -1;
    tell(path, 0, &judgement);
    count(totals, &judgement);
    return 0;
}

/* Does it want more programs?  A grammar of which few are small enough ends, too. */
static int is_short_of(const struct options *options, const struct totals *totals)
{
    uint64_t passed_over = options->only_decided ? totals->by_verdict[SW_PROGRAM_UNDECIDED] : 0;

    return totals->drawn - passed_over < options->programs &&
           totals->drawn < DRAWS_EACH * options->programs;
}

static int run_all(const struct options *options, struct sw_program_judge *judge,
                   struct totals *totals, struct sw_error *e)
{
    for (int i = 0; i < options->files_count; i++)
        if (run_file(judge, options->files[i], totals, e) < 0)
            return -1;
    if (options->files_count > 0)
        return 0;
    for (; is_short_of(options, totals); totals->drawn++)
        if (run_one(options, judge, options->seed + totals->drawn, totals, e) < 0)
            return -1;
    return 0;
}

static void show(const struct options *options)
{
    struct sw_random_program program;

    for (uint64_t i = 0; i < options->programs; i++) {
        sw_random_program_make(&program, options->seed + i, &options->focus);
        sw_random_program_write(&program, NULL, stdout);
    }
}

static int summarize(const struct options *options, const struct totals *totals, double seconds)
{
    if (options->files_count > 0)
        printf("%d programs:", options->files_count);
    else
        printf("%llu programs, seeds %llu to %llu:", (unsigned long long)totals->drawn,
               (unsigned long long)options->seed,
               (unsigned long long)(options->seed + totals->drawn - 1));
    for (int i = 0; i < SW_PROGRAM_VERDICTS_COUNT; i++)
        printf(" %llu %s%s", (unsigned long long)totals->by_verdict[i], sw_program_judge_names[i],
               i + 1 < SW_PROGRAM_VERDICTS_COUNT ? "," : "");
    printf("; of those that agree %llu have more traces than classes; %llu have several outcomes; "
           "%llu schedules, %.1f s\n",
           (unsigned long long)totals->redundant, (unsigned long long)totals->several,
           (unsigned long long)totals->schedules, seconds);
    return totals->by_verdict[SW_PROGRAM_FALSE] + totals->by_verdict[SW_PROGRAM_FEWER] > 0
               ? SW_EXIT_FAILED
               : SW_EXIT_OK;
}

int main(int argc, char **argv)
{
    struct options options = {
        .programs = 100,
        .seed = 1,
        .output = ".",
        .focus = {.shape = "", .operation = ""},
        .judge = {.interp = SW_TARGET_INTERP, .interleavings_max = 500, .calls = 10}};
    struct totals totals = {0};
    struct sw_error e;
    int key;

    while ((key = getopt_long(argc, argv, "n:s:m:dc:k:j:li:o:f:qvh", names, NULL)) >= 0)
        read_option(&options, key);
    options.files = argv + optind;
    options.files_count = argc - optind;
    if (options.only_shows) {
        show(&options);
        return SW_EXIT_OK;
    }
    double began = sw_real_time_s();
    struct sw_program_judge *judge = sw_program_judge_open(&options.judge, &e);
    int noticed = 1;
    int failed = judge == NULL ||
                 (options.fault != NULL ? sw_fault_gate_run(judge, options.fault, options.seed,
                                                            options.programs, &noticed, &e)
                                        : run_all(&options, judge, &totals, &e)) < 0;
    sw_program_judge_close(judge);
    if (failed) {
        fprintf(stderr, "dpor-oracle: %s%s%s\n", e.path, *e.path != '\0' ? ": " : "", e.text);
        return SW_EXIT_ERROR;
    }
    if (options.fault != NULL)
        return noticed ? SW_EXIT_OK : SW_EXIT_FAILED;
    return summarize(&options, &totals, sw_real_time_s() - began);
}
