/* SPDX-License-Identifier: MIT */
#include "memory_map.h"

#include <string.h>

#include "harness/control/engine/real.h"

/* ---- reading ---- */

static uint64_t read_number(const char **at, unsigned base)
{
    uint64_t number = 0;

    for (;; ++*at) {
        unsigned char c = (unsigned char)**at;
        unsigned digit = c >= '0' && c <= '9'   ? c - (unsigned)'0'
                         : c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10
                                                : 99;
        if (digit >= base)
            return number;
        number = number * base + digit;
    }
}

static void skip_blanks(const char **at)
{
    while (**at == ' ')
        ++*at;
}

/* The kernel's own: [vdso], [vvar], [vsyscall], and what newer kernels add. */
static int is_kernels(const char *name)
{
    return strncmp(name, "[v", 2) == 0 || strncmp(name, "[uprobes", 8) == 0;
}

/* 7f0000000000-7f0000001000 rw-p 00002000 fe:01 1234    /lib/libc.so.6
 * A mapping of a file begins elsewhere in the file at each address: their difference is the
 * same for all parts of it, however it is cut. */
static void read_line(const char *at, struct sw_memory_range *range)
{
    *range = (struct sw_memory_range){.start = read_number(&at, 16)};
    at++;
    range->end = read_number(&at, 16);
    at++;
    range->protection = (uint8_t)((at[0] == 'r' ? PROT_READ : 0) | (at[1] == 'w' ? PROT_WRITE : 0) |
                                  (at[2] == 'x' ? PROT_EXEC : 0));
    range->is_shared = at[3] == 's';
    at += 5;
    uint64_t offset = read_number(&at, 16);
    at++;
    uint64_t major = read_number(&at, 16);
    at++;
    uint64_t minor = read_number(&at, 16);
    at++;
    uint64_t inode = read_number(&at, 10);
    skip_blanks(&at);
    range->is_kernels = (uint8_t)is_kernels(at);
    if (inode != 0)
        range->file = ((major << 52) ^ (minor << 32) ^ (inode << 8) ^ (offset - range->start)) | 1;
}

ssize_t sw_memory_map_text(int fd, char *text, size_t size)
{
    size_t used = 0;
    ssize_t got = 0;

    if (lseek(fd, 0, SEEK_SET) != 0)
        return -1;
    while (used < size - 1 && (got = SW_REAL(read)(fd, text + used, size - 1 - used)) > 0)
        used += (size_t)got;
    text[used] = '\0';
    return got == 0 && used < size - 1 ? (ssize_t)used : -1;
}

/* Neighbours that are alike are one, whichever way the kernel has cut them. */
static int continues(const struct sw_memory_range *a, const struct sw_memory_range *b)
{
    return a->end == b->start && a->file == b->file && a->protection == b->protection &&
           a->is_shared == b->is_shared && a->is_kernels == b->is_kernels;
}

int sw_memory_map_parse(struct sw_memory_map *map, const char *text)
{
    struct sw_memory_range range;

    map->count = 0;
    for (const char *at = text; at != NULL && *at != '\0';) {
        read_line(at, &range);
        struct sw_memory_range *last = map->count > 0 ? &map->ranges[map->count - 1] : NULL;
        if (last != NULL && continues(last, &range))
            last->end = range.end;
        else if (map->count < SW_MEMORY_MAP_MAX)
            map->ranges[map->count++] = range;
        else
            return -1;
        at = strchr(at, '\n');
        at += at != NULL;
    }
    return 0;
}

/* ---- restoring: each returns 0, 1 where something was to be done, or -1 ---- */

static int map_again(const struct sw_memory_range *was, uintptr_t start, uintptr_t end)
{
    if (was->file != 0 || was->is_shared || was->is_kernels)
        return -1;
    return SW_REAL(mmap)((void *)start, end - start, was->protection,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
                         0) == MAP_FAILED
               ? -1
               : 1;
}

static int unmap(const struct sw_memory_range *is, uintptr_t start, uintptr_t end)
{
    if (is->is_kernels)
        return 0;
    return SW_REAL(munmap)((void *)start, end - start) == 0 ? 1 : -1;
}

/* What could not be written then had the content of pages that nobody touched. */
static int protect_again(const struct sw_memory_range *was, const struct sw_memory_range *is,
                         uintptr_t start, uintptr_t end)
{
    if (was->protection == is->protection)
        return 0;
    if ((was->protection & PROT_WRITE) == 0 && was->file == 0 &&
        madvise((void *)start, end - start, MADV_DONTNEED) != 0)
        return -1;
    return mprotect((void *)start, end - start, was->protection) == 0 ? 1 : -1;
}

/* A part in which neither of them begins or ends. */
static int restore_part(const struct sw_memory_range *was, const struct sw_memory_range *is,
                        uintptr_t start, uintptr_t end)
{
    if (was == NULL && is == NULL)
        return 0;
    if (was == NULL)
        return unmap(is, start, end);
    if (is == NULL)
        return map_again(was, start, end);
    if (was->file != is->file || was->is_shared != is->is_shared)
        return map_again(was, start, end); /* in its place */
    return protect_again(was, is, start, end);
}

static uintptr_t lower(uintptr_t a, uintptr_t b)
{
    return a < b ? a : b;
}

int sw_memory_map_restore(const struct sw_memory_map *was, const struct sw_memory_map *is)
{
    const struct sw_memory_range *a = was->ranges, *a_end = a + was->count;
    const struct sw_memory_range *b = is->ranges, *b_end = b + is->count;
    uintptr_t at = 0;
    int changed = 0;

    while (a < a_end || b < b_end) {
        int in_a = a < a_end && a->start <= at, in_b = b < b_end && b->start <= at;
        uintptr_t next = UINTPTR_MAX;
        if (a < a_end)
            next = lower(next, in_a ? a->end : a->start);
        if (b < b_end)
            next = lower(next, in_b ? b->end : b->start);
        int status = restore_part(in_a ? a : NULL, in_b ? b : NULL, at, next);
        if (status < 0)
            return -1;
        changed |= status;
        at = next;
        a += a < a_end && a->end == at;
        b += b < b_end && b->end == at;
    }
    return changed;
}
