/* SPDX-License-Identifier: MIT */
#include "temp_state.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "harness/control/engine/real.h"

static int folder = -1;
static struct stat as_given;

void sw_temp_state_start(uint32_t fd)
{
    folder = fd > 0 && SW_REAL(fstat)((int)fd, &as_given) == 0 ? (int)fd : -1;
    if (folder >= 0) /* the lock on it is the program's, and not that of what it starts */
        SW_REAL(fcntl)(folder, F_SETFD, FD_CLOEXEC);
}

/* Nothing else is ever emptied, whatever the program has done with the descriptor. */
static int is_it(int fd)
{
    struct stat now;

    return fd >= 0 && SW_REAL(fstat)(fd, &now) == 0 && now.st_dev == as_given.st_dev &&
           now.st_ino == as_given.st_ino;
}

void sw_temp_state_take(struct sw_temp_state *state)
{
    state->fd = is_it(folder) ? folder : -1;
    if (state->fd >= 0 && sw_empty_folder_list(SW_REAL(syscall), folder, state->kept) < 0)
        state->fd = -1;
}

int sw_temp_state_restore(const struct sw_temp_state *state)
{
    return state->fd < 0 ? 0 : sw_empty_folder_remove(SW_REAL(syscall), state->fd, state->kept);
}
