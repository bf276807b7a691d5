/* SPDX-License-Identifier: MIT */
#include "temp_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/empty_folder.h"
#include "contract/fnv.h"
#include "contract/last_part.h"

/* More than there are processes at a time; three digits. */
enum { FOLDERS_MAX = 1000, TRIES = 8 };

/* Is what is open still what has the name, and the caller's?  Anybody can make a name in /tmp, and a
 * folder that is given back is removed. */
static int is_own(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && opened.st_uid == geteuid() && lstat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* 0: it is taken.  1: it has just gone, and may be made again.  -1: not this one. */
static int try_to_take(struct sw_temp_folder *folder)
{
    mkdir(folder->path, S_IRWXU); /* if it is there already it may be free */
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->fd < 0)
        return access(folder->path, F_OK) == 0 ? -1 : 1;
    int status = -1;
    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0)
        status = is_own(folder->fd, folder->path) ? 0 : access(folder->path, F_OK) == 0 ? -1 : 1;
    if (status == 0 && fchmod(folder->fd, S_IRWXU) == 0 &&
        sw_empty_folder_remove(syscall, folder->fd, NULL) == 0)
        return 0;
    close(folder->fd);
    return status == 0 ? -1 : status;
}

/* By the last part of its name: wherever a project lies, it has the same. */
static unsigned first_number(const char *program)
{
    if (program == NULL)
        return 0;
    return (unsigned)(sw_fnv_64_text(sw_last_part(program)) % FOLDERS_MAX);
}

void sw_temp_folder_take(struct sw_temp_folder *folder, const char *program)
{
    unsigned first = first_number(program);

    for (unsigned i = 0; i < FOLDERS_MAX; i++) {
        int status = 1;
        snprintf(folder->path, sizeof folder->path, "/tmp/spillway-%03u",
                 (first + i) % FOLDERS_MAX);
        for (int tried = 0; tried < TRIES && status > 0; tried++)
            status = try_to_take(folder);
        if (status == 0)
            return;
        if (status > 0) /* it cannot be made: nor can the others */
            break;
    }
    *folder = (struct sw_temp_folder){.fd = -1};
}

void sw_temp_folder_give_back(struct sw_temp_folder *folder, int clears)
{
    if (folder->fd < 0)
        return;
    if (clears)
        sw_empty_folder_remove(syscall, folder->fd, NULL);
    rmdir(folder->path); /* fails if there is something in it, which stays then */
    close(folder->fd);
    *folder = (struct sw_temp_folder){.fd = -1};
}
