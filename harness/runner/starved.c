/* SPDX-License-Identifier: MIT */
#include "starved.h"

#include <dirent.h>
#include <stdio.h>

/* Of "RUN WAITED SLICES", nanoseconds. */
static uint64_t waited_ns(pid_t pid, const char *task)
{
    char path[300];
    unsigned long long waited = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid, task);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return 0;
    if (fscanf(in, "%*u %llu", &waited) != 1)
        waited = 0;
    fclose(in);
    return waited;
}

uint64_t sw_starved_ms(pid_t pid)
{
    char path[64];
    uint64_t sum = 0;
    struct dirent *entry;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL)
        return 0;
    while ((entry = readdir(tasks)) != NULL)
        if (entry->d_name[0] != '.')
            sum += waited_ns(pid, entry->d_name);
    closedir(tasks);
    return sum / 1000000;
}
