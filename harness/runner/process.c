/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event_shm_sanitize.h"
#include "interp_kind.h"
#include "contract/decision_kind.h"
#include "contract/exit.h"
#include "contract/own_path.h"
#include "harness/formats/sched/project.h"
#include "recorded_world.h"
#include "launch.h"
#include "shared_memory.h"
#include "watchdog.h"

/* Above what a program opens by itself, below the usual limit of 1024 descriptors. */
enum { SHM_FD = 900, TEMP_FD = 902 /* 901: SW_SPEC_RUN_EVENT_FD */ };

/* ---- before ---- */

static char *find_library(void)
{
    char *path = sw_own_path_find(1, "lib/libspillway.so");

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

void sw_process_init(struct sw_process *run)
{
    /* 0 is a descriptor like any other. */
    *run = (struct sw_process){.shm_fd = -1, .spec.event_fd = -1, .temp.fd = -1};
}

int sw_process_open(struct sw_process *run, struct sw_error *e)
{
    sw_process_init(run);
    run->library = find_library();
    if (run->library == NULL)
        return sw_error_set(e, NULL, 0, 0, "no libspillway.so in the lib folder beside spillway's");
    run->shm =
        sw_shared_memory_open("spillway-board", "a schedule", sizeof *run->shm, &run->shm_fd, e);
    if (run->shm == NULL)
        return -1;
    run->shm->magic = SW_CONTROL_SHM_MAGIC;
    run->shm->version = SW_CONTROL_SHM_VERSION;
    sw_place_name_lend(&run->shm->place_names);
    return 0;
}

void sw_process_close(struct sw_process *run)
{
    if (run->shm != NULL)
        sw_place_name_take_back(&run->shm->place_names);
    sw_shared_memory_close(run->shm, sizeof *run->shm, run->shm_fd);
    free(run->library);
    sw_temp_folder_give_back(&run->temp, run->clears_temp);
    sw_spec_run_close(&run->spec);
    sw_process_init(run);
}

struct sw_process_order sw_process_order_of(const struct sw_sched *sched)
{
    return (struct sw_process_order){.interp = sched->interp,
                                     .program = sched->program,
                                     .args = sched->args,
                                     .recorded = sched,
                                     .setting = &sched->setting,
                                     .folder = sched->folder};
}

int sw_process_begins(const struct sw_process_order *order)
{
    return order->setting != NULL && order->setting->begins;
}

const char *sw_process_name(const struct sw_process_order *order)
{
    /* The program is the starter, which nobody has named. */
    int is_test = sw_process_begins(order) && order->args != NULL && order->args[0] != NULL;

    return is_test ? order->args[0] : order->program;
}

/* ---- the process ---- */

/* What the program is to see of its environment, whatever valgrind or a debugger
 * on the way to it add: even its size moves objects about. */
static void publish_environment(struct sw_control_shm *shm)
{
    size_t used = 0;

    for (char **at = environ; *at != NULL; at++) {
        size_t size = strlen(*at) + 1;
        if (size + used >= sizeof shm->environment)
            break; /* --env is checked for its size before */
        memcpy(shm->environment + used, *at, size);
        used += size;
    }
    shm->environment[used] = '\0';
}

void sw_process_set_environment(const struct sw_process *run, const struct sw_settings *setting)
{
    char fd[16];

    /* One number, whatever the runner has open: the program can see it, and where the stack begins
     * depends on the environment's size. */
    snprintf(fd, sizeof fd, "%d", sw_launch_inherit(run->shm_fd, SHM_FD));
    sw_launch_clear_environment();
    sw_launch_set("PYTHONUNBUFFERED", "1"); /* a deadlock ends the process, and flushes nothing */
    if (run->temp.fd >= 0)
        sw_launch_set("TMPDIR", run->temp.path); /* the setting may have another one */
    if (setting != NULL)
        sw_launch_check_set(sw_settings_set_environment(setting));
    publish_environment(run->shm);
    memcpy(run->shm->temp_path, run->temp.path, sizeof run->shm->temp_path);
    run->shm->temp_fd = run->temp.fd >= 0 ? (uint32_t)sw_launch_inherit(run->temp.fd, TEMP_FD) : 0;
    if (run->spec.spec == NULL && run->spec.event_shm != NULL)
        run->shm->events_fd = (uint32_t)sw_launch_inherit(run->spec.event_fd, SW_SPEC_RUN_EVENT_FD);
    /* Behind what the program is to see: neither of these is for it. */
    sw_launch_set("LD_PRELOAD", run->library);
    sw_launch_set(SW_CONTROL_SHM_ENV, fd);
}

/* What the interpreter gets: of a spec its driver, which reads the rest from the event memory. */
static int add_arguments(const struct sw_process *run, const struct sw_process_order *order,
                         char **argv)
{
    const char *driver[] = {"-I", "-S", "-c", sw_child_driver};
    int count = 1;

    /* -I and -S: nothing of the user's own, neither his environment nor site-packages. */
    if (run->spec.spec != NULL) {
        memcpy(argv, driver, sizeof driver);
        return sizeof driver / sizeof *driver;
    }
    argv[0] = (char *)order->program;
    for (int i = 0; order->args[i] != NULL && i < SW_SCHED_ARGS_MAX; i++)
        argv[count++] = order->args[i];
    return count;
}

/* By the one name that a replay from elsewhere finds, too: absolute, and its folder without links.
 * A program sees argv[0], whose length moves its stack and its objects: with another name it would be
 * another run.  The file itself may be a link, by which a virtual environment knows itself.  buf: of
 * PATH_MAX. */
static int name_interp(const struct sw_process_order *order, char *buf, struct sw_error *e)
{
    const char *slash = strrchr(order->interp, '/');
    const char *name = slash != NULL ? slash + 1 : order->interp;
    char folder[PATH_MAX];

    snprintf(folder, sizeof folder, "%.*s", (int)(name - order->interp), order->interp);
    if (realpath(slash != NULL ? folder : ".", buf) == NULL)
        return sw_error_set(e, order->interp, 0, 0, "its folder: %s", strerror(errno));
    size_t length = strlen(buf);
    if (length + strlen(name) + 2 > PATH_MAX)
        return sw_error_set(e, order->interp, 0, 0, "its name is too long");
    snprintf(buf + length, PATH_MAX - length, "%s%s", length > 1 ? "/" : "", name);
    return 0;
}

/* "under... interp program args..."; the caller's to free. */
static char **make_argv(const struct sw_process *run, const struct sw_process_order *order,
                        const char *interp)
{
    size_t count = 0;

    while (order->under != NULL && order->under[count] != NULL)
        count++;
    char **argv = calloc(count + SW_SCHED_ARGS_MAX + 8, sizeof *argv);
    if (argv == NULL)
        return NULL;
    if (count > 0)
        memcpy(argv, order->under, count * sizeof *argv);
    argv[count++] = (char *)interp;
    add_arguments(run, order, argv + count);
    return argv;
}

struct child {
    const struct sw_process *run;
    const struct sw_settings *setting;
};

static void set_environment(void *context)
{
    const struct child *child = context;

    sw_process_set_environment(child->run,
                               child->run->spec.spec != NULL
                                   ? sw_spec_run_setting(&child->run->spec, child->setting)
                                   : child->setting);
}

static int start(struct sw_process *run, const struct sw_process_order *order, struct sw_error *e)
{
    struct child child = {run, order->setting};
    struct sw_launch launch = {.folder = order->folder,
                               .set_environment = set_environment,
                               .context = &child,
                               .default_signals = order->under != NULL,
                               .has_group = order->silent};
    char interp[PATH_MAX], **argv;

    if (name_interp(order, interp, e) < 0)
        return -1;
    argv = make_argv(run, order, interp);
    if (argv == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    if (order->silent) {
        launch.input = launch.output = launch.errors = SW_LAUNCH_NULL;
    }
    if (order->output > 0)
        launch.output = order->output;
    if (order->errors > 0)
        launch.errors = order->errors;
    if (order->stdout_is_ours)
        launch.output = STDERR_FILENO;
    launch.argv = argv;
    run->pid = sw_launch_start_supervised(&launch, &run->supervisor, e);
    free(argv);
    return run->pid < 0 ? -1 : 0;
}

int sw_process_prepare(struct sw_process *run, const char *interp,
                       const struct sw_settings *setting, struct sw_error *e)
{
    struct stat status;

    if (sw_interp_kind_check(interp, e) < 0)
        return -1;
    if (stat(interp, &status) < 0)
        return sw_error_set(e, interp, 0, 0, "%s", strerror(errno));
    if (setting != NULL) {
        if (sw_settings_check(setting, interp, e) < 0)
            return -1;
        sw_settings_fill_shm(setting, run->shm);
    }
    /* By these the engine knows the process that is meant: valgrind, a shell and whatever else
     * comes before it load the library, too. */
    run->shm->interp_device = status.st_dev;
    run->shm->interp_inode = status.st_ino;
    return 0;
}

/* Of a spec only what it says is decided: no check of the eval breaker. */
static int open_spec(struct sw_process *run, const struct sw_process_order *order,
                     struct sw_error *e)
{
    run->shm->calm = 1;
    if (sw_settings_interp_exports(order->interp, "slp_point_current_hook") != 1)
        return sw_error_set(e, order->interp, 0, 0, "a spec is recorded in slpython-lab only");
    return sw_spec_run_open(&run->spec, order->program, order->args[0], e);
}

/* Of a program there are events where the interpreter has an agent. */
static int open_events(struct sw_process *run, const struct sw_process_order *order,
                       struct sw_error *e)
{
    if (sw_spec_run_is(order->program)) {
        if (open_spec(run, order, e) < 0)
            return -1;
        run->spec.event_shm->explains = order->explains != 0;
        return 0;
    }
    return order->explains &&
                   sw_settings_interp_exports(order->interp, "slp_point_current_hook") == 1
               ? sw_spec_run_open_program(&run->spec, e)
               : 0;
}

/* A second run of the same memory begins with an empty one, too. */
static void take_temp_folder(struct sw_process *run, const struct sw_process_order *order)
{
    run->clears_temp = order->silent;
    sw_temp_folder_give_back(&run->temp, 1);
    if (run->spec.spec == NULL)
        sw_temp_folder_take(&run->temp, order->program);
}

/* Which paths are another clone's (harness/control/io/printed.h): without it what is printed here
 * would be another text. */
static int note_project(struct sw_process *run, const struct sw_process_order *order,
                        struct sw_error *e)
{
    const char *here = order->folder != NULL ? order->folder : ".";
    char folder[PATH_MAX];

    if (realpath(here, folder) == NULL)
        return sw_error_set(e, NULL, 0, 0, "the folder to run in, '%s': %s", here, strerror(errno));
    sw_project_root(folder, run->shm->project, sizeof run->shm->project);
    return 0;
}

static int prepare(struct sw_process *run, const struct sw_process_order *order, struct sw_error *e)
{
    if (sw_process_prepare(run, order->interp, order->setting, e) < 0 ||
        open_events(run, order, e) < 0)
        return -1;
    if (order->recorded != NULL)
        sw_recorded_world_fill(order->recorded, run->shm);
    take_temp_folder(run, order);
    return note_project(run, order, e);
}

int sw_process_become(struct sw_process *run, const struct sw_process_order *order,
                      struct sw_error *e)
{
    struct child child = {run, order->setting};
    char interp[PATH_MAX];

    if (prepare(run, order, e) < 0 || name_interp(order, interp, e) < 0)
        return -1;
    char **argv = make_argv(run, order, interp);
    if (argv == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    sw_launch_become(&(struct sw_launch){.argv = argv,
                                         .folder = order->folder,
                                         .set_environment = set_environment,
                                         .context = &child});
}

/* What it ran under ends with a status of its own, unless the program's signal ended both. */
static int status_of_program(struct sw_process *run, const struct sw_process_order *order,
                             int status)
{
    if (order->under == NULL)
        return status;
    run->tool = order->under[0];
    run->tool_status = status;
    if (run->shm->exited)
        return W_EXITCODE(run->shm->exited_with & 0xff, 0);
    run->unseen = !WIFSIGNALED(status) && run->shm->end == SW_END_NONE;
    return status;
}

/* What comes before the program has no watchdog: somebody may sit before it. */
static int start_and_wait(struct sw_process *run, const struct sw_process_order *order,
                          struct sw_error *e)
{
    int status = 0, watchdog_s = order->watchdog_s > 0  ? order->watchdog_s
                                 : order->under != NULL ? SW_WATCHDOG_NONE
                                                        : SW_WATCHDOG_S;

    if (start(run, order, e) < 0)
        return -1;
    enum sw_watchdog ended =
        sw_watchdog_wait(run->pid, run->supervisor, watchdog_s, run->shm, &status);
    sw_run_end_make(&run->end, status_of_program(run, order, status),
                    ended == SW_WATCHDOG_TIMED_OUT, run->shm);
    run->interrupted = ended == SW_WATCHDOG_INTERRUPTED;
    return 0;
}

/* A Ctrl-C goes to all that the terminal has in its foreground: a debugger stops the program then,
 * and nobody is to end the debugger for it.  Before it starts, and it does not inherit that. */
static int start_and_let_work(struct sw_process *run, const struct sw_process_order *order,
                              struct sw_error *e)
{
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction before;

    sigaction(SIGINT, &ignored, &before);
    int failed = start_and_wait(run, order, e);
    sigaction(SIGINT, &before, NULL);
    return failed;
}

int sw_process_run(struct sw_process *run, const struct sw_process_order *order, struct sw_error *e)
{
    if (prepare(run, order, e) < 0)
        return -1;
    if ((order->under != NULL ? start_and_let_work : start_and_wait)(run, order, e) < 0)
        return -1;
    sw_process_note_unwatched(run->shm);
    /* Only now, when the child can write there no more. */
    if (run->spec.spec != NULL)
        sw_spec_run_set_end(&run->spec, &run->end);
    else if (run->spec.event_shm != NULL)
        sw_event_shm_sanitize(run->spec.event_shm);
    if (run->interrupted)
        return sw_error_set(e, NULL, 0, 0, "it was interrupted");
    if (run->shm->started)
        return 0;
    run->shm->refusal[sizeof run->shm->refusal - 1] = '\0';
    return *run->shm->refusal != '\0'
               ? sw_error_set(e, order->interp, 0, 0, "%s", run->shm->refusal)
               : sw_interp_kind_explain(order->interp, &run->end, e);
}

/* ---- after ---- */

static void one_line(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ')
            *text = ' ';
}

uint32_t sw_process_warn(const struct sw_process *run)
{
    uint32_t count = run->shm->uncontrolled_count, i = 0;
    char what[SW_UNCONTROLLED_TEXT + 1];

    for (; i < count && i < SW_UNCONTROLLED_MAX; i++) {
        unsigned long long times = run->shm->uncontrolled[i].count;
        snprintf(what, sizeof what, "%.*s", SW_UNCONTROLLED_TEXT, run->shm->uncontrolled[i].what);
        one_line(what);
        fprintf(stderr, "spillway: not controlled: %s (%llu time%s)\n", what, times,
                times == 1 ? "" : "s");
    }
    return i;
}

/* ---- what it was, and what was decided: the child may have scribbled on it ---- */

/* Two words that a .sched can have. */
const char *sw_process_interp_version(const struct sw_process *run)
{
    static const char *const kinds[] = {"cpython ", "slpython ", "pypy "};
    const char *text = run->shm->interp_version;

    if (memchr(text, '\0', sizeof run->shm->interp_version) == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]);
        const char *version = text + length;
        if (strncmp(text, kinds[i], length) == 0 && *version != '\0' &&
            version[strspn(version, "0123456789abcdefghijklmnopqrstuvwxyz.+-")] == '\0')
            return text;
    }
    return NULL;
}

static int has_sound_candidates(const struct sw_control_shm_list *list,
                                const struct sw_deviation *deviation)
{
    const struct sw_decision_kind_row *kind = sw_decision_kind(deviation->kind);
    const uint32_t *candidates = list->pool + deviation->first;
    int chosen = 0;

    for (uint32_t i = 0; i < deviation->count; i++) {
        if (!kind->is_candidate(candidates[i]) || (i > 0 && candidates[i] <= candidates[i - 1]))
            return 0;
        chosen |= candidates[i] == deviation->choice;
    }
    return chosen;
}

/* Is it what a .sched may have behind the one before? */
static int is_sound(const struct sw_control_shm *shm, uint32_t i)
{
    const struct sw_control_shm_list *list = &shm->taken;
    const struct sw_deviation *deviation = &list->deviations[i];
    uint32_t used = list->pool_used <= SW_POOL_MAX ? list->pool_used : SW_POOL_MAX;
    int is_asked = sw_decision_kind(deviation->kind)->is_asked;
    uint32_t least = is_asked ? 2 : 1, most = is_asked ? SW_LIVE_THREADS_MAX : 1;

    return deviation->kind < SW_DECISION_KINDS && sw_decision_is_place(deviation->place) &&
           deviation->thread < UINT32_MAX && deviation->index < shm->decision_count &&
           (i == 0 || deviation->index > deviation[-1].index) && deviation->count >= least &&
           deviation->count <= most && deviation->first <= used &&
           deviation->count <= used - deviation->first && has_sound_candidates(list, deviation);
}

/* How many deviations are sound; fewer than were taken if one is not. */
static uint32_t count_sound(const struct sw_control_shm *shm)
{
    uint32_t sound = 0;

    /* A schedule with a hole in it would be another: what comes behind it counts no more. */
    while (sound < shm->taken.count && sound < SW_DEVIATIONS_MAX && is_sound(shm, sound))
        sound++;
    return sound;
}

void sw_process_note_unwatched(struct sw_control_shm *shm)
{
    static const char what[] = "values are not watched: nobody there can";
    uint32_t i = 0;

    if (!shm->values_wanted || shm->watches_values)
        return;
    while (i < shm->uncontrolled_count && i < SW_UNCONTROLLED_MAX &&
           strcmp(shm->uncontrolled[i].what, what) != 0)
        i++;
    if (i == SW_UNCONTROLLED_MAX)
        return;
    snprintf(shm->uncontrolled[i].what, sizeof shm->uncontrolled[i].what, "%s", what);
    shm->uncontrolled[i].count = 1;
    shm->uncontrolled_count = i == shm->uncontrolled_count ? i + 1 : shm->uncontrolled_count;
}

/* What it ran under has found something, say: that is not the program's end, and not passed over. */
static void say_tool(const struct sw_process *run)
{
    char signal[32];

    if (WIFSIGNALED(run->tool_status))
        fprintf(stderr, "spillway: %s ended by %s\n", run->tool,
                sw_run_end_signal_name(WTERMSIG(run->tool_status), signal, sizeof signal));
    else
        fprintf(stderr, "spillway: %s ended with %d\n", run->tool, WEXITSTATUS(run->tool_status));
}

int sw_process_check(const struct sw_process *run)
{
    const struct sw_control_shm *shm = run->shm;

    if (run->tool != NULL && shm->exited &&
        run->tool_status != W_EXITCODE(shm->exited_with & 0xff, 0))
        say_tool(run);
    if (run->end.kind == SW_ENDED_WATCHDOG || run->end.kind == SW_ENDED_ENGINE_ERROR) {
        fprintf(stderr, "spillway: harness error: %s\n",
                run->end.kind == SW_ENDED_WATCHDOG ? "the watchdog ended it" : run->end.text);
        return SW_EXIT_ERROR;
    }
    if (run->unseen && run->end.kind == SW_ENDED_EXITED) {
        say_tool(run);
        fputs("spillway: inconclusive: the program has not come to its end in it\n", stderr);
        return SW_EXIT_UNSURE;
    }
    /* Something is missing from the list, or is not what the engine wrote: the run has happened,
     * but it cannot be had again. */
    if (shm->lost > 0) {
        fprintf(stderr, "spillway: inconclusive: %u deviations more than a schedule holds\n",
                shm->lost);
        return SW_EXIT_UNSURE;
    }
    if (count_sound(shm) < shm->taken.count || shm->decision_count > UINT64_MAX / 2) {
        fputs("spillway: inconclusive: the program wrote where its schedule is kept\n", stderr);
        return SW_EXIT_UNSURE;
    }
    return SW_EXIT_OK;
}

void sw_process_fill(const struct sw_process *run, struct sw_sched *sched)
{
    struct sw_control_shm_list *taken = &run->shm->taken;

    sched->deviation_count = count_sound(run->shm);
    sched->deviations = taken->deviations;
    sched->pool_used = taken->pool_used <= SW_POOL_MAX ? taken->pool_used : SW_POOL_MAX;
    sched->pool = taken->pool;
    sched->decision_count = run->shm->decision_count;
    sched->hash = run->shm->hash;
    sched->has_printed = 1;
    memcpy(sched->printed, run->shm->printed, sizeof sched->printed);
}
