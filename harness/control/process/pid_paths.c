/* SPDX-License-Identifier: MIT */
#include "pid_paths.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/control/engine/real.h"
#include "harness/control/io/inputs.h"
#include "pid.h"

static const char folder[] = "/proc/", tasks[] = "/task/";

/* The number with which a name goes on; 0: with none, or a longer word. */
static pid_t find_number(const char *at, const char **rest)
{
    char *end;
    long number = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : 0;

    if (number <= 0 || number > INT32_MAX || (*end != '/' && *end != '\0'))
        return 0;
    *rest = end;
    return (pid_t)number;
}

/* "/proc/4200000/task/4300001/stat": /task/ may come behind "self", too. */
const char *sw_pid_paths_real(const char *path, struct sw_pid_path *real)
{
    const char *at = path, *rest = path;
    char who[16] = "self";
    int used;

    if (path == NULL || strncmp(path, folder, sizeof folder - 1) != 0)
        return path;
    at += sizeof folder - 1;
    pid_t process = find_number(at, &rest), thread = 0;
    if (process != 0)
        snprintf(who, sizeof who, "%d", (int)sw_pid_real(process));
    else if (strncmp(at, "self/", 5) == 0)
        rest = at + 4;
    else
        return path;
    if (strncmp(rest, tasks, sizeof tasks - 1) == 0)
        thread = find_number(rest + sizeof tasks - 1, &rest);
    if (thread != 0)
        used = snprintf(real->text, sizeof real->text, "%s%s%s%d%s", folder, who, tasks,
                        (int)sw_pid_real(thread), rest);
    else
        used = snprintf(real->text, sizeof real->text, "%s%s%s", folder, who, rest);
    return used < (int)sizeof real->text ? real->text : path;
}

/* ---- calls with nothing else to do; the others are in fifo.c, stdio.c and file_stat.c ---- */

SW_EXPORT int access(const char *path, int mode)
{
    struct sw_pid_path real;

    return SW_REAL(access)(sw_pid_paths_real(path, &real), mode);
}

SW_EXPORT int faccessat(int from, const char *path, int mode, int flags)
{
    struct sw_pid_path real;

    return SW_REAL(faccessat)(from, sw_pid_paths_real(path, &real), mode, flags);
}

SW_EXPORT DIR *opendir(const char *path)
{
    struct sw_pid_path real;
    DIR *opened = SW_REAL(opendir)(sw_pid_paths_real(path, &real));

    sw_inputs_begin_listing(path, opened);
    return opened;
}

SW_EXPORT int chdir(const char *path)
{
    struct sw_pid_path real;

    return SW_REAL(chdir)(sw_pid_paths_real(path, &real));
}

/* ---- links: that of /proc/self is a number ---- */

static ssize_t show_link(const char *path, char *text, size_t size, ssize_t length)
{
    char shown[16];

    if (length <= 0 || strcmp(path, "/proc/self") != 0)
        return length;
    ssize_t used = snprintf(shown, sizeof shown, "%d", (int)getpid());
    used = used < (ssize_t)size ? used : (ssize_t)size;
    memcpy(text, shown, (size_t)used);
    return used;
}

SW_EXPORT ssize_t readlink(const char *restrict path, char *restrict text, size_t size)
{
    struct sw_pid_path real;

    return show_link(path, text, size,
                     SW_REAL(readlink)(sw_pid_paths_real(path, &real), text, size));
}

SW_EXPORT ssize_t readlinkat(int from, const char *restrict path, char *restrict text, size_t size)
{
    struct sw_pid_path real;

    return show_link(path, text, size,
                     SW_REAL(readlinkat)(from, sw_pid_paths_real(path, &real), text, size));
}

/* Fortified programs' names of them. */
ssize_t __readlink_chk(const char *restrict path, char *restrict text, size_t size, size_t room);
ssize_t __readlinkat_chk(int from, const char *restrict path, char *restrict text, size_t size,
                         size_t room);

SW_EXPORT ssize_t __readlink_chk(const char *restrict path, char *restrict text, size_t size,
                                 size_t room)
{
    return readlink(path, text, size < room ? size : room);
}

SW_EXPORT ssize_t __readlinkat_chk(int from, const char *restrict path, char *restrict text,
                                   size_t size, size_t room)
{
    return readlinkat(from, path, text, size < room ? size : room);
}
