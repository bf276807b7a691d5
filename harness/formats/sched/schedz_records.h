/* SPDX-License-Identifier: MIT
 *
 * schedz_records.h - a file of records that grows at its end: what schedz.h is made of.
 *
 * A record:
 *      type        a letter.  In lower case it says that the payload is one zstd frame,
 *                  in upper case that it is stored as it is: whichever is smaller
 *      count       a number (bytes.h): how many schedules are in it, 0 for other types
 *      length      a number: how many bytes the payload has
 *      4 bytes     the lowest of the XXH3 of these three, the lowest first
 *      payload
 *      8 bytes     the XXH3 of the payload, the lowest first
 *
 * The first check tells a record that is cut off from one that is damaged: without
 * it, a flipped bit in a length would hide what follows.
 *
 * What can fail returns -1 and fills the error that was given to sw_schedz_records_open().
 */
#ifndef SW_SCHEDZ_RECORDS_H
#define SW_SCHEDZ_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "contract/bytes.h"
#include "contract/error.h"

enum { SW_SCHEDZ_RECORDS_PAYLOAD_MAX = 64 << 20 }; /* inflated or not */
#define SW_SCHEDZ_RECORDS_BYTES_MAX (256u << 20)   /* of a file */

/* The whole file in memory, as it was when it was opened. */
struct sw_schedz_records {
    const char *path;   /* borrowed */
    struct sw_error *e; /* borrowed */
    int fd;
    uint8_t *bytes;
    size_t size;
};

struct sw_schedz_records_record {
    size_t offset;
    char type; /* in upper case */
    int packed;
    uint64_t count;         /* 1 if that is cut off */
    const uint8_t *payload; /* in the archive's bytes, as it stands there */
    size_t length;
    size_t end; /* offset of what follows; 0 if the record is cut off */
};

/* flags are open()'s; whoever opens for writing waits until it is alone.  Then
 * sw_schedz_records_close() is due, whatever this returns. */
int sw_schedz_records_open(struct sw_schedz_records *a, const char *path, int flags,
                           struct sw_error *e);
void sw_schedz_records_close(struct sw_schedz_records *a);

/* "byte OFFSET: ...", or without a place.  Both return -1. */
int sw_schedz_records_fail_at(const struct sw_schedz_records *a, size_t offset, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));
int sw_schedz_records_fail(const struct sw_schedz_records *a, const char *why);

/* Reads the beginning of the record at that offset.  1, or 0: it is cut off. */
int sw_schedz_records_read(const struct sw_schedz_records *a, size_t offset,
                           struct sw_schedz_records_record *record);
/* Is the payload what was written? */
int sw_schedz_records_verify(const struct sw_schedz_records *a,
                             const struct sw_schedz_records_record *record);
/* The payload, verified and inflated, and a 0 behind it; the caller frees it. */
int sw_schedz_records_inflate(const struct sw_schedz_records *a,
                              const struct sw_schedz_records_record *record, char **out,
                              size_t *size);

/* Appends a record to out.  -1 if there is no memory or the payload is too large; no
 * message. */
int sw_schedz_records_add(struct sw_bytes *out, char type, uint64_t count,
                   const struct sw_bytes *payload);
/* Writes out behind the first sound bytes of the file, which are all that stays of it.
 * When that fails, only these are there. */
int sw_schedz_records_write(const struct sw_schedz_records *a, size_t sound,
                            const struct sw_bytes *out);

#endif
