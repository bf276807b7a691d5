/* SPDX-License-Identifier: MIT
 *
 * random_program.h - a small program of two or three threads, from a seed.
 *
 *      objects     one or two, each of a shape (shapes.h)
 *      bodies      what each thread does: one or two statements on them
 *      run()       makes the objects, starts the threads, waits for them, by name or over a list, a
 *                  tuple or a set of them, and returns the OUTCOME: what is left of each object, and
 *                  what each thread has seen
 *
 * Equal seeds and sizes give equal programs.  A program is small enough to be copied; what shrinks
 * it leaves out statements and bodies of a copy.
 */
#ifndef SW_RANDOM_PROGRAM_H
#define SW_RANDOM_PROGRAM_H

#include <stdint.h>
#include <stdio.h>

enum {
    SW_RANDOM_PROGRAM_OBJECTS = 2,
    SW_RANDOM_PROGRAM_BODIES = 3,
    SW_RANDOM_PROGRAM_STATEMENTS = 2,
};

struct sw_random_statement {
    uint8_t object;
    uint8_t operation; /* of the object's shape */
    uint8_t value, key;
    /* What stands in it, where it has a body: -1: nothing. */
    int8_t inner_object;
    uint8_t inner_operation;
};

struct sw_random_body {
    struct sw_random_statement statements[SW_RANDOM_PROGRAM_STATEMENTS];
    int count; /* 0: there is no such thread */
};

/* How the first thread waits for the others. */
enum sw_random_joins {
    SW_RANDOM_JOINS_ANY, /* of a focus: any of these */
    SW_RANDOM_JOINS_NAMES,
    SW_RANDOM_JOINS_LIST,
    SW_RANDOM_JOINS_TUPLE,
    SW_RANDOM_JOINS_SET,
    SW_RANDOM_JOINS_COUNT,
};

struct sw_random_program {
    uint64_t seed;
    int shapes[SW_RANDOM_PROGRAM_OBJECTS];
    int object_count;
    struct sw_random_body bodies[SW_RANDOM_PROGRAM_BODIES];
    int main_takes_part; /* the last body is run by the first thread, beside the others */
    int binds; /* functions and modules are arguments, so that to name them is no operation */
    enum sw_random_joins joins;
};

/* The first object's shape, and what the first statement does to it, by a part of its text; "": any. */
struct sw_random_focus {
    const char *shape, *operation;
    int threads; /* 0: two or three */
    int is_long; /* three threads may have two statements, too */
    enum sw_random_joins joins;
};

/* "list": SW_RANDOM_JOINS_LIST; ANY: there is no such word. */
enum sw_random_joins sw_random_program_joins(const char *word);

/* focus: NULL: none.  0; or -1: there is no such shape, or no such operation of it. */
int sw_random_program_make(struct sw_random_program *program, uint64_t seed,
                           const struct sw_random_focus *focus);
/* How many statements it has, those within others counted, too. */
int sw_random_program_size(const struct sw_random_program *program);
/* Writes it.  unwanted: the text of an outcome that test() forbids; NULL: none. */
void sw_random_program_write(const struct sw_random_program *program, const char *unwanted,
                             FILE *out);
/* Writes one function for each operation of the grammar. */
void sw_random_program_write_all(FILE *out);

#endif
