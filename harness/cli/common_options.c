/* SPDX-License-Identifier: MIT */
#include "common_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wordexp.h>

#include "contract/control_shm.h"
#include "contract/own_path.h"
#include "harness/formats/files/path_program.h"
#include "harness/report/interp_shim.h"
#include "harness/runner/interp_kind.h"
#include "harness/formats/sched/sched_trust.h"
#include "harness/formats/sched/settings_table.h"

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

/* By its name: what a schedule, which people hand on, must not keep. */
static int is_secret(const char *variable)
{
    static const char *const words[] = {"TOKEN", "SECRET", "PASSW", "CREDENTIAL", "KEY"};
    size_t length = strcspn(variable, "=");

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *found = strcasestr(variable, words[i]);
        if (found != NULL && found < variable + length)
            return 1;
    }
    return 0;
}

int sw_common_options_env_from_here(void *member, const char *text, struct sw_error *e)
{
    const struct sw_settings_row *row = sw_settings_table_find("env");

    (void)text;
    for (char **one = environ; *one != NULL; one++)
        if (!sw_settings_table_is_ours(*one) && !is_secret(*one) && **one != '=' &&
            sw_settings_table_add(member, row, *one, e) < 0)
            return -1;
    return 0;
}

int sw_common_options_yes(void *member, const char *text, struct sw_error *e)
{
    (void)member, (void)text, (void)e;
    sw_sched_trust_all();
    return 0;
}

/* For as long as the program runs: an order borrows its texts. */
const char *sw_common_options_lab(void)
{
    static char *path;

    if (path == NULL)
        path = sw_own_path_find(0, "slpython-lab");
    return path != NULL ? path : "slpython-lab";
}

/* A script of a manager of versions is passed by: the interpreter that it starts is meant. */
const char *sw_common_options_interp(const char *given)
{
    char found[PATH_MAX], *shim;

    if (strchr(given, '/') == NULL && sw_path_program_find(given, 0, found, sizeof found))
        given = strdup(found); /* for as long as the program runs */
    if (given != NULL && (shim = sw_interp_shim_find(given)) != NULL)
        given = shim;
    return given;
}

const char *sw_common_options_test_interp(const char *given)
{
    static char *found; /* for as long as the program runs */
    const char *active = getenv("VIRTUAL_ENV");

    if (given != NULL)
        return sw_common_options_interp(given);
    if (active == NULL || *active == '\0')
        return SW_TARGET_INTERP;
    if (asprintf(&found, "%s/bin/python3", active) < 0)
        found = NULL;
    return found != NULL ? found : SW_TARGET_INTERP;
}

int sw_common_options_check_interp(const char *interp, int is_of_tests, struct sw_error *e)
{
    struct stat status;
    struct sw_error kind;

    if (stat(interp, &status) < 0 || access(interp, X_OK) < 0)
        return sw_error_set(e, NULL, 0, 0, "no interpreter at %s: %s", interp, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return sw_error_set(e, NULL, 0, 0, "no interpreter at %s: not a file", interp);
    if (!is_of_tests && sw_interp_kind_is_script(interp))
        return 0;
    if (sw_interp_kind_check(interp, &kind) < 0)
        return sw_error_set(e, NULL, 0, 0, "no interpreter at %s: %s", interp, kind.text);
    return 0;
}
