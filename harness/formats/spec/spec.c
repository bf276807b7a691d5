/* SPDX-License-Identifier: MIT */
#include "spec.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "contract/faults.h"
#include "contract/points.h"
#include "spec_internal.h"

_Static_assert(SLP_FAULT_COUNT <= 64, "struct sw_fault_set has 64 bits");

static const char *const fault_names[] = {
#define FAULT_NAME(id, name, source, text) name,
    SLP_FAULTS(FAULT_NAME)
#undef FAULT_NAME
};

#define FAULT_NAME_SIZE(id, name, source, text) +sizeof name
_Static_assert(0 SLP_FAULTS(FAULT_NAME_SIZE) <= SW_FAULTS_TEXT_MAX, "all at once can be named");
#undef FAULT_NAME_SIZE

static const struct {
    const char *name;
    unsigned flags;
} points[] = {
#define POINT(id, name, flags, text) {name, flags},
    SLP_POINTS(POINT)
#undef POINT
};

/* ---- names ---- */

const char *sw_spec_fault_name(int fault)
{
    assert(fault >= 0 && fault < SLP_FAULT_COUNT);
    return fault_names[fault];
}

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

/* ---- sets of faults ---- */

static int find_fault(const char *name, size_t length)
{
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        if (strlen(fault_names[i]) == length && memcmp(fault_names[i], name, length) == 0)
            return i;
    }
    return -1;
}

static void describe_unknown_fault(const char *name, size_t length, char *message)
{
    char word[SW_SPEC_NAME_MAX];
    const char *nearest = NULL;

    if (length < sizeof word) {
        memcpy(word, name, length);
        word[length] = '\0';
        nearest = sw_error_nearest(word, fault_names, SLP_FAULT_COUNT);
    }
    if (nearest != NULL)
        snprintf(message, SW_SPEC_TEXT_MAX, "unknown fault %s; did you mean '%s'?",
                 SW_QUOTE(name, length), nearest);
    else
        snprintf(message, SW_SPEC_TEXT_MAX, "unknown fault %s", SW_QUOTE(name, length));
}

int sw_spec_fault_set_read(const char *text, size_t length, struct sw_fault_set *out,
                           const char **bad, char *message)
{
    const char *end = text + length;
    uint64_t mask = 0;

    for (const char *at = text;; at++) {
        const char *plus = memchr(at, '+', (size_t)(end - at));
        size_t size = (size_t)((plus != NULL ? plus : end) - at);
        int fault = find_fault(at, size);

        *bad = at;
        if (size == 0) {
            snprintf(message, SW_SPEC_TEXT_MAX, "expected the name of a fault%s",
                     length > 0 ? " on both sides of '+'" : "");
            return -1;
        }
        if (fault < 0) {
            describe_unknown_fault(at, size, message);
            return -1;
        }
        if (mask & (UINT64_C(1) << fault)) {
            snprintf(message, SW_SPEC_TEXT_MAX, "fault %s twice in one set", SW_QUOTE(at, size));
            return -1;
        }
        mask |= UINT64_C(1) << fault;
        at += size;
        if (at == end)
            break;
    }
    out->mask = mask;
    return 0;
}

int sw_fault_set_parse(const char *text, struct sw_fault_set *out, struct sw_error *e)
{
    char message[SW_SPEC_TEXT_MAX];
    const char *bad;

    if (sw_spec_fault_set_read(text, strlen(text), out, &bad, message) < 0)
        return sw_error_set(e, NULL, 0, 0, "%s", message);
    return 0;
}

char *sw_fault_set_format(struct sw_fault_set set, char separator, char *buf, unsigned long size)
{
    size_t used = 0;

    assert(size > 0);
    buf[0] = '\0';
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        size_t length = strlen(fault_names[i]);

        if (!(set.mask & (UINT64_C(1) << i)))
            continue;
        if (used + (used > 0) + length + 1 > size)
            break; /* half a name would be another fault, or none */
        if (used > 0)
            buf[used++] = separator;
        memcpy(buf + used, fault_names[i], length + 1);
        used += length;
    }
    return buf;
}

/* ---- memory ---- */

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
    spec->path = sw_spec_parse_copy(parser, &name);
    if (spec->path == NULL)
        return -1;
    return sw_spec_parse_text(parser);
}

int sw_spec_parse(const char *path, const char *bytes, unsigned long size, struct sw_spec **out,
                  struct sw_error *e)
{
    struct sw_spec_owner *owner;
    struct sw_spec_parser *parser;
    int result;

    assert(path != NULL);
    *out = NULL;
    if (size > SW_SPEC_BYTES_MAX)
        return sw_error_set(e, path, 0, 0, "the spec is larger than %u bytes", SW_SPEC_BYTES_MAX);
    if (size == 0)
        bytes = ""; /* a caller with nothing may have no pointer to it */
    owner = calloc(1, sizeof *owner);
    parser = calloc(1, sizeof *parser);
    if (owner == NULL || parser == NULL) {
        result = sw_error_set(e, path, 0, 0, "out of memory");
    } else {
        sw_spec_lex_init(&parser->lexer, path, bytes, size, e);
        result = fill(owner, parser, path, bytes, size);
    }
    free(parser);
    if (result == 0)
        *out = &owner->spec;
    else
        sw_spec_free((struct sw_spec *)owner);
    return result;
}

int sw_spec_load(const char *path, struct sw_spec **out, struct sw_error *e)
{
    const size_t room = SW_SPEC_BYTES_MAX + 1; /* one byte more shows that it is too large */
    FILE *file = fopen(path, "rbe");
    char *bytes;
    size_t size;
    int result;

    *out = NULL;
    if (file == NULL)
        return sw_error_set(e, path, 0, 0, "cannot open the spec: %s", strerror(errno));
    bytes = malloc(room);
    if (bytes == NULL) {
        fclose(file);
        return sw_error_set(e, path, 0, 0, "out of memory");
    }
    errno = 0;
    size = fread(bytes, 1, room, file);
    if (ferror(file))
        result = sw_error_set(e, path, 0, 0, "cannot read the spec: %s", strerror(errno));
    else
        result = sw_spec_parse(path, bytes, size, out, e);
    fclose(file);
    free(bytes);
    return result;
}
