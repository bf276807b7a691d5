/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interp_kind.h"
#include "contract/decision_kind.h"
#include "contract/exit.h"
#include "contract/own_path.h"
#include "launch.h"
#include "shared_memory.h"
#include "watchdog.h"

/* More words than any command like "valgrind -q --log-file=x" has. 900: above what a program opens
 * by itself, below the usual limit of 1024 descriptors. */
enum { UNDER_MAX = 64, SHM_FD = 900 };

/* ---- before ---- */

static char *find_library(void)
{
    char *path = sw_own_path_find(1, "lib/libspillway.so");

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

int sw_process_open(struct sw_process *run, struct sw_error *e)
{
    *run = (struct sw_process){.shm_fd = -1, .spec.event_fd = -1};
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
    sw_spec_run_close(&run->spec);
    *run = (struct sw_process){.shm_fd = -1, .spec.event_fd = -1};
}

struct sw_process_order sw_process_order_of(const struct sw_sched *sched)
{
    return (struct sw_process_order){.interp = sched->interp,
                                     .program = sched->program,
                                     .args = sched->args,
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
    setenv("PYTHONUNBUFFERED", "1", 1); /* a deadlock ends the process, and flushes nothing */
    if (setting != NULL)
        sw_settings_set_environment(setting);
    publish_environment(run->shm);
    /* Behind what the program is to see: neither of these is for it. */
    setenv("LD_PRELOAD", run->library, 1);
    setenv(SW_CONTROL_SHM_ENV, fd, 1);
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

/* "under... interp program args...", in one block with the words of under behind it. */
static char **make_argv(const struct sw_process *run, const struct sw_process_order *order)
{
    const char *under = order->under != NULL ? order->under : "";
    char **argv = calloc(1, (UNDER_MAX + SW_SCHED_ARGS_MAX + 8) * sizeof *argv + strlen(under) + 1);
    char *rest = NULL;
    int count = 0;

    if (argv == NULL)
        return NULL;
    char *words = strcpy((char *)(argv + UNDER_MAX + SW_SCHED_ARGS_MAX + 8), under);
    for (char *word = strtok_r(words, " ", &rest); word != NULL && count < UNDER_MAX;
         word = strtok_r(NULL, " ", &rest))
        argv[count++] = word;
    argv[count++] = (char *)order->interp;
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
                               .has_group = order->silent};
    char **argv = make_argv(run, order);

    if (argv == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    if (order->silent) {
        launch.input = launch.output = SW_LAUNCH_NULL;
        launch.errors = order->errors > 0 ? order->errors : SW_LAUNCH_NULL;
    }
    if (order->stdout_is_ours)
        launch.output = STDERR_FILENO;
    launch.argv = argv;
    run->pid = sw_launch_start(&launch, e);
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

int sw_process_run(struct sw_process *run, const struct sw_process_order *order, struct sw_error *e)
{
    if (sw_process_prepare(run, order->interp, order->setting, e) < 0 ||
        (sw_spec_run_is(order->program) && open_spec(run, order, e) < 0) ||
        start(run, order, e) < 0)
        return -1;
    int status = 0,
        timed_out = sw_watchdog_wait(
            run->pid, order->watchdog_s > 0 ? order->watchdog_s : SW_WATCHDOG_S, run->shm, &status);
    sw_run_end_make(&run->end, status, timed_out, run->shm);
    /* Only now, when the child can write there no more. */
    if (run->spec.spec != NULL)
        sw_spec_run_set_end(&run->spec, &run->end);
    return run->shm->started ? 0 : sw_interp_kind_explain(order->interp, &run->end, e);
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

/* ---- what was decided: the child may have scribbled on it ---- */

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

int sw_process_check(const struct sw_process *run)
{
    const struct sw_control_shm *shm = run->shm;

    if (run->end.kind == SW_ENDED_WATCHDOG || run->end.kind == SW_ENDED_ENGINE_ERROR) {
        fprintf(stderr, "spillway: harness error: %s\n",
                run->end.kind == SW_ENDED_WATCHDOG ? "the watchdog ended it" : run->end.text);
        return SW_EXIT_ERROR;
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
}
