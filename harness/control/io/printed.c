/* SPDX-License-Identifier: MIT */
#include "printed.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "contract/fnv.h"
#include "harness/control/engine/engine.h"

/* What is left out, and for each beginning of it the longest shorter one that it ends with: texts
 * come in pieces, and are looked at once (Knuth, Morris and Pratt). */
static struct {
    const char *text;
    uint16_t shorter[SW_PROJECT_MAX + 1];
    size_t length; /* 0: nothing is */
    int is_made;
} folder;

/* "0x" and so many digits are an address, of which these are kept: the region. */
enum { ADDRESS_MIN = 11, ADDRESS_MAX = 16, ADDRESS_KEPT = 4 };

/* The digits behind a "0x" are held back until it is known how many there are. */
struct number {
    char last; /* byte that was written */
    int is_open;
    size_t count; /* of digits */
    char digits[ADDRESS_MAX];
};

/* What stdout's text, and stderr's, has come to. */
static struct stream {
    size_t matched; /* of the folder, at the end of what was written so far */
    struct number number;
} streams[2];

static void make(const struct sw_control_shm *shm)
{
    folder.is_made = 1;
    folder.text = shm->project;
    folder.length = strnlen(shm->project, SW_PROJECT_MAX);
    for (size_t i = 1, at = 0; i < folder.length; i++) {
        while (at > 0 && folder.text[i] != folder.text[at])
            at = folder.shorter[at];
        at += folder.text[i] == folder.text[at];
        folder.shorter[i + 1] = (uint16_t)at;
    }
}

static void add(struct sw_printed *to, const char *bytes, size_t size)
{
    uint64_t hash = to->size > 0 ? to->hash : SW_FNV_64;

#pragma GCC unroll 8 /* the loop costs as much as the hash */
    for (size_t i = 0; i < size; i++)
        hash = sw_fnv_64(hash, (unsigned char)bytes[i]);
    if (size > 0)
        to->hash = hash;
    to->size += size;
}

static int is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Takes more digits of the number that is open.  Returns how many; less than size: it has ended. */
static size_t add_digits(struct sw_printed *to, struct number *number, const char *bytes,
                         size_t size)
{
    size_t taken = 0;

    while (taken < size && is_digit(bytes[taken]) && number->count < ADDRESS_MAX)
        number->digits[number->count++] = bytes[taken++];
    if (taken == size)
        return taken;
    /* One digit more, and it is none. */
    int is_address = number->count >= ADDRESS_MIN && !is_digit(bytes[taken]);
    add(to, number->digits, is_address ? ADDRESS_KEPT : number->count);
    number->is_open = 0;
    return taken;
}

/* All but addresses: they are others where the project lies elsewhere, since its path is longer. */
static void add_text(struct sw_printed *to, struct number *number, const char *bytes, size_t size)
{
    if (to->size == 0)
        *number = (struct number){0};
    while (size > 0) {
        size_t taken;
        if (number->is_open) {
            taken = add_digits(to, number, bytes, size);
        } else {
            const char *x = memchr(bytes, 'x', size);
            taken = x != NULL ? (size_t)(x - bytes) + 1 : size;
            add(to, bytes, taken);
            number->is_open = x != NULL && (x > bytes ? x[-1] : number->last) == '0';
            number->count = 0;
            number->last = bytes[taken - 1];
        }
        bytes += taken;
        size -= taken;
    }
}

/* The bytes that may still become the folder are held back, and come when they do not. */
static void add_byte(struct sw_printed *to, struct stream *stream, const char *byte)
{
    size_t *held = &stream->matched;

    while (*held > 0 && folder.text[*held] != *byte) {
        size_t keep = folder.shorter[*held];
        add_text(to, &stream->number, folder.text, *held - keep);
        *held = keep;
    }
    if (folder.text[*held] != *byte)
        add_text(to, &stream->number, byte, 1);
    else if (++*held == folder.length)
        *held = 0;
}

/* Up to where the folder may begin nothing is held back.  Returns how many bytes. */
static size_t add_until_folder(struct sw_printed *to, struct number *number, const char *bytes,
                               size_t size)
{
    const char *first = folder.length > 0 ? memchr(bytes, *folder.text, size) : NULL;

    size = first != NULL ? (size_t)(first - bytes) : size;
    add_text(to, number, bytes, size);
    return size;
}

ssize_t sw_printed_add(int fd, const char *bytes, ssize_t n)
{
    if ((fd != STDOUT_FILENO && fd != STDERR_FILENO) || n <= 0 || sw_engine_self() == NULL)
        return n;
    struct sw_control_shm *shm = sw_engine_shm();
    struct sw_printed *to = &shm->printed[fd == STDERR_FILENO];
    if (!folder.is_made)
        make(shm);
    struct stream *stream = &streams[fd == STDERR_FILENO];
    for (size_t i = 0; i < (size_t)n;) {
        if (stream->matched == 0)
            i += add_until_folder(to, &stream->number, bytes + i, (size_t)n - i);
        if (i < (size_t)n)
            add_byte(to, stream, bytes + i++);
    }
    return n;
}
