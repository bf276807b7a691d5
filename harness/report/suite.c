/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

static int complain(const char *path, const char *what)
{
    fprintf(stderr, "spillway: %s: %s\n", path, what);
    return 1;
}

/* ---- specs ---- */

/* A spec may be named twice, or be in a folder that is named, too; it runs once. By inode and not
 * by path, since symbolic links and "./" make many paths of one file. */
static int is_same_file(const struct sw_suite_file *a, const struct sw_suite_file *b)
{
    return a->device == b->device && a->inode == b->inode;
}

static int is_there_already(const struct sw_suite *suite, const struct sw_suite_file *file)
{
    for (int i = 0; i < suite->spec_count; i++)
        if (is_same_file(&suite->files[i], file))
            return 1;
    return 0;
}

static int make_room(struct sw_suite *suite)
{
    if (suite->spec_count < suite->room)
        return 0;
    /* Three arrays of one length; each that could be made longer is kept, so that a failure in the
     * middle leaves none with a pointer that is gone. */
    size_t room = suite->room > 0 ? 2 * (size_t)suite->room : 64;
    struct sw_spec **specs = realloc(suite->specs, room * sizeof(struct sw_spec *));
    if (specs != NULL)
        suite->specs = specs;
    struct sw_expected *expected = realloc(suite->expected, room * sizeof *expected);
    if (expected != NULL)
        suite->expected = expected;
    struct sw_suite_file *files = realloc(suite->files, room * sizeof *files);
    if (files != NULL)
        suite->files = files;
    if (specs == NULL || expected == NULL || files == NULL)
        return -1;
    suite->room = (int)room;
    return 0;
}

static int add_spec(struct sw_suite *suite, const char *path, const struct stat *status)
{
    const struct sw_suite_file file = {status->st_dev, status->st_ino};
    struct sw_spec *spec = NULL;
    struct sw_error e;

    if (!S_ISREG(status->st_mode))
        return complain(path, "not a regular file");
    if (is_there_already(suite, &file))
        return 0;
    if (make_room(suite) < 0)
        return complain(path, "out of memory");
    if (sw_spec_load(path, &spec, &e) < 0) {
        sw_error_print(&e);
        return 1;
    }
    /* Now and not after the run: a transcript that cannot be read makes the whole run worthless. */
    if (sw_golden_load(spec, &suite->expected[suite->spec_count], &e) < 0) {
        sw_error_print(&e);
        sw_spec_free(spec);
        return 1;
    }
    suite->files[suite->spec_count] = file;
    suite->specs[suite->spec_count++] = spec;
    return 0;
}

/* ---- folders ---- */

/* The order of a folder's entries is the file system's; reports are to be the same everywhere. */
static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* *seen counts the .spec files, also those that were there already. */
static int add_entry(struct sw_suite *suite, const FTSENT *entry, int *seen)
{
    switch (entry->fts_info) {
    case FTS_F:
    case FTS_DEFAULT:
        if (!ends_with(entry->fts_name, ".spec"))
            return 0;
        (*seen)++;
        return add_spec(suite, entry->fts_path, entry->fts_statp);
    case FTS_SLNONE:
        return ends_with(entry->fts_name, ".spec")
                   ? complain(entry->fts_path, "a symbolic link to nothing")
                   : 0;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return complain(entry->fts_path, strerror(entry->fts_errno));
    default: /* FTS_DC too: a link back to a folder that we are in */
        return 0;
    }
}

static int add_folder(struct sw_suite *suite, const char *path)
{
    char *copy = strdup(path);
    char *const roots[] = {copy, NULL};
    int errors = 0, seen = 0;

    if (copy == NULL)
        return complain(path, "out of memory");
    /* FTS would keep the slashes in the paths of all that it finds. */
    for (size_t length = strlen(copy); length > 1 && copy[length - 1] == '/';)
        copy[--length] = '\0';
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (tree == NULL) {
        free(copy);
        return complain(path, strerror(errno));
    }
    /* NULL means the end or an error, and only errno tells them apart. */
    errno = 0;
    for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
        errors += add_entry(suite, entry, &seen);
        errno = 0;
    }
    if (errno != 0)
        errors += complain(path, strerror(errno));
    fts_close(tree);
    free(copy);
    /* A folder without specs is a misspelt path more often than a wish, and "0 runs: 0 passed"
     * would hide that. */
    if (errors == 0 && seen == 0)
        errors += complain(path, "no .spec in this folder");
    return errors;
}

/* ---- the whole ---- */

static int add_path(struct sw_suite *suite, char *path)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return complain(path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return add_folder(suite, path);
    if (ends_with(path, ".spec"))
        return add_spec(suite, path, &status);
    if (!ends_with(path, ".py"))
        return complain(path, "neither a .spec, a .sched, a .py program nor a folder");
    if (!S_ISREG(status.st_mode))
        return complain(path, "not a regular file");
    suite->programs[suite->program_count++] = path;
    return 0;
}

int sw_suite_load(char *const *paths, int count, struct sw_suite *suite)
{
    int errors = 0;

    memset(suite, 0, sizeof *suite);
    suite->programs = calloc((size_t)count + 1, sizeof(char *));
    if (suite->programs == NULL)
        return complain("(arguments)", "out of memory");
    for (int i = 0; i < count; i++)
        errors += add_path(suite, paths[i]);
    return errors;
}

void sw_suite_free(struct sw_suite *suite)
{
    for (int i = 0; i < suite->spec_count; i++) {
        sw_spec_free(suite->specs[i]);
        sw_golden_free(&suite->expected[i]);
    }
    free(suite->specs);
    free(suite->expected);
    free(suite->files);
    free(suite->programs);
}
