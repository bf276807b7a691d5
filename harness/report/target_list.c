/* SPDX-License-Identifier: MIT */
#include "target_list.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/runner/launch.h"
#include "harness/runner/run_end.h"
#include "harness/runner/spec_process.h"
#include "harness/runner/watchdog.h"
#include "target.h"

/* SKIPPED_STATUS: as the starter ends when the whole file is to be skipped. */
enum { LIST_MAX = 1 << 20, SKIPPED_STATUS = 77 };

/* ---- the list ---- */

static int no_memory(void)
{
    fputs("spillway: out of memory\n", stderr);
    return -1;
}

static int make_room(struct sw_target_list *list)
{
    if (list->count < list->room)
        return 0;
    int room = list->room > 0 ? 2 * list->room : 16;
    struct sw_target *targets = realloc(list->targets, (size_t)room * sizeof *targets);
    if (targets == NULL)
        return no_memory();
    list->targets = targets;
    list->room = room;
    return 0;
}

static int add_target(struct sw_target_list *list, const char *file, const char *test, int skipped)
{
    if (make_room(list) < 0)
        return -1;
    struct sw_target *target = &list->targets[list->count++];
    *target = (struct sw_target){.file = strdup(file), .is_skipped = skipped};
    if (asprintf(&target->name, "%s%s%s", file, test != NULL ? "::" : "",
                 test != NULL ? test : "") < 0)
        target->name = NULL;
    if (target->file == NULL || target->name == NULL)
        return no_memory();
    target->test = test != NULL ? target->name + strlen(file) + 2 : NULL;
    return 0;
}

void sw_target_list_free(struct sw_target_list *list)
{
    for (int i = 0; i < list->count; i++) {
        free(list->targets[i].name);
        free(list->targets[i].file);
    }
    free(list->targets);
}

/* ---- asking the interpreter ---- */

static void set_environment(void *context)
{
    const struct sw_target_list_order *order = context;

    sw_launch_clear_environment();
    for (char *const *one = order->variables; one != NULL && *one != NULL; one++)
        sw_launch_check_set(putenv(*one));
}

/* Reads to the end.  0; or -1: the watchdog, or too much. */
static int read_all(int fd, char *text, size_t size, int watchdog_s)
{
    int64_t deadline_ms = sw_spec_process_now_ms() + (int64_t)watchdog_s * 1000;
    size_t used = 0;
    ssize_t got = 1;

    while (got > 0 && used + 1 < size) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        /* One deadline for all of it: a file that prints a name each second would never come to its
         * end. */
        int64_t left = deadline_ms - sw_spec_process_now_ms();
        int ready = left > 0 ? poll(&one, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return -1;
        got = read(fd, text + used, size - 1 - used);
        used += got > 0 ? (size_t)got : 0;
    }
    text[used] = '\0';
    return got == 0 ? 0 : -1;
}

/* Begins to list; *out is where the names come from.  -1 after a line on stderr. */
static pid_t start(const struct sw_target_list_order *order, const char *file, const char *test,
                   int *out)
{
    char *argv[] = {(char *)order->interp, (char *)order->starter, (char *)"--list",
                    (char *)file,          (char *)test,           NULL};
    /* Not under control: to import a file may start threads and processes, and which tests there
     * are must not depend on a schedule. */
    struct sw_launch launch = {
        .argv = argv, .set_environment = set_environment, .context = (void *)order};
    int ends[2];
    struct sw_error e;

    if (pipe2(ends, O_CLOEXEC) < 0) {
        fprintf(stderr, "spillway run: no pipe: %s\n", strerror(errno));
        return -1;
    }
    launch.output = ends[1];
    pid_t pid = sw_launch_start(&launch, &e);
    /* Else the end of the names never comes: we would hold the pipe open ourselves. */
    close(ends[1]); /* so that the listing process has the only one, and its end is ours */
    *out = ends[0];
    if (pid >= 0)
        return pid;
    sw_error_print(&e);
    close(ends[0]);
    return -1;
}

/* The exit status, or -1 after a line on stderr. */
static int finish(pid_t pid, int timed_out, const char *file)
{
    int status = 0;
    struct sw_end end;
    char name[32];

    if (timed_out) {
        kill(pid, SIGKILL);
        fprintf(stderr, "spillway: %s: importing it does not end\n", file);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    sw_run_end_make(&end, status, timed_out, NULL);
    if (end.kind == SW_ENDED_CRASHED)
        fprintf(stderr, "spillway: %s: importing it ends with %s\n", file,
                sw_run_end_signal_name(end.signal, name, sizeof name));
    return end.kind == SW_ENDED_EXITED ? end.code : -1;
}

/* text: room for LIST_MAX.  As above. */
static int ask_names(const struct sw_target_list_order *order, const char *file, const char *test,
                     char *text)
{
    int out, watchdog_s = order->watchdog_s > 0 ? order->watchdog_s : SW_WATCHDOG_S;
    pid_t pid = start(order, file, test, &out);

    if (pid < 0)
        return -1;
    int failed = read_all(out, text, LIST_MAX, watchdog_s);
    close(out);
    return finish(pid, failed < 0, file);
}

/* Of a folder a line has the file, too. */
static int add_line(struct sw_target_list *list, const char *file, char *line)
{
    const char *separator = file == NULL ? sw_target_separator(line) : NULL;

    if (file != NULL)
        return add_target(list, file, line, 0);
    if (separator == NULL)
        return -1;
    line[separator - line] = '\0';
    return add_target(list, line, separator + 2, 0);
}

/* A name a line; file NULL: of a folder. */
static int add_lines(struct sw_target_list *list, const char *file, char *text)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (add_line(list, file, line) < 0)
            return -1;
    return 0;
}

/* test NULL: the file is a folder. */
static int add_tests(struct sw_target_list *list, const struct sw_target_list_order *order,
                     const char *file, const char *test)
{
    char *text = malloc(LIST_MAX);
    int result = -1;

    if (text == NULL)
        return no_memory();
    int status = ask_names(order, file, test, text);
    if (status == SKIPPED_STATUS)
        result = add_target(list, file, test != NULL ? test : "", 1);
    else if (status == 0)
        result = add_lines(list, test != NULL ? file : NULL, text);
    free(text);
    return result;
}

/* ---- the whole ---- */

int sw_target_list_add(struct sw_target_list *list, const struct sw_target_list_order *order,
                       const char *path)
{
    if (sw_target_is_sched(path))
        return add_target(list, path, NULL, 0);
    if (sw_target_is_folder(path))
        return add_tests(list, order, path, NULL);
    const char *separator = sw_target_separator(path);
    char *file = strndup(path, (size_t)(separator - path));
    struct stat status;
    int result = -1;

    if (file == NULL)
        return no_memory();
    if (stat(file, &status) < 0)
        fprintf(stderr, "spillway: %s: %s\n", file, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        fprintf(stderr, "spillway: %s: not a regular file\n", file);
    else
        result = add_tests(list, order, file, separator + 2);
    free(file);
    return result;
}
