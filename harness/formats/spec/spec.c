/* SPDX-License-Identifier: MIT */
#include "spec.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "contract/points.h"
#include "contract/whole_file.h"
#include "spec_internal.h"

/* The interpreter's own list, so that a new point can be named here at once. */
static const struct {
    const char *name;
    unsigned flags;
} points[] = {
#define POINT(id, name, flags, text) {name, flags},
    SLP_POINTS(POINT)
#undef POINT
};

/* ---- names ---- */

const char *sw_spec_point_name(int point)
{
    assert(point >= 0 && point < SLP_POINT_COUNT);
    return points[point].name;
}

unsigned sw_spec_point_flags(int point)
{
    assert(point >= 0 && point < SLP_POINT_COUNT);
    return points[point].flags;
}

/* ---- memory ---- */

/* All memory of a spec is in one list and freed with it: whoever fails in the middle leaves nothing
 * behind.  max_align_t, so that any struct may stand there. */
struct sw_spec_chunk {
    struct sw_spec_chunk *next;
    max_align_t data[];
};

void *sw_spec_alloc(struct sw_spec_owner *owner, size_t size)
{
    struct sw_spec_chunk *chunk = calloc(1, sizeof *chunk + size);

    if (chunk == NULL)
        return NULL;
    chunk->next = owner->chunks;
    owner->chunks = chunk;
    return chunk->data;
}

void sw_spec_free(struct sw_spec *spec)
{
    struct sw_spec_owner *owner = (struct sw_spec_owner *)spec;

    if (owner == NULL)
        return;
    while (owner->chunks != NULL) {
        struct sw_spec_chunk *chunk = owner->chunks;

        owner->chunks = chunk->next;
        free(chunk);
    }
    free(owner);
}

/* ---- parsing and loading ---- */

static int fill(struct sw_spec_owner *owner, struct sw_spec_parser *parser, const char *path,
                const char *bytes, size_t size)
{
    const struct sw_spec_token name = {SW_TOKEN_WORD, path, strlen(path)};
    struct sw_spec *spec = &owner->spec;

    parser->owner = owner;
    parser->spec = spec;
    if (sw_spec_lex_validate(&parser->lexer) < 0)
        return -1;
    spec->hash = XXH3_64bits(bytes, size);
    /* A copy, since the spec lives longer than the caller's path. */
    spec->path = sw_spec_clause_copy(parser, &name);
    if (spec->path == NULL)
        return -1;
    return sw_spec_parse_text(parser);
}

static int parse_into(struct sw_spec_owner *owner, const char *path, const char *bytes,
                      unsigned long size, struct sw_error *e)
{
    /* 90 KB of tables that begin as 0. */
    struct sw_spec_parser *parser = calloc(1, sizeof *parser);

    if (owner == NULL || parser == NULL) {
        free(parser);
        return sw_error_set(e, path, 0, 0, "out of memory");
    }
    sw_spec_lex_init(&parser->lexer, path, bytes, size, e);
    int result = fill(owner, parser, path, bytes, size);
    free(parser);
    return result;
}

int sw_spec_parse(const char *path, const char *bytes, unsigned long size, struct sw_spec **out,
                  struct sw_error *e)
{
    assert(path != NULL);
    *out = NULL;
    if (size > SW_SPEC_BYTES_MAX)
        return sw_error_set(e, path, 0, 0, "the spec is larger than %u bytes", SW_SPEC_BYTES_MAX);
    if (size == 0)
        bytes = ""; /* a caller with nothing may have no pointer to it */
    struct sw_spec_owner *owner = calloc(1, sizeof *owner);
    int result = parse_into(owner, path, bytes, size, e);
    if (result == 0)
        *out = &owner->spec;
    else
        sw_spec_free((struct sw_spec *)owner);
    return result;
}

/* Of whatever the path is, a FIFO, too: one byte more than are allowed shows that it is too
 * large. */
static int load(int fd, const char *path, struct sw_spec **out, struct sw_error *e)
{
    const size_t room = SW_SPEC_BYTES_MAX + 1;
    char *bytes = malloc(room);

    if (bytes == NULL)
        return sw_error_set(e, path, 0, 0, "out of memory");
    ssize_t size = sw_whole_file_next(fd, bytes, room, path, e);
    int result = size < 0 ? sw_error_set(e, path, 0, 0, "cannot read the spec: %s", strerror(errno))
                          : sw_spec_parse(path, bytes, (size_t)size, out, e);
    free(bytes);
    return result;
}

int sw_spec_load(const char *path, struct sw_spec **out, struct sw_error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *out = NULL;
    if (fd < 0)
        return sw_error_set(e, path, 0, 0, "cannot open the spec: %s", strerror(errno));
    int result = load(fd, path, out, e);
    close(fd);
    return result;
}
