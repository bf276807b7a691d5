/* SPDX-License-Identifier: MIT */
#include "sched_trust.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sched_paths.h"

static int trusts_all;

void sw_sched_trust_all(void)
{
    trusts_all = 1;
}

static int has_said_yes(void)
{
    const char *said = getenv("SPILLWAY_YES");

    return trusts_all || (said != NULL && strcmp(said, "1") == 0);
}

static int is_mine(const char *path)
{
    const char *caller = getenv("SUDO_UID");
    struct stat status;

    /* What is not there is not run. */
    if (stat(path, &status) < 0 || status.st_uid == 0 || status.st_uid == geteuid())
        return 1;
    return geteuid() == 0 && caller != NULL && strtoul(caller, NULL, 10) == status.st_uid;
}

/* Of what Debian has installed; /usr/local is the administrator's. */
static int is_of_system(const char *path)
{
    static const char *const folders[] = {"/usr/",   "/bin/", "/sbin/", "/lib/",
                                          "/lib64/", "/etc/", "/proc/", "/dev/"};
    char real[PATH_MAX];

    if (realpath(path, real) == NULL || strncmp(real, "/usr/local/", 11) == 0)
        return 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(real, folders[i], strlen(folders[i])) == 0)
            return 1;
    return 0;
}

static int is_python(const char *path)
{
    static const char *const names[] = {"python", "pypy", "slpython"};
    char real[PATH_MAX];
    const char *slash = realpath(path, real) != NULL ? strrchr(real, '/') : NULL;

    for (size_t i = 0; slash != NULL && i < sizeof names / sizeof *names; i++)
        if (strncmp(slash + 1, names[i], strlen(names[i])) == 0)
            return 1;
    return 0;
}

/* The first variable for the loader, or NULL. */
static const char *find_loader_variable(const struct sw_settings *setting)
{
    for (uint32_t i = 0; i < (uint32_t)setting->variable_count; i++)
        if (strncmp(setting->variables[i], "LD_", 3) == 0)
            return setting->variables[i];
    return NULL;
}

/* Anybody may put a module there. */
static int is_open_to_all(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode) && (status.st_mode & S_IWOTH) != 0;
}

/* Of a variable's value, a list of paths: does one lead to what others can change?  Modules come
 * from PYTHONPATH, from what is installed below HOME, compiled from PYTHONPYCACHEPREFIX, and
 * libraries load modules of their own, each from a variable of its own. */
static int leads_to_others(const char *variable)
{
    const char *at = strchr(variable, '=');
    int is_pythons = strncmp(variable, "PYTHON", 6) == 0;
    char part[PATH_MAX];

    while (at != NULL) {
        size_t length = strcspn(++at, ":");
        if (length > 0 && length < sizeof part) {
            memcpy(part, at, length);
            part[length] = '\0';
            if (!is_mine(part) || (is_pythons && is_open_to_all(part)))
                return 1;
        }
        at = strchr(at, ':');
    }
    return 0;
}

static const char *find_others_variable(const struct sw_settings *setting)
{
    for (uint32_t i = 0; i < (uint32_t)setting->variable_count; i++)
        if (leads_to_others(setting->variables[i]))
            return setting->variables[i];
    return NULL;
}

static int refuse(const char *path, const char *what, const char *why, struct sw_error *e)
{
    return sw_error_set(e, path, 0, 0, "%s %s: look at it, and run it with --yes", what, why);
}

int sw_sched_trust_check(const char *path, const struct sw_sched *sched, int has_interp,
                         struct sw_error *e)
{
    int has_input = sched->input != NULL, status = 0;
    const char *variable = find_loader_variable(&sched->setting);
    const char *others = find_others_variable(&sched->setting);

    if (has_said_yes())
        return 0;
    char *program = sw_sched_paths_file(sched, has_input ? sched->input : sched->program);
    if (program == NULL)
        return sw_error_set(e, path, 0, 0, "out of memory");
    if (!is_mine(path))
        status = refuse(path, "this schedule", "belongs to another user", e);
    else if (!is_mine(program))
        status = refuse(path, program, "belongs to another user", e);
    else if (!has_input && sched->arg_count > 0 && is_of_system(program))
        status = refuse(path, program, "is the system's, and it is given arguments", e);
    else if (!has_interp && !is_mine(sched->interp))
        status = refuse(path, sched->interp, "belongs to another user", e);
    else if (!has_interp && is_of_system(sched->interp) && !is_python(sched->interp))
        status = refuse(path, sched->interp, "is no Python", e);
    else if (variable != NULL)
        status = refuse(path, variable, "tells the loader what to load", e);
    else if (others != NULL)
        status = refuse(path, others, "leads to what another user can change", e);
    free(program);
    return status;
}

void sw_sched_trust_tell(const char *path, const struct sw_sched *sched)
{
    static int is_told;
    struct sw_error e;

    if (is_told || has_said_yes() || !isatty(STDERR_FILENO))
        return;
    is_told = 1;
    sw_error_set(&e, path, 0, 0, "for this %s is run, in %s (not said with --yes)",
                 sched->input != NULL ? sched->input : sched->program, sched->interp);
    sw_error_print(&e);
}
