/* SPDX-License-Identifier: MIT */
#include "common_options.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wordexp.h>

#include "contract/control_shm.h"
#include "contract/own_path.h"

const char *const sw_common_options_engines[] = {
    [SW_ENGINE_THREADS] = "threads",
    [SW_ENGINE_FIBERS] = "fibers",
    [SW_ENGINE_POOL] = "pool",
    [SW_ENGINE_COUNT] = NULL,
};

int sw_common_options_jobs(int given)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (given > 0)
        return given;
    /* A container may say -1; a large machine more than the arrays of processes have room for. */
    return cpus < 1                            ? 1
           : cpus < SW_COMMON_OPTIONS_JOBS_MAX ? (int)cpus
                                               : SW_COMMON_OPTIONS_JOBS_MAX;
}

int sw_common_options_under(void *member, const char *text, struct sw_error *e)
{
    static wordexp_t words; /* for as long as the program runs: an order borrows them */
    int failed = wordexp(text, &words, WRDE_NOCMD);

    if (failed == 0 && words.we_wordc > 0) {
        *(char *const **)member = words.we_wordv;
        return 0;
    }
    return sw_error_set(e, NULL, 0, 0, "'%s' %s", text,
                        failed == 0              ? "has no word"
                        : failed == WRDE_BADCHAR ? "is more than a command: one of |&;<>(){}"
                        : failed == WRDE_CMDSUB  ? "has a command inside"
                        : failed == WRDE_NOSPACE ? "is too long"
                                                 : "has an open quote");
}

/* For as long as the program runs: an order borrows its texts. */
const char *sw_common_options_lab(void)
{
    static char *path;

    if (path == NULL)
        path = sw_own_path_find(0, "slpython-lab");
    return path != NULL ? path : "slpython-lab";
}

int sw_common_options_check_interp(const char *interp, struct sw_error *e)
{
    struct stat status;

    if (stat(interp, &status) < 0 || access(interp, X_OK) < 0)
        return sw_error_set(e, NULL, 0, 0, "no interpreter at %s: %s", interp, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return sw_error_set(e, NULL, 0, 0, "no interpreter at %s: not a file", interp);
    return 0;
}
