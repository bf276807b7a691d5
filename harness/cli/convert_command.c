/* SPDX-License-Identifier: MIT
 *
 * convert_command.c - "spillway convert": .sched to .schedz and back.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "common_options.h"
#include "contract/exit.h"
#include "harness/formats/sched/sched.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/schedz.h"

static struct convert {
    const char *in;
    const char *out;
    uint64_t number; /* 0: not given */
} convert;

static int has_suffix(const char *path, const char *suffix)
{
    size_t length = strlen(path), end = strlen(suffix);

    return length > end && strcmp(path + length - end, suffix) == 0;
}

static int pack(struct sw_error *e)
{
    struct sw_sched *sched;

    if (sw_sched_load(convert.in, &sched, e) < 0)
        return -1;
    int failed = sw_sched_paths_move(convert.in, convert.out, sched, e) < 0 ||
                 sw_schedz_append(convert.out, &(const struct sw_sched *){sched}, 1, NULL, e) < 0;
    sw_sched_free(sched);
    return failed ? -1 : 0;
}

/* The number of the archive's only schedule. */
static int find_only(const char *path, uint64_t *number, struct sw_error *e)
{
    uint64_t whole, cut_off;

    if (sw_schedz_count(path, &whole, &cut_off, e) < 0)
        return -1;
    /* Somebody may still be writing them, so that is no reason to stop. */
    if (cut_off > 0)
        fprintf(stderr, "%s: %llu schedule%s at the end %s cut off\n", path,
                (unsigned long long)cut_off, cut_off == 1 ? "" : "s", cut_off == 1 ? "is" : "are");
    if (whole != 1)
        return sw_error_set(e, path, 0, 0, "%llu schedules; --number says which",
                            (unsigned long long)whole);
    *number = 1;
    return 0;
}

static int unpack(struct sw_error *e)
{
    struct sw_sched *sched;
    uint64_t number = convert.number;

    if (number == 0 && find_only(convert.in, &number, e) < 0)
        return -1;
    if (sw_schedz_load(convert.in, number, &sched, e) < 0)
        return -1;
    int status = sw_sched_paths_move(convert.in, convert.out, sched, e) < 0
                     ? -1
                     : sw_sched_write(convert.out, sched, e);
    sw_sched_free(sched);
    return status;
}

/* What is wrong with the arguments; NULL: nothing. */
static const char *refusal(int packs)
{
    if (!has_suffix(convert.in, packs ? ".sched" : ".schedz") ||
        !has_suffix(convert.out, packs ? ".schedz" : ".sched"))
        return "one of IN and OUT is a .sched, the other a .schedz";
    return packs && convert.number != 0 ? "--number: a .sched has one schedule" : NULL;
}

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_error e;

    if (arguments->count != 2)
        return sw_command_refuse("convert", arguments->count < 2 ? "IN and OUT are needed"
                                                                 : "more than IN and OUT");
    convert.in = arguments->list[0];
    convert.out = arguments->list[1];
    int packs = has_suffix(convert.in, ".sched");
    const char *why = refusal(packs);
    if (why != NULL)
        return sw_command_refuse("convert", "%s", why);
    if ((packs ? pack(&e) : unpack(&e)) == 0)
        return SW_EXIT_OK;
    sw_error_print(&e);
    return SW_EXIT_ERROR;
}

static const struct sw_option options[] = {
    SW_OPTION_NUMBER_OF(struct convert, number, "its only one"),
    {0},
};

SW_COMMAND(convert) = {
    .name = "convert",
    .summary = "pack a schedule into an archive, or unpack one",
    .group = SW_COMMAND_RECORD,
    .rank = 2,
    .usage = "IN OUT",
    .argument = "IN and OUT",
    .most = SW_COMMAND_ANY,
    .about = "Packs a schedule into an archive, or unpacks one, as the suffixes say.  IN.sched is "
             "added to the archive OUT.schedz, whose schedules are all of one program.  Of "
             "IN.schedz, one schedule is written to OUT.sched.",
    .exits = {"0 the schedule was written", "2 a usage or harness error"},
    .options = options,
    .target = &convert,
    .run = run,
};
