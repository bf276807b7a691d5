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

/* It may be a part of ctypes' own module. */
static int is_of_libffi(const void *caller)
{
    Dl_info info;

    return dladdr(caller, &info) != 0 && info.dli_fname != NULL &&
           (strstr(info.dli_fname, "libffi") != NULL ||
            strstr(info.dli_fname, "/_ctypes.") != NULL);
}

void sw_kernel_files_report(const char *path, const void *caller)
{
    static const char folder[] = "/proc/";

    if (sw_engine_self() == NULL || path == NULL || strncmp(path, folder, sizeof folder - 1) != 0)
        return;
    const char *name = strrchr(path, '/') + 1;
    int saved = errno;
    for (size_t i = 0; i < sizeof of_the_moment / sizeof *of_the_moment; i++)
        if (strcmp(name, of_the_moment[i]) == 0 && !is_of_start(name) && !is_of_libffi(caller))
            sw_engine_uncontrolled("what the kernel tells in /proc (%s)", name);
    errno = saved;
}
