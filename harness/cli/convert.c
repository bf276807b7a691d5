/* SPDX-License-Identifier: MIT */
#include "convert.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "harness/formats/sched/schedz.h"
#include "run.h"
#include "harness/formats/sched/sched.h"

struct convert {
    const char *in;
    const char *out;
    uint64_t number; /* 0: not given */
    int packs;
};

static const struct argp_option option_list[] = {
    {"number", 'n', "N", 0, "Which schedule of an archive, from 1 (default: its only one)", 0},
    {0},
};

static int has_suffix(const char *path, const char *suffix)
{
    size_t length = strlen(path), end = strlen(suffix);

    return length > end && strcmp(path + length - end, suffix) == 0;
}

static void check(struct convert *convert, struct argp_state *state)
{
    if (convert->out == NULL)
        argp_error(state, "IN and OUT are needed");
    convert->packs = has_suffix(convert->in, ".sched");
    if (!has_suffix(convert->in, convert->packs ? ".sched" : ".schedz") ||
        !has_suffix(convert->out, convert->packs ? ".schedz" : ".sched"))
        argp_error(state, "one of IN and OUT is a .sched, the other a .schedz");
    if (convert->packs && convert->number != 0)
        argp_error(state, "--number: a .sched has one schedule");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct convert *convert = state->input;
    char *end;

    switch (key) {
    case 'n':
        errno = 0;
        convert->number = strtoull(arg, &end, 10);
        if (errno != 0 || *arg < '0' || *arg > '9' || *end != '\0' || convert->number == 0)
            argp_error(state, "--number: '%s' is not a number from 1", arg);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num >= 2)
            argp_error(state, "more than IN and OUT");
        *(state->arg_num == 0 ? &convert->in : &convert->out) = arg;
        return 0;
    case ARGP_KEY_END:
        check(convert, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int pack(const struct convert *convert, struct sw_error *e)
{
    struct sw_sched *sched;

    if (sw_sched_load(convert->in, &sched, e) < 0)
        return -1;
    int failed = sw_schedz_append(convert->out, &(const struct sw_sched *){sched}, 1, NULL, e);
    sw_sched_free(sched);
    return failed;
}

/* The number of the archive's only schedule. */
static int find_only(const char *path, uint64_t *number, struct sw_error *e)
{
    uint64_t whole, cut_off;

    if (sw_schedz_count(path, &whole, &cut_off, e) < 0)
        return -1;
    if (cut_off > 0)
        fprintf(stderr, "%s: %llu schedule%s at the end %s cut off\n", path,
                (unsigned long long)cut_off, cut_off == 1 ? "" : "s", cut_off == 1 ? "is" : "are");
    if (whole != 1)
        return sw_error_set(e, path, 0, 0, "%llu schedules; --number says which",
                            (unsigned long long)whole);
    *number = 1;
    return 0;
}

static int unpack(const struct convert *convert, struct sw_error *e)
{
    struct sw_sched *sched;
    uint64_t number = convert->number;

    if (number == 0 && find_only(convert->in, &number, e) < 0)
        return -1;
    if (sw_schedz_load(convert->in, number, &sched, e) < 0)
        return -1;
    FILE *out = fopen(convert->out, "w");
    int failed = out == NULL || sw_sched_write(out, sched) < 0;
    if (failed)
        sw_error_set(e, convert->out, 0, 0, "cannot be written: %s", strerror(errno));
    if (out != NULL)
        fclose(out);
    sw_sched_free(sched);
    return failed ? -1 : 0;
}

int sw_convert(int argc, char **argv)
{
    static const char doc[] =
        "Packs a schedule, or unpacks one; which, the suffixes say: IN.sched is added to the "
        "archive OUT.schedz, which holds schedules of one program, and of IN.schedz one is "
        "written to OUT.sched."
        "\vExit status: 0, or 2 a usage or harness error.";
    static char name[] = "spillway convert";
    const struct argp argp = {option_list, parse_option, "IN OUT", doc, 0, 0, 0};
    struct convert convert = {0};
    struct sw_error e;

    argv[0] = name;
    argp_err_exit_status = SW_EXIT_ERROR;
    argp_parse(&argp, argc, argv, 0, NULL, &convert);
    if ((convert.packs ? pack(&convert, &e) : unpack(&convert, &e)) == 0)
        return SW_EXIT_OK;
    sw_error_print(&e);
    return SW_EXIT_ERROR;
}
