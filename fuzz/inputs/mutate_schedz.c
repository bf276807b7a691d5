/* SPDX-License-Identifier: MIT */
#include "mutate_schedz.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "harness/formats/sched/schedz_records.h"
#include "contract/decision.h"

enum {
    /* More than the seeds of inputs/corpus have; what is behind them stays as it is. */
    RECORDS_MAX = 16,
    PAYLOAD_MAX = 1 << 14, /* inflated, and for the stack; larger ones stay as they are */
};

/* An archive in pieces. */
struct pieces {
    struct sw_schedz_records archive; /* borrows the bytes */
    struct sw_error e;
    size_t magic; /* bytes before the first record */
    int count;
    struct sw_schedz_records_record records[RECORDS_MAX];
    size_t end; /* of the last of them; what follows is no record, or one too many */
};

/* With the archive's own reader: up to where that stops, the records are sound. */
static void take_apart(struct pieces *p, uint8_t *bytes, size_t size)
{
    const uint8_t *newline = memchr(bytes, '\n', size);

    *p = (struct pieces){.archive = {.path = "", .fd = -1, .bytes = bytes, .size = size}};
    p->archive.e = &p->e;
    p->magic = p->end = newline != NULL ? (size_t)(newline - bytes) + 1 : size;
    while (p->count < RECORDS_MAX && p->end < size &&
           sw_schedz_records_read(&p->archive, p->end, &p->records[p->count]) > 0)
        p->end = p->records[p->count++].end;
}

/* ---- one record ---- */

static void add_check(struct sw_bytes *out, const uint8_t *start, size_t size, int bytes)
{
    uint64_t check = XXH3_64bits(start, size);

    for (int i = 0; i < bytes; i++)
        sw_bytes_add(out, &(uint8_t){(uint8_t)(check >> 8 * i)}, 1);
}

/* As sw_schedz_records_add(), which never writes what cannot be: here the type may say that the
 * payload is packed though it is not. */
static void add_record(struct sw_bytes *out, char type, uint64_t count, const uint8_t *payload,
                       size_t size)
{
    struct sw_bytes head = {0};

    sw_bytes_add(&head, &type, 1);
    sw_bytes_add_number(&head, count);
    sw_bytes_add_number(&head, size);
    sw_bytes_add(out, head.start, head.used);
    add_check(out, head.start, head.used, 4);
    sw_bytes_add(out, payload, size);
    add_check(out, payload, size, 8);
    sw_bytes_free(&head);
}

/* The payload inflated, to be freed; NULL if it is too large to be worth it, or broken. */
static char *inflate(const struct pieces *p, const struct sw_schedz_records_record *record,
                     size_t *size)
{
    char *payload;

    if (record->length > PAYLOAD_MAX ||
        (record->packed &&
         ZSTD_getFrameContentSize(record->payload, record->length) > PAYLOAD_MAX) ||
        sw_schedz_records_inflate(&p->archive, record, &payload, size) < 0)
        return NULL;
    return payload;
}

/* One of the schedules in it, the first, second or third, with its length made right; all bytes if
 * there is none. */
static void change_schedule(struct sw_bytes *out, const uint8_t *bytes, size_t size,
                            uint64_t *random, sw_input_mutate_bytes *mutate)
{
    struct sw_bytes_walk walk = {.at = bytes, .end = bytes + size};
    uint8_t changed[PAYLOAD_MAX];
    uint64_t before = sw_decision_random(random) % 3;

    for (; before > 0 && sw_bytes_left(&walk) > 0; before--)
        sw_bytes_take(&walk, (size_t)sw_bytes_number(&walk, PAYLOAD_MAX));
    const uint8_t *start = walk.at;
    size_t length = (size_t)sw_bytes_number(&walk, PAYLOAD_MAX);
    const uint8_t *schedule = sw_bytes_take(&walk, length);
    if (schedule == NULL)
        start = schedule = bytes, length = size, walk.at = bytes + size;
    memcpy(changed, schedule, length);
    size_t changed_size = mutate(changed, length, sizeof changed);
    sw_bytes_add(out, bytes, (size_t)(start - bytes));
    if (start != schedule)
        sw_bytes_add_number(out, changed_size);
    sw_bytes_add(out, changed, changed_size);
    sw_bytes_add(out, walk.at, (size_t)(bytes + size - walk.at));
}

static void change_payload(struct sw_bytes *out, const struct pieces *p,
                           const struct sw_schedz_records_record *record, uint64_t *random,
                           sw_input_mutate_bytes *mutate)
{
    struct sw_bytes payload = {0};
    uint8_t all[PAYLOAD_MAX];
    size_t size;
    char *inflated = inflate(p, record, &size);

    if (inflated == NULL) {
        sw_bytes_add(out, p->archive.bytes + record->offset, record->end - record->offset);
        return;
    }
    /* Mostly one schedule alone: with a wrong length all that follow are refused. */
    if (record->type == 'S' && sw_decision_random(random) % 4 != 0) {
        change_schedule(&payload, (uint8_t *)inflated, size, random, mutate);
    } else {
        memcpy(all, inflated, size);
        sw_bytes_add(&payload, all, mutate(all, size, sizeof all));
    }
    if (sw_decision_random(random) % 4 == 0)
        sw_schedz_records_add(out, record->type, record->count, &payload);
    else /* not packed: the next mutation sees its bytes, and not what zstd made of them */
        add_record(out, record->type, record->count, payload.start, payload.used);
    sw_bytes_free(&payload);
    free(inflated);
}

/* Another type, another count, or a payload that is not as the type says. */
static void change_head(struct sw_bytes *out, const struct sw_schedz_records_record *record,
                        uint64_t *random)
{
    static const char types[] = "HNShns";
    static const uint64_t counts[] = {0, 1, 2, 3, 255, UINT32_MAX};
    uint64_t which = sw_decision_random(random);
    char type = (char)(record->type | (record->packed ? 0x20 : 0));
    uint64_t count = record->count;

    if (which % 2 == 0)
        type = types[which / 2 % 6];
    else
        count = counts[which / 2 % 6];
    add_record(out, type, count, record->payload, record->length);
}

/* ---- all of them ---- */

static void add_as_it_is(struct sw_bytes *out, const struct pieces *p,
                         const struct sw_schedz_records_record *record)
{
    sw_bytes_add(out, p->archive.bytes + record->offset, record->end - record->offset);
}

/* All records but one as they were, so that it is that one which is refused or accepted. */
static void put_together(struct sw_bytes *out, const struct pieces *p, uint64_t *random,
                         sw_input_mutate_bytes *mutate)
{
    int chosen = (int)(sw_decision_random(random) % (unsigned)p->count);
    /* Of 16: 11 change what is in a record, 2 its head, 2 add a record, 1 leaves it out.  Chosen
     * freely; most of the code reads payloads. */
    uint64_t how = sw_decision_random(random) % 16;

    sw_bytes_add(out, p->archive.bytes, p->magic);
    for (int i = 0; i < p->count; i++) {
        const struct sw_schedz_records_record *record = &p->records[i];
        if (i != chosen) {
            add_as_it_is(out, p, record);
        } else if (how < 11) {
            change_payload(out, p, record, random, mutate);
        } else if (how < 13) {
            change_head(out, record, random);
        } else if (how < 15) { /* twice, or another one of them; else it is left out */
            add_as_it_is(out, p, record);
            add_as_it_is(out, p, &p->records[sw_decision_random(random) % (unsigned)p->count]);
        }
    }
    sw_bytes_add(out, p->archive.bytes + p->end, p->archive.size - p->end);
}

size_t sw_mutate_schedz(uint8_t *bytes, size_t size, size_t room, unsigned seed,
                        sw_input_mutate_bytes *mutate)
{
    struct pieces pieces;
    struct sw_bytes out = {0};
    uint64_t random = seed;

    take_apart(&pieces, bytes, size);
    /* Now and then blindly, too: the checks themselves are code. */
    if (pieces.count == 0 || sw_decision_random(&random) % 16 == 0)
        return mutate(bytes, size, room);
    put_together(&out, &pieces, &random, mutate);
    if (!out.failed && out.used > 0 && out.used <= room) {
        memcpy(bytes, out.start, out.used);
        size = out.used;
    }
    sw_bytes_free(&out);
    return size;
}
