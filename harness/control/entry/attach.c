/* SPDX-License-Identifier: MIT
 *
 * attach.c - taking control, before the program's first instruction, if this is the process meant.
 *
 * A debugger, valgrind's launcher or a shell on the way to the interpreter have
 * this library loaded too; they, and whatever the program starts, are left alone.
 */
#include "attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/checkpoint/kernel_state.h"
#include "harness/control/checkpoint/temp_state.h"
#include "harness/control/engine/affinity.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/hooks.h"
#include "harness/control/engine/real.h"
#include "harness/control/io/idle.h"
#include "harness/control/io/std_fds.h"
#include "harness/control/process/exit_calls.h"
#include "harness/control/process/outside.h"
#include "harness/control/process/pid.h"
#include "harness/control/process/signals.h"
#include "harness/control/python/interp_version.h"
#include "harness/control/python/object_hash.h"
#include "harness/control/python/object_layout.h"
#include "harness/control/python/python_where.h"
#include "harness/control/python/set_order.h"
#include "harness/control/time/file_times.h"
#include "harness/control/time/random_bytes.h"
#include "harness/control/verdict/deadlock.h"
#include "harness/control/verdict/livelock.h"
#include "harness/control/verdict/postmortem.h"
#include "harness/control/verdict/python_stacks.h"
#include "harness/control/verdict/uncontrolled.h"
#include "harness/control/verdict/watchdog_dump.h"

/* Away from everything that the kernel places by itself. */
#define BOARD_ADDRESS ((void *)0x100000000000)

static struct sw_control_shm *map_shm(int fd)
{
    void *map = mmap(BOARD_ADDRESS, sizeof(struct sw_control_shm), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);

    /* Valgrind, say, has something there already: any place will do, only that addresses then
     * differ. */
    if (map == MAP_FAILED)
        map = mmap(NULL, sizeof(struct sw_control_shm), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return map == MAP_FAILED ? NULL : map;
}

/* Nothing of what the way here has put into it is left: not this library, which
 * is no business of what the program starts, nor what valgrind or gdb add. */
static void set_environment(char *at)
{
    enum { VARIABLES_MAX = 1024 };
    static char *variables[VARIABLES_MAX + 1];
    int count = 0;

    for (; *at != '\0' && count < VARIABLES_MAX; at += strlen(at) + 1)
        variables[count++] = at;
    variables[count] = NULL;
    environ = variables;
}

/* By way of the link's text: valgrind shows its client that, and not a file. */
static int runs_what_is_meant(const struct sw_control_shm *shm)
{
    char path[4096];
    struct stat status;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    if (length <= 0)
        return 0;
    path[length] = '\0';
    return stat(path, &status) == 0 && status.st_dev == shm->interp_device &&
           status.st_ino == shm->interp_inode;
}

static struct sw_control_shm *find_shm(int *fd)
{
    const char *fd_text = getenv(SW_CONTROL_SHM_ENV);

    if (fd_text == NULL)
        return NULL;
    *fd = atoi(fd_text);
    struct sw_control_shm *shm = map_shm(*fd);
    /* Another version's memory, or that of a process that is controlled already. */
    if (shm != NULL && shm->started && runs_what_is_meant(shm))
        dprintf(STDERR_FILENO,
                "spillway: this run is not controlled: the one before it had the schedule "
                "(`spillway debug FILE.sched` controls each run)\n");
    if (shm != NULL && (shm->magic != SW_CONTROL_SHM_MAGIC ||
                        shm->version != SW_CONTROL_SHM_VERSION || shm->started)) {
        munmap(shm, sizeof *shm);
        shm = NULL;
    }
    return shm;
}

void sw_attach_prepare(void)
{
    static char environment[SW_ENVIRONMENT_MAX]; /* the memory is not kept */
    int fd;
    struct sw_control_shm *shm = find_shm(&fd);

    if (shm == NULL)
        return;
    memcpy(environment, shm->environment, sizeof environment);
    set_environment(environment);
    sw_random_bytes_prepare();
    munmap(shm, sizeof *shm);
}

/* All that the engine calls above itself. */
static const struct sw_hooks hooks = {
    .signals_arrive = sw_signals_arrive,
    .look = sw_idle_look,
    .go_on = sw_idle_go_on,
    .stuck = sw_postmortem_stuck,
    .end_deadlock = sw_deadlock_end,
    .end_livelock = sw_livelock_end,
    .before_decision = sw_checkpoint_before_decision,
    .restart_outside = sw_outside_restart,
    .end_process = sw_checkpoint_end,
    .print_stack = sw_python_stacks_print_one,
    .where = sw_python_where_find,
};

/* Before anything of it has run. */
static void refuse_interp(struct sw_control_shm *shm)
{
    if (sw_interp_version_refusal(shm->refusal, sizeof shm->refusal) != NULL)
        _exit(2);
}

/* In this order: the descriptor is closed before the program can see it; the environment is as the
 * schedule says; the standard files are noted before anybody can have replaced them; and the engine
 * begins when all that it calls is ready. */
static void take_control(struct sw_control_shm *shm, int fd)
{
    close(fd);
    refuse_interp(shm);
    set_environment(shm->environment);
    sw_interp_version_format(shm->interp_version, sizeof shm->interp_version);
    sw_std_fds_start();
    sw_exit_calls_start();
    sw_kernel_state_start();
    sw_temp_state_start(shm->temp_fd);
    sw_pid_start();
    sw_file_times_start();
    sw_random_bytes_start();
    sw_watchdog_dump_start();
    if (shm->engine != SW_ENGINE_POOL) /* there the kernel hands nothing over */
        sw_affinity_start();
    sw_object_layout_start(shm);
    sw_object_hash_start(shm);
    sw_set_order_start();
    sw_engine_start(shm, &hooks);
    sw_uncontrolled_note_threads();
}

/* An executable is meant by its inode; by none: one that claims the control memory. */
static void __attribute__((constructor)) start(void)
{
    int fd;

    sw_real_resolve();
    struct sw_control_shm *shm = find_shm(&fd);
    if (shm == NULL)
        return;
    if (shm->interp_inode != 0 && runs_what_is_meant(shm))
        take_control(shm, fd);
    else
        munmap(shm, sizeof *shm);
}

void sw_attach_claim(void)
{
    int fd;
    struct sw_control_shm *shm = find_shm(&fd);

    if (shm == NULL)
        return;
    if (shm->interp_inode == 0)
        take_control(shm, fd);
    else
        munmap(shm, sizeof *shm);
}
