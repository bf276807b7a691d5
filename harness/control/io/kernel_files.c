/* SPDX-License-Identifier: MIT */
#include "kernel_files.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "harness/control/engine/engine.h"

static const char *const of_the_moment[] = {
    "diskstats", "interrupts",   "io",       "loadavg", "numa_maps", "sched", "schedstat",
    "smaps",     "smaps_rollup", "softirqs", "stack",   "stat",      "statm", "status",
    "syscall",   "uptime",       "uuid",     "vmstat",  "wchan",
};

/* When it starts PyPy asks how much memory there is, and the garbage collector goes by that. */
static int is_of_start(const char *name)
{
    static int seen;

    return strcmp(name, "status") == 0 && dlsym(RTLD_DEFAULT, "pypy_main_startup") != NULL &&
           seen++ == 0;
}

void sw_kernel_files_report(const char *path)
{
    static const char folder[] = "/proc/";

    if (sw_engine_self() == NULL || path == NULL || strncmp(path, folder, sizeof folder - 1) != 0)
        return;
    const char *name = strrchr(path, '/') + 1;
    int saved = errno;
    for (size_t i = 0; i < sizeof of_the_moment / sizeof *of_the_moment; i++)
        if (strcmp(name, of_the_moment[i]) == 0 && !is_of_start(name))
            sw_engine_uncontrolled("what the kernel tells in /proc (%s)", name);
    errno = saved;
}
