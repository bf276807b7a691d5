/* SPDX-License-Identifier: MIT */
#include "project.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int has_mark(const char *folder)
{
    static const char *const marks[] = {".git", "setup.cfg", "pyproject.toml", "pytest.ini"};
    char path[PATH_MAX + 32];

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, marks[i]);
        if (access(path, F_OK) == 0)
            return 1;
    }
    return 0;
}

/* "": there is none above the folder. */
static void find_root(const char *folder, char root[PATH_MAX])
{
    snprintf(root, PATH_MAX, "%s", folder);
    while (root[0] != '\0' && !has_mark(root))
        *strrchr(root, '/') = '\0';
}

/* Below "/" is everything, which is nobody's project. */
static int is_below(const char *other, const char *folder)
{
    size_t length = strlen(folder);

    return strcmp(folder, "/") != 0 && strncmp(other, folder, length) == 0 &&
           (other[length] == '/' || other[length] == '\0');
}

void sw_project_find(struct sw_project *project, const char *folder)
{
    project->folder = folder;
    find_root(folder, project->root);
}

/* Only below the root can there be another one, of a project within it. */
int sw_project_has(const struct sw_project *project, const char *other)
{
    char others[PATH_MAX];

    if (is_below(other, project->folder))
        return 1;
    if (project->root[0] == '\0' || !is_below(other, project->root))
        return 0;
    find_root(other, others);
    return strcmp(project->root, others) == 0;
}

void sw_project_root(const char *folder, char *root, size_t size)
{
    char found[PATH_MAX];
    const char *text = found;

    find_root(folder, found);
    if (found[0] == '\0')
        text = folder;
    size_t length = strlen(text);

    *root = '\0';
    if (length > 1 && length < size)
        memcpy(root, text, length + 1);
}

/* How long the part is that both begin with, whole names only. */
static size_t common_length(const char *one, const char *other)
{
    size_t common = 0;

    for (size_t i = 0;; i++) {
        int ends = (one[i] == '/' || one[i] == '\0') && (other[i] == '/' || other[i] == '\0');
        if (ends)
            common = i;
        if (one[i] != other[i] || one[i] == '\0')
            return common;
    }
}

char *sw_project_relative(const char *folder, const char *other)
{
    size_t common = common_length(folder, other), size = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    for (const char *at = folder + common; *at != '\0'; at++)
        if (*at == '/' && at[1] != '\0')
            fputs(ftell(out) > 0 ? "/.." : "..", out);
    const char *rest = other + common + (other[common] == '/');
    if (*rest != '\0')
        fprintf(out, "%s%s", ftell(out) > 0 ? "/" : "", rest);
    if (ftell(out) == 0)
        fputc('.', out);
    return fclose(out) == 0 ? text : NULL;
}
