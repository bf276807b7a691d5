/* SPDX-License-Identifier: MIT */
#include "schedz_records.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "contract/whole_file.h"

/* LEVEL: the highest below those that zstd calls ultra, whose windows cost memory whenever somebody
 * reads.  A record is packed once, and kept for as long as the campaign. */
enum { LEVEL = 19, HEAD_CHECK = 4, CHECK = 8 };

int sw_schedz_records_fail_at(const struct sw_schedz_records *a, size_t offset, const char *format,
                              ...)
{
    char text[sizeof a->e->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return sw_error_set(a->e, a->path, 0, 0, "byte %zu: %s", offset, text);
}

int sw_schedz_records_fail(const struct sw_schedz_records *a, const char *why)
{
    return sw_error_set(a->e, a->path, 0, 0, "%s", why);
}

static uint64_t read_check(const uint8_t *at, int size)
{
    uint64_t check = 0;

    for (int i = 0; i < size; i++)
        check |= (uint64_t)at[i] << 8 * i;
    return check;
}

static void add_check(struct sw_bytes *out, uint64_t check, int size)
{
    for (int i = 0; i < size; i++)
        sw_bytes_add(out, &(uint8_t){(uint8_t)(check >> 8 * i)}, 1);
}

/* ---- files ---- */

int sw_schedz_records_open(struct sw_schedz_records *a, const char *path, int flags,
                           struct sw_error *e)
{
    *a = (struct sw_schedz_records){.path = path, .e = e};
    /* Nonblocking so that a FIFO is refused rather than waited for. */
    a->fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0666);
    if (a->fd < 0)
        return sw_schedz_records_fail(a, strerror(errno));
    while ((flags & O_ACCMODE) != O_RDONLY && flock(a->fd, LOCK_EX) < 0)
        if (errno != EINTR)
            return sw_schedz_records_fail(a, strerror(errno));
    /* By a writer under its lock: what is there now is what it will add to. */
    a->bytes =
        (uint8_t *)sw_whole_file_read_from(a->fd, path, SW_SCHEDZ_RECORDS_BYTES_MAX, &a->size, e);
    return a->bytes != NULL ? 0 : -1;
}

void sw_schedz_records_close(struct sw_schedz_records *a)
{
    if (a->fd >= 0)
        close(a->fd);
    free(a->bytes);
}

/* ---- records ---- */

/* Of a beginning that its check vouches for: what is wrong here was written so, by a later version
 * or by somebody else. */
static int check_beginning(const struct sw_schedz_records *a,
                           const struct sw_schedz_records_record *record)
{
    if (memchr("HNS", record->type, 3) == NULL)
        return sw_schedz_records_fail_at(a, record->offset,
                                         "a record of a type that this spillway does not know");
    if ((record->count > 0) != (record->type == 'S'))
        return sw_schedz_records_fail_at(a, record->offset, "a record of %llu schedules",
                                         (unsigned long long)record->count);
    if (record->length > SW_SCHEDZ_RECORDS_PAYLOAD_MAX)
        return sw_schedz_records_fail_at(a, record->offset,
                                         "a record of %zu bytes; more than %d are refused",
                                         record->length, SW_SCHEDZ_RECORDS_PAYLOAD_MAX);
    return 0;
}

/* The walk begins at the record.  1: the record has its type, count, length and payload; 0: the
 * beginning is cut off; -1. */
static int read_beginning(const struct sw_schedz_records *a, struct sw_bytes_walk *walk,
                          struct sw_schedz_records_record *record)
{
    const uint8_t *start = walk->at, *type = sw_bytes_take(walk, 1);
    uint64_t count = sw_bytes_number(walk, UINT32_MAX);
    uint64_t length = sw_bytes_number(walk, UINT32_MAX);
    size_t head = (size_t)(walk->at - start);
    const uint8_t *check = sw_bytes_take(walk, HEAD_CHECK);

    if (check == NULL && walk->ended)
        return 0;
    if (check == NULL || read_check(check, HEAD_CHECK) != (XXH3_64bits(start, head) & UINT32_MAX))
        return sw_schedz_records_fail_at(a, record->offset, "the beginning of a record is damaged");
    record->type = (char)(*type & ~0x20); /* the bit that makes a letter a small one */
    record->packed = (*type & 0x20) != 0;
    record->count = count;
    record->length = length;
    record->payload = walk->at;
    return check_beginning(a, record) < 0 ? -1 : 1;
}

/* A record ends too early in two ways: in its beginning, or behind it.  Of the first nobody vouches
 * for the count: one schedule at least is lost.  Of the second it is known.  Anything else that is
 * wrong is damage, and stops the reader: it cannot know where the next record begins. */
int sw_schedz_records_read(const struct sw_schedz_records *a, size_t offset,
                           struct sw_schedz_records_record *record)
{
    struct sw_bytes_walk walk = {.at = a->bytes + offset, .end = a->bytes + a->size};

    *record = (struct sw_schedz_records_record){.offset = offset, .count = 1};
    int begun = read_beginning(a, &walk, record);
    if (begun <= 0)
        return begun;
    if (sw_bytes_take(&walk, record->length) == NULL || sw_bytes_take(&walk, CHECK) == NULL)
        return 0;
    record->end = (size_t)(walk.at - a->bytes);
    return 1;
}

int sw_schedz_records_verify(const struct sw_schedz_records *a,
                             const struct sw_schedz_records_record *record)
{
    if (read_check(record->payload + record->length, CHECK) !=
        XXH3_64bits(record->payload, record->length))
        return sw_schedz_records_fail_at(a, record->offset, "the record is damaged");
    return 0;
}

/* How large the payload is once it is inflated: known, and refused, before memory is asked for. */
static int measure(const struct sw_schedz_records *a, const struct sw_schedz_records_record *record,
                   size_t *size)
{
    unsigned long long inflated = record->length;

    if (record->packed)
        inflated = ZSTD_getFrameContentSize(record->payload, record->length);
    if (inflated == ZSTD_CONTENTSIZE_UNKNOWN || inflated == ZSTD_CONTENTSIZE_ERROR)
        return sw_schedz_records_fail_at(a, record->offset, "no zstd frame that tells its size");
    if (inflated > SW_SCHEDZ_RECORDS_PAYLOAD_MAX)
        return sw_schedz_records_fail_at(
            a, record->offset, "a record inflates to %llu bytes; more than %d are refused",
            inflated, SW_SCHEDZ_RECORDS_PAYLOAD_MAX);
    *size = (size_t)inflated;
    return 0;
}

int sw_schedz_records_inflate(const struct sw_schedz_records *a,
                              const struct sw_schedz_records_record *record, char **out,
                              size_t *size)
{
    *out = NULL;
    if (sw_schedz_records_verify(a, record) < 0 || measure(a, record, size) < 0)
        return -1;
    *out = malloc(*size + 1);
    if (*out == NULL)
        return sw_schedz_records_fail(a, "out of memory");
    (*out)[*size] = '\0';
    if (!record->packed)
        memcpy(*out, record->payload, *size);
    else if (ZSTD_decompress(*out, *size, record->payload, record->length) != *size) {
        free(*out);
        *out = NULL;
        return sw_schedz_records_fail_at(a, record->offset, "the record cannot be inflated");
    }
    return 0;
}

/* As it stands in the file.  The check of the beginning is taken over what was just added, wherever
 * in out that is. */
static void add_record(struct sw_bytes *out, char type, uint64_t count, const uint8_t *bytes,
                       size_t length)
{
    size_t start = out->used;

    sw_bytes_add(out, &type, 1);
    sw_bytes_add_number(out, count);
    sw_bytes_add_number(out, length);
    if (!out->failed)
        add_check(out, XXH3_64bits(out->start + start, out->used - start), HEAD_CHECK);
    sw_bytes_add(out, bytes, length);
    add_check(out, XXH3_64bits(bytes, length), CHECK);
}

/* Packed only if that is smaller: of a few bytes it is not. */
int sw_schedz_records_add(struct sw_bytes *out, char type, uint64_t count,
                          const struct sw_bytes *payload)
{
    size_t length = payload->used;
    const uint8_t *bytes = payload->start;

    if (payload->failed || length > SW_SCHEDZ_RECORDS_PAYLOAD_MAX)
        return -1;
    size_t room = ZSTD_compressBound(length);
    uint8_t *packed = malloc(room);
    if (packed == NULL)
        return -1;
    size_t size = ZSTD_compress(packed, room, bytes, length, LEVEL);
    if (!ZSTD_isError(size) && size < length) {
        bytes = packed;
        length = size;
        type = (char)(type | 0x20);
    }
    add_record(out, type, count, bytes, length);
    free(packed);
    return out->failed ? -1 : 0;
}
/* What a process that died has left goes first: behind it nobody would find what follows.  Written
 * at an offset of our own, since the descriptor's is where the reader has left it. */
int sw_schedz_records_write(const struct sw_schedz_records *a, size_t sound,
                            const struct sw_bytes *out)
{
    size_t done = 0;

    if (a->size > sound && ftruncate(a->fd, (off_t)sound) < 0)
        return sw_schedz_records_fail(a, strerror(errno));
    while (done < out->used) {
        ssize_t count = pwrite(a->fd, out->start + done, out->used - done, (off_t)(sound + done));
        if (count > 0) {
            done += (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            sw_schedz_records_fail(a, count == 0 ? "nothing could be written" : strerror(errno));
            /* If this fails too, the next who adds does it. */
            (void)!ftruncate(a->fd, (off_t)sound);
            return -1;
        }
    }
    return 0;
}
