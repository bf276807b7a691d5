/* SPDX-License-Identifier: MIT */
#include "proc_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "harness/control/engine/real.h"

enum { LIST_BYTES = 4096 };

static int each_entry(const char *list, long size, int own, sw_proc_list_each *each, void *context)
{
    int status = 0;

    for (long at = 0; status == 0 && at < size;) {
        const struct dirent64 *entry = (const struct dirent64 *)(list + at);
        int number = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != own)
            status = each(number, context);
        at += entry->d_reclen;
    }
    return status;
}

/* Not by opendir(), which allocates. */
int sw_proc_list_folder(const char *folder, sw_proc_list_each *each, void *context)
{
    char list[LIST_BYTES] __attribute__((aligned(8)));
    int status = 0, own = SW_REAL(open)(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long got;

    if (own < 0)
        return -1;
    while (status == 0 && (got = SW_REAL(syscall)(SYS_getdents64, own, list, sizeof list)) > 0)
        status = each_entry(list, got, own, each, context);
    SW_REAL(close)(own);
    return status;
}

int sw_proc_list_children(long pid, sw_proc_list_each *each, void *context)
{
    char path[64], list[LIST_BYTES];
    int status = 0;

    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
    int fd = SW_REAL(open)(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? SW_REAL(read)(fd, list, sizeof list - 1) : 0;
    if (fd >= 0)
        SW_REAL(close)(fd);
    list[got > 0 ? got : 0] = '\0';
    char *at = list, *end;
    for (long child; status == 0 && (child = strtol(at, &end, 10)) > 0; at = end)
        status = each(child, context);
    return status;
}
