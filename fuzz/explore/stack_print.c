/* SPDX-License-Identifier: MIT */
#include "stack_print.h"

#include <stdlib.h>
#include <string.h>

#include "contract/library_frame.h"

/* What says nothing about the bug: the starter and threading's begin of a thread, at the bottom of
 * each stack; and the tracer, on its top. */
static int is_dull(const char *text, size_t size)
{
    static const char *const parts[] = {"  harness/tracer/", "/threading.py\", line "};

    if (memmem(text, size, parts[0], strlen(parts[0])) != NULL)
        return 1;
    return sw_library_frame_is_starters(text, size) ||
           (memmem(text, size, parts[1], strlen(parts[1])) != NULL &&
            memmem(text, size, " in _bootstrap", 14) != NULL);
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
        hidden = is_dull(text, size) || (hidden && strncmp(text, "the same ", 9) == 0);
        if (!hidden)
            fprintf(out, "      %.*s\n", (int)size, text);
        text += size + (text[size] == '\n');
    }
}

/* ---- its place ---- */

struct place {
    char path[512], function[256];
    int line;
};

/* "File "/a/b.py", line 12 in f": the first line that is of the program.  1: there is one. */
static int find_place(const char *text, struct place *place)
{
    for (; text != NULL && *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n')
        if (!sw_library_frame_is(text, strcspn(text, "\n")) &&
            sscanf(text, "File \"%511[^\"]\", line %d in %255[^\n]", place->path, &place->line,
                   place->function) == 3)
            return 1;
    return 0;
}

char *sw_stack_print_name(const char *python, char *buf, size_t size)
{
    struct place place;

    *buf = '\0';
    if (!find_place(python, &place))
        return buf;
    snprintf(buf, size, "%s:%d %s", basename(place.path), place.line, place.function);
    return buf;
}

/* As it is in the file now; nothing, if that cannot be read. */
static void print_source(FILE *out, const char *python)
{
    struct place place;
    FILE *file = find_place(python, &place) ? fopen(place.path, "re") : NULL;
    char *text = NULL;
    size_t room = 0;
    ssize_t length = -1;

    for (int i = 0; file != NULL && i < place.line; i++)
        if ((length = getline(&text, &room, file)) < 0)
            break;
    if (length > 0) {
        const char *code = text + strspn(text, " \t\f");
        fprintf(out, "      %.*s\n", (int)strcspn(code, "\r\n"), code);
    }
    free(text);
    if (file != NULL)
        fclose(file);
}

void sw_stack_print_thread(FILE *out, const char *word, uint32_t thread,
                           const struct sw_stack_snapshot_seen *seen, int which)
{
    char place[800];

    sw_stack_print_name(seen->python[which], place, sizeof place);
    fprintf(out, "  %s: T%u, which is before %s\n", word, thread,
            place[0] != '\0' ? place : "something without a Python frame of the program");
    print_source(out, seen->python[which]);
    print_lines(out, "Python", seen->python[which]);
    print_lines(out, "C", seen->c[which]);
}
