/* SPDX-License-Identifier: MIT
 *
 * show_command.c - "spillway show": see harness/report/show.h.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "common_options.h"
#include "fuzz/explore/inevitable_print.h"
#include "harness/formats/sched/schedz.h"
#include "harness/report/picture.h"
#include "harness/report/picture_text.h"
#include "harness/report/show.h"

enum { RUNS = 400 };

static struct show {
    struct sw_show_order order;
    int inevitable;
    uint64_t runs; /* 0: not given */
} show;

/* The decision between that place and the one before. */
static void add_jump(struct sw_picture *picture, const struct sw_inevitable_place *place,
                     uint64_t runs)
{
    char text[240];

    picture->jump = place->decisions;
    snprintf(text, sizeof text,
             "At step %llu the failure becomes more probable most: from %.2f to %.2f (%llu "
             "runs).%s",
             (unsigned long long)place->decisions - 1, (double)place[-1].failed / place[-1].runs,
             (double)place->failed / place->runs, (unsigned long long)runs,
             place[-1].high < place->low
                 ? ""
                 : "  The intervals overlap: with more runs it may be elsewhere.");
    picture->jump_text = sw_picture_text(picture, text);
}

/* The curve, and the decision at its steepest place. */
static int add_odds(struct sw_picture *picture, const struct sw_sched *sched, struct sw_error *e)
{
    static struct sw_inevitable inevitable;
    const struct sw_inevitable_order order = {
        .sched = sched, .runs = show.runs != 0 ? show.runs : RUNS, .seed = 1};
    int measured = sw_inevitable_measure(&inevitable, &order, e);

    for (uint32_t i = 0; measured > 0 && i < inevitable.count; i++) {
        const struct sw_inevitable_place *place = &inevitable.places[i];
        struct sw_picture_odds odds = {.step = place->decisions,
                                       .low = place->low,
                                       .likely = (double)place->failed / place->runs,
                                       .high = place->high};
        sw_picture_add_odds(picture, odds);
    }
    if (measured > 0 && inevitable.is_found)
        add_jump(picture, &inevitable.places[inevitable.jump], inevitable.runs);
    sw_inevitable_free(&inevitable);
    if (measured == 0)
        return sw_error_set(e, show.order.path, 0, 0, "it does not fail as recorded");
    return measured < 0 ? -1 : 0;
}

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_show_order *order = &show.order;

    order->path = arguments->list[0];
    if (sw_schedz_is_archive(order->path) && order->number == 0)
        return sw_command_refuse("show", "--number: which schedule of %s?", order->path);
    if (order->number != 0 && !sw_schedz_is_archive(order->path))
        return sw_command_refuse("show", "--number: a .sched has one schedule");
    if (order->from != 0 && order->to == 0)
        order->to = UINT64_MAX;
    if (show.inevitable && order->html == NULL && order->perfetto == NULL)
        return sw_command_refuse("show", "--inevitable is drawn in files only, as --html FILE; "
                                         "the terminal has 'spillway why --inevitable'");
    if (!show.inevitable && show.runs != 0)
        return sw_command_refuse("show", "--runs is for --inevitable");
    if (show.inevitable)
        order->add = add_odds;
    if (order->beside != NULL && order->html == NULL)
        return sw_command_refuse("show", "--beside is drawn in the page only: --html FILE");
    if (order->html != NULL && order->perfetto != NULL &&
        strcmp(order->html, order->perfetto) == 0 && strcmp(order->html, "/dev/null") != 0)
        return sw_command_refuse("show", "--html and --perfetto name one file: %s", order->html);
    if (order->from > order->to)
        return sw_command_refuse("show", "--from is behind --to");
    if (isatty(STDOUT_FILENO) && !sw_inevitable_print_takes_blocks())
        order->ascii = 1;
    return sw_show_run(order);
}

static const struct sw_option options[] = {
    SW_OPTION_HEADING("What is drawn"),
    SW_OPTION_INTERP(struct show, order.interp, "the recorded one"),
    SW_OPTION_NUMBER_OF(struct show, order.number, "its only one"),
    SW_OPTION_HEADING("In the terminal"),
    SW_OPTION_FLAG("all", 'a', struct show, order.all,
                   "Give each event a line; else what is dull is folded"),
    SW_OPTION_NUMBER("from", 0, "STEP", struct show, order.from, 1, UINT64_MAX,
                     "All of it from that step on (default: the first one)"),
    SW_OPTION_NUMBER("to", 0, "STEP", struct show, order.to, 1, UINT64_MAX,
                     "All of it up to that step (default: the last one)"),
    SW_OPTION_NUMBER("width", 'w', "COLUMNS", struct show, order.width, SW_PICTURE_TEXT_WIDTH_LEAST,
                     SW_PICTURE_TEXT_WIDTH_MOST,
                     "How wide it is (default: the terminal's width; 80 where there is none)"),
    SW_OPTION_FLAG("ascii", 0, struct show, order.ascii, "Draw with letters and dashes"),
    SW_OPTION_HEADING("As a file; then nothing is drawn in the terminal"),
    SW_OPTION_TEXT("html", 0, "FILE", struct show, order.html,
                   "Write a page for a browser, which needs nothing else (default: none)"),
    SW_OPTION_TEXT("beside", 0, "FILE.sched", struct show, order.beside,
                   "Draw another run below, in the page; \"default\": the same schedule "
                   "without its deviations (default: none)"),
    SW_OPTION_FLAG("inevitable", 0, struct show, inevitable,
                   "Measure how probable the failure is behind each decision, and draw that"),
    SW_OPTION_NUMBER("runs", 0, "N", struct show, runs, 1, 1000000,
                     "Measure it with at most N random schedules (default: 400)"),
    SW_OPTION_TEXT("perfetto", 0, "FILE", struct show, order.perfetto,
                   "Write a trace that Perfetto and speedscope load (default: none)"),
    SW_OPTION_YES(struct show, order.interp),
    {0},
};

SW_COMMAND(show) = {
    .name = "show",
    .summary = "draw a recorded run: in the terminal, as a page, as a trace",
    .group = SW_COMMAND_RECORD,
    .rank = 1,
    .usage = "FILE.sched[z]",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .about = "Repeats a recorded run, and draws what happens in it: a lane a thread, with its "
             "tasklets; what they read, write, lock, send and receive, and what followed from "
             "what.",
    .details = "A terminal gets colours, unless NO_COLOR is set, and letters and dashes, as with "
               "--ascii, unless LC_ALL, LC_CTYPE or LANG says that it takes UTF-8.",
    .exits = {"0 it was drawn", "1 it was drawn, and is another run than the recorded one",
              "2 a usage or harness error; nothing was drawn", "130 interrupted"},
    .options = options,
    .target = &show,
    .run = run,
};
