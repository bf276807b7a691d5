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

static int add_spec(struct sw_suite *suite, const char *path)
{
    struct sw_spec *spec = NULL;
    struct sw_error e;

    if (sw_spec_load(path, &spec, &e) < 0) {
        sw_error_print(&e);
        return 1;
    }
    size_t count = (size_t)suite->spec_count + 1;
    struct sw_spec **specs = realloc(suite->specs, count * sizeof(struct sw_spec *));
    if (specs != NULL)
        suite->specs = specs;
    struct sw_expected *expected = realloc(suite->expected, count * sizeof *expected);
    if (expected != NULL)
        suite->expected = expected;
    if (specs == NULL || expected == NULL) {
        sw_spec_free(spec);
        return complain(path, "out of memory");
    }
    suite->specs[suite->spec_count] = spec;
    sw_expected_load(spec, &suite->expected[suite->spec_count]);
    suite->spec_count++;
    return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int add_folder(struct sw_suite *suite, char *path)
{
    char *const roots[] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    int errors = 0, before = suite->spec_count;

    if (tree == NULL)
        return complain(path, strerror(errno));
    for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
        if (entry->fts_info == FTS_F && ends_with(entry->fts_name, ".spec"))
            errors += add_spec(suite, entry->fts_path);
        else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
            errors += complain(entry->fts_path, strerror(entry->fts_errno));
    }
    fts_close(tree);
    if (errors == 0 && suite->spec_count == before)
        errors += complain(path, "no .spec in this folder");
    return errors;
}

static int add_path(struct sw_suite *suite, char *path)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return complain(path, strerror(errno));
    if (S_ISDIR(status.st_mode)) {
        size_t length = strlen(path);
        while (length > 1 && path[length - 1] == '/')
            path[--length] = '\0';
        return add_folder(suite, path);
    }
    if (ends_with(path, ".spec"))
        return add_spec(suite, path);
    if (!ends_with(path, ".py"))
        return complain(path, "neither a .spec, nor a .py program, nor a folder");
    suite->programs[suite->program_count++] = path;
    return 0;
}

int sw_suite_load(const struct sw_options *options, struct sw_suite *suite)
{
    int errors = 0;

    memset(suite, 0, sizeof *suite);
    suite->programs = calloc((size_t)options->path_count + 1, sizeof(char *));
    if (suite->programs == NULL)
        return complain("(arguments)", "out of memory");
    for (int i = 0; i < options->path_count; i++)
        errors += add_path(suite, options->paths[i]);
    return errors;
}

void sw_suite_free(struct sw_suite *suite)
{
    for (int i = 0; i < suite->spec_count; i++) {
        sw_spec_free(suite->specs[i]);
        sw_expected_free(&suite->expected[i]);
    }
    free(suite->specs);
    free(suite->expected);
    free(suite->programs);
}
