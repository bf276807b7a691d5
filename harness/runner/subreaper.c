/* SPDX-License-Identifier: MIT */
#include "subreaper.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Also those that have ended, and leaves them as they are. */
static int has_children(void)
{
    siginfo_t info;

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* With children of its own already, those of others could not be told from them. */
int sw_subreaper_adopt(void)
{
    return !has_children() && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

/* 0 for a process that is none any more. */
static pid_t parent_of(const char *pid)
{
    char path[300], line[512];
    int parent = 0;

    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    size_t length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[length] = '\0';
    /* "PID (NAME) STATE PARENT": a name can have anything in it. */
    const char *end = strrchr(line, ')');
    if (end == NULL || sscanf(end, ") %*c %d", &parent) != 1)
        return 0;
    return parent;
}

/* Returns how many there were. */
static int kill_children(void)
{
    DIR *processes = opendir("/proc");
    int found = 0;

    /* Without /proc nobody can say whose children they are. */
    if (processes == NULL)
        return 0;
    for (struct dirent *entry = readdir(processes); entry != NULL; entry = readdir(processes)) {
        if (!isdigit((unsigned char)entry->d_name[0]) || parent_of(entry->d_name) != getpid())
            continue;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        found++;
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    closedir(processes);
    return found;
}

void sw_subreaper_end(void)
{
    /* Each that ends may leave us children of its own. */
    while (has_children() && kill_children() > 0)
        continue;
}
