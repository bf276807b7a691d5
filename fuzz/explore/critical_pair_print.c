/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "critical_pair.h"

/* The starter, which begins a test, is at the bottom of each stack and says nothing about the
 * bug. */
static int is_of_starter(const char *line, size_t size)
{
    return memmem(line, size, "spillway_starter.py", 19) != NULL;
}

static int is_of_library(const char *line, size_t size)
{
    static const char *const folders[] = {"/lib/python", "/lib-python/", "/lib_pypy/", "\"<frozen",
                                          "/lib/pypy"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (memmem(line, size, folders[i], strlen(folders[i])) != NULL)
            return 1;
    return is_of_starter(line, size);
}

static void print_lines(FILE *out, const char *heading, const char *text)
{
    if (text == NULL || *text == '\0') {
        fprintf(out, "    %s: none\n", heading);
        return;
    }
    fprintf(out, "    %s\n", heading);
    for (int hidden = 0; *text != '\0';) {
        size_t size = strcspn(text, "\n");
        hidden = is_of_starter(text, size) || (hidden && strncmp(text, "the same ", 9) == 0);
        if (!hidden)
            fprintf(out, "      %.*s\n", (int)size, text);
        text += size + (text[size] == '\n');
    }
}

/* "File "/a/b.py", line 12 in f" as "b.py:12 f"; the first line that is of the program. */
static void name_place(const char *text, char *buf, size_t size)
{
    *buf = '\0';
    for (; text != NULL && *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
        size_t length = strcspn(text, "\n");
        char path[512], function[256];
        int line;
        if (is_of_library(text, length) ||
            sscanf(text, "File \"%511[^\"]\", line %d in %255[^\n]", path, &line, function) != 3)
            continue;
        const char *slash = strrchr(path, '/');
        snprintf(buf, size, "%s:%d %s", slash != NULL ? slash + 1 : path, line, function);
        return;
    }
}

char *sw_critical_pair_print_name(const struct sw_critical_pair *critical, char *buf, size_t size)
{
    char places[SW_SHOWN_THREADS][800];

    *buf = '\0';
    if (!critical->found || !critical->seen.halted)
        return buf;
    for (int i = 0; i < SW_SHOWN_THREADS; i++)
        name_place(critical->seen.python[i], places[i], sizeof places[i]);
    snprintf(buf, size, "%s | %s", places[0][0] != '\0' ? places[0] : "?",
             places[1][0] != '\0' ? places[1] : "?");
    return buf;
}

void sw_critical_pair_print(FILE *out, const struct sw_critical_pair *critical)
{
    static const char *const words[] = {"first", "second"};
    char place[800];

    if (!critical->found) {
        fprintf(out, "critical pair: none: %s\n", critical->why_not);
        return;
    }
    fprintf(
        out, "critical pair, at decision %llu: in the other order it %s%s\n",
        (unsigned long long)critical->decision,
        critical->otherwise[0] == '\0' ? "does not fail" : "ends otherwise: ", critical->otherwise);
    for (int i = 0; i < SW_SHOWN_THREADS; i++) {
        name_place(critical->seen.python[i], place, sizeof place);
        fprintf(out, "  %s: T%u, which is before %s\n", words[i], critical->threads[i],
                place[0] != '\0' ? place : "something without a Python frame of the program");
        print_lines(out, "Python", critical->seen.python[i]);
        print_lines(out, "C", critical->seen.c[i]);
    }
}
