/* SPDX-License-Identifier: MIT */
#include "shared_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"

static int is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return length > 0 && strncmp(path, folder, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

static int is_shared(const char *path)
{
    return !is_below(path, sw_engine.shm->temp_path) && !is_below(path, "/dev") &&
           !is_below(path, "/proc");
}

/* The name of the folder from which the path is seen; "": it cannot be told. */
static void find_folder(int from, char folder[PATH_MAX])
{
    char link[64];

    snprintf(link, sizeof link, from == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", from);
    ssize_t length = SW_REAL(readlink)(link, folder, PATH_MAX - 1);
    folder[length > 0 ? length : 0] = '\0';
}

void sw_shared_files_note(int from, const char *path)
{
    struct sw_control_shm *shm = sw_engine.shm;
    char folder[PATH_MAX];
    int saved = errno;

    if (sw_engine_self() == NULL || path == NULL || shm->shared_file[0] != '\0')
        return;
    int is = is_shared(path);
    if (is && *path != '/') {
        find_folder(from, folder);
        is = is_shared(folder);
    }
    if (is)
        snprintf(shm->shared_file, sizeof shm->shared_file, "%s", path);
    errno = saved;
}
