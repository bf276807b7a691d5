/* SPDX-License-Identifier: MIT
 *
 * shapes.h - the grammar of the oracle's programs: what threads share, and what they do to it.
 *
 * It is a text, the file `shapes` beside this one, which says what its lines mean.  It travels in
 * the program.
 */
#ifndef SW_SHAPES_H
#define SW_SHAPES_H

#include <stdio.h>

enum { SW_SHAPES_MAX = 128, SW_SHAPES_OPERATIONS_MAX = 96 };

/* Texts point into the grammar; lines are divided by newlines, without their first eight columns. */
struct sw_shape_operation {
    const char *text;
    int is_seen;  /* an expression, whose value is part of the outcome */
    int has_body; /* $s stands in it */
};

struct sw_shape {
    const char *name;
    const char *before; /* NULL: none */
    const char *make;
    const char *end;
    int is_global;
    struct sw_shape_operation operations[SW_SHAPES_OPERATIONS_MAX];
    int operation_count;
};

struct sw_shapes {
    struct sw_shape list[SW_SHAPES_MAX];
    int count;
};

/* Read once, and never freed.  A grammar that breaks its own rules ends the process, with its line. */
const struct sw_shapes *sw_shapes_all(void);

/* What is put for the signs in a text. */
struct sw_shapes_values {
    const char *object; /* $o */
    const char *name;   /* $c */
    int value;          /* $v */
    int key;            /* $k */
    const char *body;   /* $s: lines; NULL: pass */
};

/* Writes the text, each line behind that many blanks. */
void sw_shapes_write(FILE *out, const char *text, const struct sw_shapes_values *values, int indent);

#endif
