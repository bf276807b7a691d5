/* SPDX-License-Identifier: MIT */
#include "random_program.h"

#include <stdlib.h>
#include <string.h>

#include "shapes.h"

/* ---- choosing ---- */

/* SplitMix64 (Steele, Lea, Flood, 2014): each step of a counter, mixed. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int below(uint64_t *state, int limit)
{
    return (int)(next(state) % (uint64_t)limit);
}

static const struct sw_shape *shape_of(const struct sw_random_program *program, int object)
{
    return &sw_shapes_all()->list[program->shapes[object]];
}

/* As many statements as expressions, of which most shapes have more: an outcome differs by what is
 * changed. */
static int choose_operation(const struct sw_shape *shape, uint64_t *state)
{
    int wants_seen = below(state, 2), operation;

    for (int tries = 0; tries < 8; tries++) {
        operation = below(state, shape->operation_count);
        if (shape->operations[operation].is_seen == wants_seen)
            break;
    }
    return operation;
}

/* One without a body of its own, so that bodies end. */
static void choose_inner(const struct sw_random_program *program, uint64_t *state,
                         struct sw_random_statement *statement)
{
    statement->inner_object = (int8_t)below(state, program->object_count);
    const struct sw_shape *shape = shape_of(program, statement->inner_object);
    int operation = choose_operation(shape, state);

    /* A statement within a lock is on something else than that lock. */
    if (statement->inner_object == statement->object || shape->operations[operation].has_body)
        statement->inner_object = -1;
    else
        statement->inner_operation = (uint8_t)operation;
}

static void choose_statement(const struct sw_random_program *program, uint64_t *state,
                             struct sw_random_statement *statement)
{
    int object = below(state, program->object_count);
    const struct sw_shape *shape = shape_of(program, object);

    *statement = (struct sw_random_statement){.object = (uint8_t)object, .inner_object = -1};
    statement->operation = (uint8_t)choose_operation(shape, state);
    statement->value = (uint8_t)(2 + below(state, 7));
    statement->key = (uint8_t)below(state, 2);
    if (shape->operations[statement->operation].has_body)
        choose_inner(program, state, statement);
}

static int find_shape(const char *name)
{
    const struct sw_shapes *shapes = sw_shapes_all();

    for (int i = 0; i < shapes->count; i++)
        if (strcmp(shapes->list[i].name, name) == 0)
            return i;
    return -1;
}

/* The one that is it, or else the first in which it stands. */
static int find_operation(const struct sw_shape *shape, const char *part)
{
    for (int i = 0; i < shape->operation_count; i++)
        if (strcmp(shape->operations[i].text, part) == 0)
            return i;
    for (int i = 0; i < shape->operation_count; i++)
        if (strstr(shape->operations[i].text, part) != NULL)
            return i;
    return -1;
}

static void choose_shapes(struct sw_random_program *program, uint64_t *state, int focus)
{
    program->object_count = 1 + (below(state, 4) == 0);
    for (int i = 0; i < program->object_count; i++)
        program->shapes[i] = below(state, sw_shapes_all()->count);
    if (focus < 0)
        return;
    /* A lock needs something that it is for. */
    program->object_count = 1 + (strstr(sw_shapes_all()->list[focus].name, "lock") != NULL);
    program->shapes[0] = focus;
    program->shapes[1] = find_shape("attribute");
}

/* Two threads with one or two statements, or three with one: what is wrong shows in the smallest
 * programs, and the number of interleavings grows faster than anything else. */
static void choose_bodies(struct sw_random_program *program, uint64_t *state,
                          const struct sw_random_focus *focus)
{
    int threads = below(state, 8) == 0 ? 3 : 2;

    threads = focus->threads > 0 ? focus->threads : threads;
    for (int i = 0; i < threads; i++) {
        struct sw_random_body *body = &program->bodies[i];
        body->count = threads == 3 && !focus->is_long ? 1 : 1 + below(state, 4) / 3;
        for (int k = 0; k < body->count; k++)
            choose_statement(program, state, &body->statements[k]);
    }
}

/* The first statement is that one. */
static int focus_on(struct sw_random_program *program, const char *part)
{
    int operation = find_operation(shape_of(program, 0), part);

    if (operation < 0)
        return -1;
    struct sw_random_statement *first = &program->bodies[0].statements[0];
    first->object = 0;
    first->operation = (uint8_t)operation;
    first->inner_object = -1;
    if (shape_of(program, 0)->operations[operation].has_body && program->object_count > 1)
        first->inner_object = 1;
    return 0;
}

static const char *const containers[SW_RANDOM_JOINS_COUNT] = {[SW_RANDOM_JOINS_LIST] = "list",
                                                              [SW_RANDOM_JOINS_TUPLE] = "tuple",
                                                              [SW_RANDOM_JOINS_SET] = "set"};

enum sw_random_joins sw_random_program_joins(const char *word)
{
    for (int i = 0; i < SW_RANDOM_JOINS_COUNT; i++)
        if (containers[i] != NULL && strcmp(containers[i], word) == 0)
            return (enum sw_random_joins)i;
    return SW_RANDOM_JOINS_ANY;
}

int sw_random_program_make(struct sw_random_program *program, uint64_t seed,
                           const struct sw_random_focus *focus)
{
    static const struct sw_random_focus none = {.shape = "", .operation = ""};
    uint64_t state = seed;

    focus = focus != NULL ? focus : &none;
    int shape = *focus->shape != '\0' ? find_shape(focus->shape) : -1;
    if (*focus->shape != '\0' && shape < 0)
        return -1;
    *program = (struct sw_random_program){.seed = seed};
    /* The seeds of neighbours would be states of one sequence. */
    state = next(&state);
    choose_shapes(program, &state, shape);
    choose_bodies(program, &state, focus);
    program->main_takes_part = below(&state, 8) == 0;
    program->binds = below(&state, 4) != 0;
    int joins = below(&state, 2 * (SW_RANDOM_JOINS_COUNT - SW_RANDOM_JOINS_LIST));
    program->joins = joins + SW_RANDOM_JOINS_LIST < SW_RANDOM_JOINS_COUNT
                         ? (enum sw_random_joins)(joins + SW_RANDOM_JOINS_LIST)
                         : SW_RANDOM_JOINS_NAMES;
    if (focus->joins != SW_RANDOM_JOINS_ANY)
        program->joins = focus->joins;
    if (shape < 0)
        return 0;
    program->binds &= shape_of(program, 0)->is_global == 0;
    return *focus->operation != '\0' ? focus_on(program, focus->operation) : 0;
}

int sw_random_program_size(const struct sw_random_program *program)
{
    int size = 0;

    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
        for (int k = 0; k < program->bodies[i].count; k++)
            size += 1 + (program->bodies[i].statements[k].inner_object >= 0);
    return size;
}

/* ---- writing ---- */

static const char prelude[] =
    "import array, bisect, collections, contextvars, copy, dataclasses, functools, gc, heapq, io\n"
    "import itertools, json, logging, math, operator, os, pickle, queue, random, re, select\n"
    "import shutil, socket, sqlite3, statistics, string, struct, sys, tempfile, textwrap\n"
    "import threading, types, weakref, zlib\n\n\n"
    "def gap():\n    pass\n\n\n"
    "def count(*given):\n    return len(given)\n\n\n"
    "def keywords(**given):\n    return list(given)\n\n\n"
    "def passing(given):\n    yield from given\n\n\n"
    "def drive(coroutine):\n"
    "    try:\n        coroutine.send(None)\n"
    "    except StopIteration as end:\n        return end.value\n";

static const char finale[] =
    "\n\ndef outcome():\n"
    "    try:\n        return repr(run())\n"
    "    except Exception as error:\n        return type(error).__name__\n";

/* What a body may name that is no object of the program. */
static const char *const known[] = {
    "abs",        "all",       "any",         "array",   "bisect",     "bytes",    "collections",
    "copy",       "count",     "dataclasses", "dict",    "divmod",     "drive",    "enumerate",
    "filter",     "frozenset", "functools",   "gap",     "gc",         "getattr",  "hasattr",
    "hash",       "heapq",     "int",         "io",      "isinstance", "iter",     "itertools",
    "json",       "keywords",  "len",         "list",    "map",        "math",     "max",
    "memoryview", "min",       "next",        "object",  "open",       "operator", "os",
    "passing",    "pickle",    "print",       "random",  "range",      "re",       "repr",
    "reversed",   "select",    "set",         "setattr", "shutil",     "sorted",   "statistics",
    "str",        "string",    "struct",      "sum",     "sys",        "textwrap", "threading",
    "tuple",      "type",      "types",       "vars",    "weakref",    "zip",      "zlib"};

static int is_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Stands the name there, and is no attribute? */
static int names(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name))
        if ((at == text || (!is_word(at[-1]) && at[-1] != '.')) && !is_word(at[length]))
            return 1;
    return 0;
}

struct names {
    char object[16], name[16];
};

static struct sw_shapes_values values_of(const struct sw_random_program *program, int object,
                                         const struct sw_random_statement *statement,
                                         struct names *room)
{
    int is_global = shape_of(program, object)->is_global;

    snprintf(room->object, sizeof room->object, "%c%d", is_global ? 'g' : 'o', object);
    snprintf(room->name, sizeof room->name, "C%d", object);
    return (struct sw_shapes_values){.object = room->object,
                                     .name = room->name,
                                     .value = statement != NULL ? statement->value : 0,
                                     .key = statement != NULL ? statement->key : 0};
}

static void write_operation(const struct sw_shape_operation *operation,
                            const struct sw_shapes_values *values, FILE *out, int indent)
{
    char seen[512];

    snprintf(seen, sizeof seen, "got += (%s,)", operation->text);
    sw_shapes_write(out, operation->is_seen ? seen : operation->text, values, indent);
}

/* The caller's to free; without the last newline. */
static char *text_of_inner(const struct sw_random_program *program,
                           const struct sw_random_statement *statement)
{
    struct names room;
    char *text = NULL;
    size_t size;

    if (statement->inner_object < 0)
        return NULL;
    const struct sw_shape *shape = shape_of(program, statement->inner_object);
    struct sw_shapes_values values = values_of(program, statement->inner_object, statement, &room);
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    write_operation(&shape->operations[statement->inner_operation], &values, out, 0);
    fclose(out);
    text[size - 1] = '\0';
    return text;
}

static void write_statement(const struct sw_random_program *program,
                            const struct sw_random_statement *statement, FILE *out)
{
    const struct sw_shape *shape = shape_of(program, statement->object);
    struct names room;
    struct sw_shapes_values values = values_of(program, statement->object, statement, &room);
    char *inner = text_of_inner(program, statement);

    values.body = inner;
    write_operation(&shape->operations[statement->operation], &values, out, 8);
    free(inner);
}

/* Can it come to an exception, or see something?  Then what it got is kept, which is an operation
 * on something of its own. */
static void write_statements(const struct sw_random_program *program,
                             const struct sw_random_body *body, FILE *out)
{
    fputs("    got = ()\n    try:\n", out);
    for (int k = 0; k < body->count; k++) {
        if (k > 0)
            fputs("        gap()\n", out);
        write_statement(program, &body->statements[k], out);
    }
    fputs("    except Exception as error:\n        got += (type(error).__name__,)\n"
          "    if got:\n        out[0] = got\n",
          out);
}

static void write_objects(const struct sw_random_program *program, int globals, FILE *out)
{
    const char *before = globals ? "" : " ";

    for (int i = 0; i < program->object_count; i++) {
        if (shape_of(program, i)->is_global != globals)
            continue;
        fprintf(out, "%s%c%d%s", before, globals ? 'g' : 'o', i, globals ? "" : ",");
        before = globals ? ", " : " ";
    }
}

static int has_globals(const struct sw_random_program *program)
{
    int has = 0;

    for (int i = 0; i < program->object_count; i++)
        has |= shape_of(program, i)->is_global;
    return has;
}

static void declare_globals(const struct sw_random_program *program, FILE *out)
{
    if (!has_globals(program))
        return;
    fputs("    global ", out);
    write_objects(program, 1, out);
    putc('\n', out);
}

static void write_body(const struct sw_random_program *program, int number, FILE *out)
{
    char *text = NULL;
    size_t size;
    FILE *inside = open_memstream(&text, &size);

    if (inside == NULL)
        abort();
    write_statements(program, &program->bodies[number], inside);
    fclose(inside);
    fprintf(out, "\n\ndef body%d(out,", number);
    write_objects(program, 0, out);
    for (size_t i = 0; program->binds && i < sizeof known / sizeof *known; i++)
        if (names(text, known[i]))
            fprintf(out, " %s=%s,", known[i], known[i]);
    fputs("):\n", out);
    declare_globals(program, out);
    fputs(text, out);
    free(text);
}

static int last_body(const struct sw_random_program *program)
{
    int last = 0;

    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
        if (program->bodies[i].count > 0)
            last = i;
    return last;
}

/* The last body may be the first thread's own. */
static int is_thread(const struct sw_random_program *program, int number)
{
    return program->bodies[number].count > 0 &&
           !(program->main_takes_part && number == last_body(program));
}

static void write_each(const struct sw_random_program *program, const char *verb, FILE *out)
{
    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
        if (is_thread(program, i))
            fprintf(out, "    thread%d.%s()\n", i, verb);
}

static void write_container(const struct sw_random_program *program, FILE *out)
{
    static const char *const brackets[SW_RANDOM_JOINS_COUNT] = {[SW_RANDOM_JOINS_LIST] = "[]",
                                                                [SW_RANDOM_JOINS_TUPLE] = "()",
                                                                [SW_RANDOM_JOINS_SET] = "{}"};
    const char *bracket = brackets[program->joins];

    fprintf(out, "    threads = %c", bracket[0]);
    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
        if (is_thread(program, i))
            fprintf(out, "thread%d, ", i);
    fprintf(out, "%c\n", bracket[1]);
}

static void write_threads(const struct sw_random_program *program, FILE *out)
{
    int last = last_body(program);

    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++) {
        if (!is_thread(program, i))
            continue;
        fprintf(out, "    thread%d = threading.Thread(target=body%d, args=(outs[%d],", i, i, i);
        write_objects(program, 0, out);
        fputs("))\n", out);
    }
    if (program->joins != SW_RANDOM_JOINS_NAMES)
        write_container(program, out);
    write_each(program, "start", out);
    if (program->main_takes_part) {
        fprintf(out, "    body%d(outs[%d],", last, last);
        write_objects(program, 0, out);
        fputs(")\n", out);
    }
    if (program->joins == SW_RANDOM_JOINS_NAMES)
        write_each(program, "join", out);
    else
        fputs("    for thread in threads:\n        thread.join()\n", out);
}

static void write_run(const struct sw_random_program *program, FILE *out)
{
    struct names room;

    fputs("\n\ndef run():\n", out);
    declare_globals(program, out);
    fputs("    outs = [None], [None], [None]\n", out);
    for (int i = 0; i < program->object_count; i++) {
        struct sw_shapes_values values = values_of(program, i, NULL, &room);
        sw_shapes_write(out, shape_of(program, i)->make, &values, 4);
    }
    write_threads(program, out);
    fputs("    return (outs,\n", out);
    for (int i = 0; i < program->object_count; i++) {
        struct sw_shapes_values values = values_of(program, i, NULL, &room);
        fputs("            (", out);
        sw_shapes_write(out, shape_of(program, i)->end, &values, 0);
        fputs("            ),\n", out);
    }
    fputs("            )\n", out);
}

void sw_random_program_write(const struct sw_random_program *program, const char *unwanted,
                             FILE *out)
{
    struct names room;

    fprintf(out, "# seed %llu:", (unsigned long long)program->seed);
    for (int i = 0; i < program->object_count; i++)
        fprintf(out, " %s%s", i > 0 ? "and " : "", shape_of(program, i)->name);
    fprintf(out, "\n%s", prelude);
    for (int i = 0; i < program->object_count; i++) {
        struct sw_shapes_values values = values_of(program, i, NULL, &room);
        if (shape_of(program, i)->before == NULL)
            continue;
        fputs("\n\n", out);
        sw_shapes_write(out, shape_of(program, i)->before, &values, 0);
    }
    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
        if (program->bodies[i].count > 0)
            write_body(program, i, out);
    write_run(program, out);
    fputs(finale, out);
    fputs("\n\ndef test():\n", out);
    if (unwanted != NULL)
        fprintf(out, "    end = outcome()\n    assert end != %s, end\n", unwanted);
    else
        fputs("    outcome()\n", out);
}

/* ---- all of the grammar ---- */

static void write_all_of(int shape, FILE *out)
{
    const struct sw_shape *all = &sw_shapes_all()->list[shape];
    struct sw_random_program program = {.object_count = 1, .shapes = {shape}};
    struct names room;
    struct sw_shapes_values values = values_of(&program, 0, NULL, &room);

    if (all->before != NULL)
        sw_shapes_write(out, all->before, &values, 0);
    for (int i = 0; i < all->operation_count; i++) {
        fprintf(out, "def shape%d_%d(out,", shape, i);
        write_objects(&program, 0, out);
        fputs("):\n", out);
        declare_globals(&program, out);
        fputs("    got = ()\n", out);
        write_operation(&all->operations[i], &values, out, 4);
    }
}

void sw_random_program_write_all(FILE *out)
{
    fputs(prelude, out);
    for (int i = 0; i < sw_shapes_all()->count; i++)
        write_all_of(i, out);
}
