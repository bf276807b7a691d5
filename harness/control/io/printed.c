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
static size_t matched[2]; /* of it, at the end of what was written so far */

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

/* The bytes that may still become the folder are held back, and come when they do not. */
static void add_byte(struct sw_printed *to, size_t *held, const char *byte)
{
    while (*held > 0 && folder.text[*held] != *byte) {
        size_t keep = folder.shorter[*held];
        add(to, folder.text, *held - keep);
        *held = keep;
    }
    if (folder.text[*held] != *byte)
        add(to, byte, 1);
    else if (++*held == folder.length)
        *held = 0;
}

/* Up to where the folder may begin nothing is held back.  Returns how many bytes. */
static size_t add_until_folder(struct sw_printed *to, const char *bytes, size_t size)
{
    const char *first = folder.length > 0 ? memchr(bytes, *folder.text, size) : NULL;

    size = first != NULL ? (size_t)(first - bytes) : size;
    add(to, bytes, size);
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
    size_t *held = &matched[fd == STDERR_FILENO];
    for (size_t i = 0; i < (size_t)n;) {
        if (*held == 0)
            i += add_until_folder(to, bytes + i, (size_t)n - i);
        if (i < (size_t)n)
            add_byte(to, held, bytes + i++);
    }
    return n;
}
