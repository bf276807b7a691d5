/* SPDX-License-Identifier: MIT */
#include "interp_shim.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_ask.h"
#include "harness/runner/interp_kind.h"

static int is_script(const char *path)
{
    char begin[2];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int is = fd >= 0 && pread(fd, begin, sizeof begin, 0) == 2 && memcmp(begin, "#!", 2) == 0;

    if (fd >= 0)
        close(fd);
    return is;
}

char *sw_interp_shim_find(const char *path)
{
    const char *argv[] = {path, "-c", "import sys; print(sys.executable)", NULL};
    char line[PATH_MAX];
    struct sw_error e;

    if (!is_script(path) || access(path, X_OK) != 0 ||
        !sw_doctor_ask_line(argv, line, sizeof line) || *line != '/' ||
        sw_interp_kind_check(line, &e) < 0)
        return NULL;
    return strdup(line);
}
