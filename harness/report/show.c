/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "contract/exit.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/sched_trust.h"
#include "harness/formats/sched/schedz.h"
#include "harness/runner/interrupt.h"
#include "picture_html.h"
#include "picture_text.h"
#include "picture_timeline.h"
#include "picture_trace.h"
#include "replay.h"

enum { TITLE_MAX = 1024, WIDTH_USUAL = 80 };

/* ---- where it goes ---- */

/* NO_COLOR: whatever it says, but not the empty text (no-color.org). */
static int has_colours(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

static int find_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return WIDTH_USUAL;
    return size.ws_col;
}

static int write_text(const struct sw_picture *picture, const struct sw_show_order *order,
                      struct sw_error *e)
{
    struct sw_picture_text_order text = {
        .width = order->width != 0 ? order->width : find_width(),
        .colour = has_colours(),
        .ascii = order->ascii,
        .all = order->all,
        .from = order->from,
        .to = order->to,
    };

    if (sw_picture_text_write(stdout, picture, &text) < 0)
        return sw_error_set(e, order->path, 0, 0, "out of memory");
    return 0;
}

typedef int write_picture(FILE *out, const struct sw_picture *picture);

/* The whole file is made before anything is written. */
static int write_file(const struct sw_picture *picture, const char *path, write_picture *write,
                      struct sw_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int failed = out == NULL || write(out, picture) < 0;

    if (out != NULL && fclose(out) != 0)
        failed = 1;
    int status = failed ? sw_error_set(e, path, 0, 0, "out of memory")
                        : sw_atomic_files_write(path, text, size, e);
    free(text);
    return status;
}

static int write_all(const struct sw_picture *picture, const struct sw_show_order *order,
                     struct sw_error *e)
{
    if (order->html != NULL && write_file(picture, order->html, sw_picture_html_write, e) < 0)
        return -1;
    if (order->perfetto != NULL &&
        write_file(picture, order->perfetto, sw_picture_trace_write, e) < 0)
        return -1;
    if (order->html != NULL || order->perfetto != NULL)
        return 0;
    return write_text(picture, order, e);
}

/* ---- what is drawn ---- */

/* Of a test its file and name, which are what its starter gets; else the program and what that
 * gets. */
static void make_title(const struct sw_sched *sched, char *buf, size_t size)
{
    int is_test = sched->input != NULL && sched->arg_count >= 2, used;

    used = is_test ? snprintf(buf, size, "%s::%s", sched->args[0], sched->args[1])
                   : snprintf(buf, size, "%s", sched->program);
    for (int i = is_test ? 2 : 0; i < sched->arg_count && used >= 0 && (size_t)used < size; i++)
        used += snprintf(buf + used, size - (size_t)used, " %s", sched->args[i]);
}

/* Where there is no picture in which it could stand. */
static void say_note(const struct sw_timeline *timeline, const struct sw_show_order *order)
{
    if (*timeline->note != '\0' && (order->html != NULL || order->perfetto != NULL))
        fprintf(stderr, "spillway: %s\n", timeline->note);
}

/* Of that file, or of the same schedule with nothing but defaults.  0, or -1 with *e. */
static int fill_beside(struct sw_timeline *timeline, const struct sw_sched *sched,
                       const struct sw_show_order *order, struct sw_error *e)
{
    struct sw_sched *other = NULL;

    *timeline = (struct sw_timeline){0};
    if (strcmp(order->beside, "default") == 0)
        return sw_timeline_fill_defaults(timeline, sched, e);
    int failed = sw_sched_load(order->beside, &other, e) < 0 ||
                 sw_sched_paths_with(order->beside, other, order->interp, e) < 0 ||
                 sw_timeline_fill(timeline, other, e) < 0;
    sw_sched_free(other);
    return failed ? -1 : 0;
}

/* What is drawn below; NULL with *e. */
static struct sw_picture *make_beside(const struct sw_sched *sched,
                                      const struct sw_show_order *order, struct sw_error *e)
{
    struct sw_timeline timeline;
    struct sw_picture *picture = NULL;
    struct sw_picture_timeline_about about = {.title = order->beside};

    if (fill_beside(&timeline, sched, order, e) == 0 &&
        (picture = sw_picture_timeline_make(&timeline, &about)) == NULL)
        sw_error_set(e, order->path, 0, 0, "out of memory");
    sw_timeline_free(&timeline);
    return picture;
}

static int draw(const struct sw_sched *sched, const struct sw_timeline *timeline,
                const struct sw_show_order *order, struct sw_error *e)
{
    char title[TITLE_MAX];
    struct sw_picture_timeline_about about = {.title = title, .file = order->path};
    struct sw_explanation explanation;

    make_title(sched, title, sizeof title);
    if (sw_run_end_is_failure(&timeline->end)) {
        sw_explanation_make(&explanation, timeline);
        about.explanation = &explanation;
    }
    struct sw_picture *picture = sw_picture_timeline_make(timeline, &about);
    if (picture == NULL)
        return sw_error_set(e, order->path, 0, 0, "out of memory");
    if (order->beside != NULL)
        picture->beside = make_beside(sched, order, e);
    int failed = order->beside != NULL && picture->beside == NULL;
    failed |= !failed && order->add != NULL && order->add(picture, sched, e) < 0;
    int status = failed ? -1 : write_all(picture, order, e);
    sw_picture_free(picture);
    return status;
}

/* A picture outlives what was said when it was drawn. */
static void note_change(struct sw_timeline *timeline)
{
    if (*timeline->note == '\0')
        snprintf(timeline->note, sizeof timeline->note,
                 "the program or its interpreter is not what was recorded any more");
}

static int fill(struct sw_timeline *timeline, const struct sw_sched *sched,
                const struct sw_show_order *order, struct sw_error *e)
{
    sw_sched_trust_tell(order->path, sched);
    int changes = sw_replay_warn(order->path, sched, order->interp);

    if (sw_timeline_fill_all(timeline, sched, e) < 0)
        return -1;
    say_note(timeline, order);
    if (changes > 0)
        note_change(timeline);
    return 0;
}

static int run(const struct sw_sched *sched, const struct sw_show_order *order)
{
    struct sw_timeline timeline;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    if (fill(&timeline, sched, order, &e) < 0 || draw(sched, &timeline, order, &e) < 0)
        sw_error_print(&e);
    else
        status = timeline.is_same ? SW_EXIT_OK : SW_EXIT_FAILED;
    sw_timeline_free(&timeline);
    return status;
}

/* Nothing that the run needs is drawn over. */
static int check_apart(const char *path, const struct sw_sched *sched,
                       const struct sw_show_order *order, struct sw_error *e)
{
    return sw_replay_check_apart(path, order->path, sched, e) < 0
               ? -1
               : sw_atomic_files_check_apart(path, order->beside, e);
}

int sw_show_run(const struct sw_show_order *order)
{
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    sw_interrupt_begin();
    if (sw_atomic_files_check_output(order->html, &e) < 0 ||
        sw_atomic_files_check_output(order->perfetto, &e) < 0 ||
        (order->number == 0 ? sw_sched_load(order->path, &sched, &e)
                            : sw_schedz_load(order->path, order->number, &sched, &e)) < 0 ||
        sw_sched_paths_with(order->path, sched, order->interp, &e) < 0 ||
        check_apart(order->html, sched, order, &e) < 0 ||
        check_apart(order->perfetto, sched, order, &e) < 0)
        sw_error_print(&e);
    else
        status = run(sched, order);
    sw_sched_free(sched);
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : status;
}
