/* SPDX-License-Identifier: MIT */
#include "shapes.h"

#include <stdlib.h>
#include <string.h>

/* The grammar travels in the program, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_shapes_source\n"
        "sw_shapes_source: .incbin \"fuzz/oracle/shapes\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_shapes_source[];

enum { COLUMNS = 8 }; /* before a line's text */

/* ---- reading ---- */

struct reader {
    struct sw_shapes *shapes;
    char *at;
    int line;
};

static void refuse(const struct reader *reader, const char *why)
{
    fprintf(stderr, "fuzz/oracle/shapes:%d: %s\n", reader->line, why);
    abort();
}

/* The next line and those that go on with it, as one text; NULL: there are no more. */
static char *next_entry(struct reader *reader)
{
    char *begin = reader->at, *to = begin, *from = begin;

    if (*begin == '\0')
        return NULL;
    do {
        char *end = strchrnul(from, '\n');
        /* A line that goes on gives up its first columns, as the first one has its word there. */
        if (from > begin) {
            *to++ = '\n';
            from += COLUMNS;
        }
        memmove(to, from, (size_t)(end - from));
        to += end - from;
        from = *end == '\n' ? end + 1 : end;
        reader->line++;
    } while (strncmp(from, "        ", COLUMNS) == 0);
    reader->at = from;
    /* The last character before `from` is a newline that is not needed any more. */
    *to = '\0';
    return begin;
}

static void add_operation(struct reader *reader, const char *text, int is_seen)
{
    struct sw_shape *shape = &reader->shapes->list[reader->shapes->count - 1];

    if (shape->operation_count == SW_SHAPES_OPERATIONS_MAX)
        refuse(reader, "too many operations");
    shape->operations[shape->operation_count++] = (struct sw_shape_operation){
        .text = text, .is_seen = is_seen, .has_body = strstr(text, "$s") != NULL};
}

static void add_shape(struct reader *reader, const char *name)
{
    struct sw_shapes *shapes = reader->shapes;

    if (shapes->count == SW_SHAPES_MAX)
        refuse(reader, "too many shapes");
    shapes->list[shapes->count++] = (struct sw_shape){.name = name};
}

static void add_entry(struct reader *reader, char *entry)
{
    struct sw_shape *shape =
        reader->shapes->count > 0 ? &reader->shapes->list[reader->shapes->count - 1] : NULL;
    const char *text = entry + COLUMNS;

    if (*entry == '#' || *entry == '\0')
        return;
    if (strncmp(entry, "== ", 3) == 0)
        add_shape(reader, entry + 3);
    else if (shape == NULL)
        refuse(reader, "no shape has begun");
    else if (strcmp(entry, "global") == 0)
        shape->is_global = 1;
    else if (strncmp(entry, "before  ", COLUMNS) == 0)
        shape->before = text;
    else if (strncmp(entry, "make    ", COLUMNS) == 0)
        shape->make = text;
    else if (strncmp(entry, "end     ", COLUMNS) == 0)
        shape->end = text;
    else if (strncmp(entry, "do      ", COLUMNS) == 0)
        add_operation(reader, text, 0);
    else if (strncmp(entry, "see     ", COLUMNS) == 0)
        add_operation(reader, text, 1);
    else
        refuse(reader, "no such line");
}

const struct sw_shapes *sw_shapes_all(void)
{
    static struct sw_shapes shapes;
    struct reader reader = {.shapes = &shapes};
    char *entry;

    if (shapes.count > 0)
        return &shapes;
    reader.at = strdup(sw_shapes_source);
    if (reader.at == NULL)
        abort();
    while ((entry = next_entry(&reader)) != NULL)
        add_entry(&reader, entry);
    for (int i = 0; i < shapes.count; i++)
        if (shapes.list[i].make == NULL || shapes.list[i].end == NULL ||
            shapes.list[i].operation_count == 0)
            refuse(&reader, "a shape lacks its make, its end, or its operations");
    return &shapes;
}

/* ---- writing ---- */

static void write_lines(FILE *out, const char *lines, int indent)
{
    for (; *lines != '\0'; lines++) {
        putc(*lines, out);
        if (*lines == '\n')
            fprintf(out, "%*s", indent, "");
    }
}

void sw_shapes_write(FILE *out, const char *text, const struct sw_shapes_values *values, int indent)
{
    int column = indent;

    fprintf(out, "%*s", indent, "");
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            column = indent + (int)strspn(text + 1, " ");
            fprintf(out, "\n%*s", indent, "");
        } else if (*text != '$') {
            putc(*text, out);
        } else {
            switch (*++text) {
            case 'o':
                fputs(values->object, out);
                break;
            case 'c':
                fputs(values->name, out);
                break;
            case 'v':
                fprintf(out, "%d", values->value);
                break;
            case 'k':
                fprintf(out, "%d", values->key);
                break;
            case 's':
                write_lines(out, values->body != NULL ? values->body : "pass", column);
                break;
            default:
                putc(*text, out);
            }
        }
    }
    putc('\n', out);
}
