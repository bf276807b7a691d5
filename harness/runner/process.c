/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interp_kind.h"
#include "contract/decision_kind.h"
#include "contract/exit.h"
#include "watchdog.h"

enum { UNDER_MAX = 64, SHM_FD = 900 };

/* ---- before ---- */

/* build/bin/spillway and build/lib/libspillway.so; or below another prefix. */
static char *find_library(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);

    if (length <= 0)
        return NULL;
    path[length] = '\0';
    *strrchr(path, '/') = '\0';
    char *slash = strrchr(path, '/');
    slash = slash != NULL ? slash : path;
    snprintf(slash, sizeof path - (size_t)(slash - path), "/lib/libspillway.so");
    return access(path, R_OK) == 0 ? strdup(path) : NULL;
}

int sw_process_open(struct sw_process *run, struct sw_error *e)
{
    *run = (struct sw_process){.shm_fd = -1, .spec.event_fd = -1};
    run->library = find_library();
    if (run->library == NULL)
        return sw_error_set(e, NULL, 0, 0, "no libspillway.so in the lib folder beside spillway's");
    run->shm_fd = memfd_create("spillway-board", MFD_CLOEXEC);
    if (run->shm_fd < 0 || ftruncate(run->shm_fd, sizeof *run->shm) < 0)
        return sw_error_set(e, NULL, 0, 0, "no memory for a schedule: %s", strerror(errno));
    void *map = mmap(NULL, sizeof *run->shm, PROT_READ | PROT_WRITE, MAP_SHARED, run->shm_fd, 0);
    if (map == MAP_FAILED)
        return sw_error_set(e, NULL, 0, 0, "no memory for a schedule: %s", strerror(errno));
    run->shm = map;
    run->shm->magic = SW_CONTROL_SHM_MAGIC;
    run->shm->version = SW_CONTROL_SHM_VERSION;
    sw_place_name_lend(&run->shm->place_names);
    return 0;
}

void sw_process_close(struct sw_process *run)
{
    if (run->shm != NULL) {
        sw_place_name_take_back(&run->shm->place_names);
        munmap(run->shm, sizeof *run->shm);
    }
    if (run->shm_fd >= 0)
        close(run->shm_fd);
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

const char *sw_process_name(const struct sw_process_order *order)
{
    int is_test = order->setting != NULL && order->setting->begins && order->args != NULL &&
                  order->args[0] != NULL;

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

/* Where the stack begins depends on the environment's size, so that it says the
 * same everywhere, and always in as many bytes. */
int sw_process_inherit(int fd, int number)
{
    int copy = fcntl(fd, F_DUPFD, number);

    return copy >= 0 ? copy : fcntl(fd, F_DUPFD, 0);
}

void sw_process_set_environment(const struct sw_process *run, const struct sw_settings *setting)
{
    char fd[16];

    /* One number, whatever the runner has open. */
    snprintf(fd, sizeof fd, "%d", sw_process_inherit(run->shm_fd, SHM_FD));
    clearenv();
    setenv("PATH", "/usr/bin:/bin", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("PYTHONHASHSEED", "0", 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    setenv("PYTHONUNBUFFERED", "1", 1); /* a deadlock ends the process, and flushes nothing */
    if (setting != NULL)
        sw_settings_set_environment(setting);
    publish_environment(run->shm);
    setenv("LD_PRELOAD", run->library, 1);
    setenv(SW_CONTROL_SHM_ENV, fd, 1);
}

/* "under... interp".  Returns how many words. */
static int begin_argv(const struct sw_process_order *order, char **argv)
{
    char *under = order->under != NULL ? strdup(order->under) : NULL, *rest = NULL;
    int count = 0;

    for (char *word = under != NULL ? strtok_r(under, " ", &rest) : NULL;
         word != NULL && count < UNDER_MAX; word = strtok_r(NULL, " ", &rest))
        argv[count++] = word;
    argv[count++] = (char *)order->interp;
    return count;
}

/* The driver reads the rest from the event memory. */
static char **make_spec_argv(const struct sw_process_order *order)
{
    static char *argv[UNDER_MAX + 6];
    const char *rest[] = {"-I", "-S", "-c", sw_child_driver};
    int count = begin_argv(order, argv);

    memcpy(argv + count, rest, sizeof rest);
    return argv;
}

static char **make_argv(const struct sw_process_order *order)
{
    static char *argv[UNDER_MAX + SW_SCHED_ARGS_MAX + 3];
    int count = begin_argv(order, argv);

    argv[count++] = (char *)order->program;
    for (int i = 0; order->args[i] != NULL && i < SW_SCHED_ARGS_MAX; i++)
        argv[count++] = order->args[i];
    return argv;
}

static void be_silent(int errors)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = 0; fd <= STDERR_FILENO && null >= 0; fd++)
        dup2(fd == STDERR_FILENO && errors > 0 ? errors : null, fd);
}

static void __attribute__((noreturn))
exec_child(const struct sw_process *run, const struct sw_process_order *order, pid_t runner)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(127);
    personality(ADDR_NO_RANDOMIZE);
    if (order->silent) {
        be_silent(order->errors);
        setpgid(0, 0); /* who interrupts the runner does not mean what it runs */
    }
    if (order->stdout_is_ours)
        dup2(STDERR_FILENO, STDOUT_FILENO);
    if (order->folder != NULL && chdir(order->folder) < 0) {
        dprintf(STDERR_FILENO, "spillway: %s: %s\n", order->folder, strerror(errno));
        _exit(127);
    }
    char **argv = run->spec.spec != NULL ? make_spec_argv(order) : make_argv(order);
    sw_process_set_environment(run, run->spec.spec != NULL
                                        ? sw_spec_run_setting(&run->spec, order->setting)
                                        : order->setting);
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "spillway: cannot start %s: %s\n", argv[0], strerror(errno));
    _exit(127);
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
    pid_t runner = getpid();

    if (sw_process_prepare(run, order->interp, order->setting, e) < 0 ||
        (sw_spec_run_is(order->program) && open_spec(run, order, e) < 0))
        return -1;
    fflush(NULL);
    run->pid = fork();
    if (run->pid < 0)
        return sw_error_set(e, NULL, 0, 0, "cannot start a process: %s", strerror(errno));
    if (run->pid == 0)
        exec_child(run, order, runner);
    int status = 0,
        timed_out = sw_watchdog_wait(
            run->pid, order->watchdog_s > 0 ? order->watchdog_s : SW_WATCHDOG_S, run->shm, &status);
    sw_run_end_make(&run->end, status, timed_out, run->shm);
    if (run->spec.spec != NULL)
        sw_spec_run_set_end(&run->spec, &run->end);
    if (run->spec.spec != NULL && !order->silent)
        sw_spec_run_show(&run->spec, stdout);
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
        if (!kind->is_candidate(candidates[i]) ||
            (i > 0 && candidates[i] <= candidates[i - 1]))
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
