/* SPDX-License-Identifier: MIT */
#include "sched_paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/last_part.h"
#include "contract/own_path.h"
#include "contract/version.h"
#include "harness/formats/files/path_program.h"
#include "project.h"
#include "sched_trust.h"

/* What comes with spillway, and so is another file on another machine; and each file of the starter. */
static const char *const ours[] = {"bin/slpython", "bin/slpython-lab"};
enum { OURS_COUNT = sizeof ours / sizeof *ours };
static const char starter[] = "lib/spillway_starter";

/* spillway_starter.py, spillway_starter_calling.py, ...; NULL: it is none. */
static const char *starters_file(const char *name)
{
    static char path[64];
    size_t begin = strlen(sw_last_part(starter)), length = strlen(name);

    if (strncmp(name, sw_last_part(starter), begin) != 0 || strchr("._", name[begin]) == NULL ||
        length < begin + 3 || strcmp(name + length - 3, ".py") != 0 ||
        snprintf(path, sizeof path, "lib/%s", name) >= (int)sizeof path)
        return NULL;
    return path;
}

/* Where the file of that name is, without a folder; NULL: it is none of ours.  It stays until the next
 * call. */
static const char *below_prefix(const char *name)
{
    for (int i = 0; i < OURS_COUNT; i++)
        if (strcmp(sw_last_part(ours[i]), name) == 0)
            return ours[i];
    return starters_file(name);
}

/* The name alone does not tell: the user may have a slpython-lab of his own. */
int sw_sched_paths_is_ours(const char *path)
{
    const char *name = sw_last_part(path);
    char real[PATH_MAX], *own = NULL;

    if (below_prefix(name) != NULL)
        own = sw_own_path_find(1, below_prefix(name));
    int is_ours = own != NULL && realpath(path, real) != NULL && strcmp(own, real) == 0;
    free(own);
    return is_ours;
}

static int no_memory(const char *path, struct sw_error *e)
{
    return sw_error_set(e, path, 0, 0, "out of memory");
}

/* Takes over other, which may be NULL: then -1. */
static int put(char **text, char *other)
{
    if (other == NULL)
        return -1;
    free(*text);
    *text = other;
    return 0;
}

static char *join(const char *folder, const char *name)
{
    char *path;

    if (folder == NULL || *name == '/')
        return strdup(name);
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

char *sw_sched_paths_file(const struct sw_sched *sched, const char *name)
{
    return join(sched->folder, name);
}

/* The folder that the file is in; the caller's to free.  Of "/name" the stroke itself stays. */
static char *folder_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + (slash == path));
}

/* ---- reading: the folder ---- */

static int is_here(const char *folder)
{
    struct stat here, there;

    return stat(".", &here) == 0 && stat(folder, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

/* Of an absolute name: is there the folder, at least? */
static int has_file(const char *folder, const char *name)
{
    char *path = join(folder, name);
    int has = path != NULL && access(folder, X_OK) == 0 && access(path, F_OK) == 0;

    free(path);
    return has;
}

/* The file that tells where we are: the input if there is one, since the starter is ours. */
static const char *telling_file(const struct sw_sched *sched)
{
    return sched->input != NULL ? sched->input : sched->program;
}

/* The first of the folders that has the program; NULL: none. */
static const char *choose_folder(const struct sw_sched *sched, const char *const folders[3])
{
    for (int i = 0; i < 3; i++)
        if (folders[i] != NULL && has_file(folders[i], telling_file(sched)))
            return folders[i];
    return NULL;
}

/* recorded: as the schedule names it, from where we are. */
static int find_folder(const char *path, const char *recorded, const char *beside,
                       struct sw_sched *sched, struct sw_error *e)
{
    const char *const in_order[3] = {recorded, ".", beside}, *chosen;
    char real[PATH_MAX];

    chosen = choose_folder(sched, in_order);
    if (chosen == NULL && sched->folder != NULL)
        return sw_error_set(e, path, 0, 0,
                            "there is no '%s', neither in '%s', nor here, nor "
                            "beside it",
                            telling_file(sched), sched->folder);
    if (chosen == NULL)
        return sw_error_set(e, path, 0, 0, "there is no '%s', neither here nor beside it",
                            telling_file(sched));
    if (is_here(chosen)) {
        free(sched->folder);
        sched->folder = NULL;
        return 0;
    }
    return realpath(chosen, real) != NULL && put(&sched->folder, strdup(real)) == 0
               ? 0
               : no_memory(path, e);
}

static int set_folder(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    char *beside = folder_of_path(path), *recorded = NULL;

    if (beside != NULL && sched->format != 2)
        recorded = join(beside, sched->folder != NULL ? sched->folder : ".");
    int status = beside == NULL || (recorded == NULL && sched->format != 2)
                     ? no_memory(path, e)
                     : find_folder(path, recorded, beside, sched, e);
    free(beside);
    free(recorded);
    return status;
}

/* ---- reading: our own files, and the interpreter ---- */

/* In place of the name. */
static int find_ours(char **name)
{
    return put(name, sw_own_path_find(1, below_prefix(sw_last_part(*name))));
}

/* Of version 2: a file of that name in the folder that we are in goes first, since then the
 * schedule was recorded with it. */
static int names_ours(const struct sw_sched *sched)
{
    if (sched->interp_version != NULL)
        return strncmp(sched->interp_version, "spillway ", 9) == 0 &&
               below_prefix(sw_last_part(sched->interp)) != NULL;
    return below_prefix(sched->interp) != NULL && access(sched->interp, F_OK) != 0;
}

/* The program may run in another folder, and the schedule go to another one: the name must say the
 * same there.  A link stays one, since a virtual environment is known by it. */
static int make_absolute(char **name)
{
    char here[PATH_MAX];

    if (**name == '/')
        return 0;
    return getcwd(here, sizeof here) != NULL ? put(name, join(here, *name)) : -1;
}

/* Behind the folder, from which its name is. */
static int find_interp(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    if (names_ours(sched))
        return find_ours(&sched->interp) < 0 ? no_memory(path, e) : 0;
    if ((sched->format != 2 &&
         put(&sched->interp, sw_sched_paths_file(sched, sched->interp)) < 0) ||
        make_absolute(&sched->interp) < 0)
        return no_memory(path, e);
    if (access(sched->interp, F_OK) == 0)
        return 0;
    const char *name = sw_last_part(sched->interp);
    char found[PATH_MAX], *other;
    if (!sw_path_program_find(name, 0, found, sizeof found))
        return sw_error_set(e, path, 0, 0,
                            "there is no %s, and no %s in PATH: --interp names another",
                            sched->interp, name);
    if ((other = strdup(found)) == NULL)
        return no_memory(path, e);
    free(sched->interp_missing);
    sched->interp_missing = sched->interp;
    sched->interp = other;
    return 0;
}

/* The program is ours only where it is the starter of tests, and then the test is the input. */
static int find_all(const char *path, struct sw_sched *sched, const char *interp,
                    struct sw_error *e)
{
    if (set_folder(path, sched, e) < 0)
        return -1;
    if (sched->input != NULL && below_prefix(sw_last_part(sched->program)) != NULL &&
        find_ours(&sched->program) < 0)
        return no_memory(path, e);
    if (interp == NULL)
        return find_interp(path, sched, e);
    return put(&sched->interp, strdup(interp)) < 0 ? no_memory(path, e) : 0;
}

int sw_sched_paths_with(const char *path, struct sw_sched *sched, const char *interp,
                        struct sw_error *e)
{
    return find_all(path, sched, interp, e) < 0
               ? -1
               : sw_sched_trust_check(path, sched, interp != NULL, e);
}

int sw_sched_paths(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    return sw_sched_paths_with(path, sched, NULL, e);
}

/* ---- writing ---- */

/* The project of where the program ran.  NULL: no memory. */
static char *portable_name(const struct sw_project *project, const char *name)
{
    char *own = folder_of_path(name), *relative = NULL, *result = NULL, real[PATH_MAX];

    if (own != NULL && realpath(own, real) != NULL && sw_project_has(project, real))
        relative = sw_project_relative(project->folder, real);
    if (relative != NULL)
        result = strcmp(relative, ".") == 0 ? strdup(sw_last_part(name))
                                            : join(relative, sw_last_part(name));
    else if (own != NULL)
        result = strdup(name);
    free(own);
    free(relative);
    return result;
}

/* As the user named it, if that is from the folder already. */
static char *portable_program(const struct sw_project *project, const char *name)
{
    return *name == '/' ? portable_name(project, name) : strdup(name);
}

/* A relative name of an interpreter is from where we are, and not from the folder. */
static char *portable_interp(const struct sw_project *project, const char *name)
{
    char *own, real[PATH_MAX + NAME_MAX], *result = NULL;

    if (sw_sched_paths_is_ours(name))
        return strdup(sw_last_part(name));
    own = folder_of_path(name);
    if (own != NULL && realpath(own, real) != NULL) {
        size_t length = strlen(real);
        snprintf(real + length, sizeof real - length, "/%s", sw_last_part(name));
        result = portable_name(project, real);
    } else if (own != NULL) {
        result = strdup(name);
    }
    free(own);
    return result;
}

/* From the schedule's folder to that where the program runs; *out NULL: it is the same.  0, or
 * -1. */
static int portable_folder(const char *path, const struct sw_project *project, char **out)
{
    char *own = folder_of_path(path), real[PATH_MAX];

    *out = NULL;
    if (own == NULL || realpath(own, real) == NULL) {
        free(own);
        return own == NULL ? -1 : (*out = strdup(project->folder)) == NULL ? -1 : 0;
    }
    free(own);
    if (strcmp(real, project->folder) == 0)
        return 0;
    *out = sw_project_has(project, real) ? sw_project_relative(real, project->folder)
                                         : strdup(project->folder);
    return *out == NULL ? -1 : 0;
}

static int fill_names(const struct sw_project *project, const struct sw_sched *run,
                      struct sw_sched *file)
{
    file->interp = portable_interp(project, run->interp);
    file->program = run->input != NULL ? strdup(sw_last_part(run->program))
                                       : portable_program(project, run->program);
    if (run->input != NULL)
        file->input = portable_program(project, run->input);
    file->args = calloc((size_t)run->arg_count + 1, sizeof *file->args);
    if (file->args == NULL)
        return -1;
    for (int i = 0; i < run->arg_count; i++)
        file->args[i] = run->args[i];
    /* What starts a test is told the file as its first argument. */
    if (run->input != NULL && run->arg_count > 0)
        file->args[0] = file->input;
    return file->interp == NULL || file->program == NULL ||
                   (run->input != NULL && file->input == NULL)
               ? -1
               : 0;
}

static int by_path(const void *one, const void *other)
{
    return strcmp(((const struct sw_sched_read *)one)->path,
                  ((const struct sw_sched_read *)other)->path);
}

static int fill_reads(const struct sw_project *project, const struct sw_sched *run,
                      struct sw_sched *file)
{
    file->reads = calloc(run->read_count + 1, sizeof *file->reads);
    for (uint32_t i = 0; file->reads != NULL && i < run->read_count; i++) {
        file->reads[i] = run->reads[i];
        file->reads[i].path = portable_program(project, run->reads[i].path);
        file->read_count++;
        if (file->reads[i].path == NULL)
            return -1;
    }
    if (file->reads == NULL)
        return -1;
    qsort(file->reads, file->read_count, sizeof *file->reads, by_path);
    return 0;
}

int sw_sched_paths_portable(const char *path, const struct sw_sched *run, struct sw_sched *file,
                            struct sw_error *e)
{
    static char version[] = "spillway " SW_VERSION;
    struct sw_project project;
    char folder[PATH_MAX];

    *file = *run;
    file->format = SW_SCHED_VERSION;
    file->interp = file->program = file->input = file->folder = NULL;
    file->args = NULL;
    file->reads = NULL;
    file->read_count = 0;
    if (realpath(run->folder != NULL ? run->folder : ".", folder) == NULL)
        return sw_error_set(e, run->folder, 0, 0, "there is no such folder");
    sw_project_find(&project, folder);
    if (portable_folder(path, &project, &file->folder) < 0 || fill_names(&project, run, file) < 0 ||
        fill_reads(&project, run, file) < 0)
        return no_memory(path, e);
    file->program_version = run->input != NULL ? version : NULL;
    if (sw_sched_paths_is_ours(run->interp))
        file->interp_version = version;
    return 0;
}

void sw_sched_paths_free(struct sw_sched *file)
{
    free(file->interp);
    free(file->program);
    free(file->input);
    free(file->folder);
    free(file->args);
    for (uint32_t i = 0; i < file->read_count; i++)
        free(file->reads[i].path);
    free(file->reads);
}

int sw_sched_paths_write(const char *path, const struct sw_sched *run, struct sw_error *e)
{
    struct sw_sched file;
    int status = sw_sched_paths_portable(path, run, &file, e);

    if (status == 0)
        status = sw_sched_write(path, &file, e);
    sw_sched_paths_free(&file);
    return status;
}

int sw_sched_paths_move(const char *from, const char *to, struct sw_sched *sched,
                        struct sw_error *e)
{
    struct sw_project project;
    char *beside, *folder, real[PATH_MAX];

    if (sched->format == 2) /* it has none */
        return 0;
    beside = folder_of_path(from);
    folder = beside != NULL ? join(beside, sched->folder != NULL ? sched->folder : ".") : NULL;
    int has = folder != NULL && realpath(folder, real) != NULL, status = 0;
    free(beside);
    free(folder);
    /* Of a folder that is nowhere by now it stays as it is. */
    if (has) {
        free(sched->folder);
        sw_project_find(&project, real);
        status = portable_folder(to, &project, &sched->folder);
    }
    return status < 0 ? no_memory(to, e) : 0;
}
