/* SPDX-License-Identifier: MIT
 *
 * memory_map.h - what is mapped where in this process, and how to make it so again.
 *
 *      as it was   |  text  |data|heap....|        |arena|
 *      as it is    |  text  |data|heap........|    |arena|stack|
 *                                         ^^^^            ^^^^^  unmapped
 *
 * Ranges are compared and not entries: the kernel joins neighbours that are alike.  Only what has
 * no file behind it can be mapped again, and its content is whoever's that has it
 * (memory_image.h).
 *
 * Nothing here calls the C library's allocator or touches what the program can see; the text of
 * /proc/self/maps and the list go to memory that is lent.
 */
#ifndef SW_MEMORY_MAP_H
#define SW_MEMORY_MAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SW_MEMORY_MAP_MAX = 8192 }; /* ranges; numpy, scipy and pandas together make some 900 */

struct sw_memory_range {
    uintptr_t start, end;
    uint64_t file; /* 0: none is behind it; else of which file, and where in it */
    uint8_t protection; /* PROT_*, or'ed */
    uint8_t is_shared;
    uint8_t is_kernels; /* the vdso and its like: neither read nor changed */
};

struct sw_memory_map {
    uint32_t count;
    struct sw_memory_range ranges[SW_MEMORY_MAP_MAX]; /* ascending */
};

/* Reads /proc/self/maps, which fd is, to its end.  Its length, ended by a 0; -1: it cannot be read,
 * or is longer than size. */
ssize_t sw_memory_map_text(int fd, char *text, size_t size);
/* Writes down what that text says.  0; -1: there are too many ranges. */
int sw_memory_map_parse(struct sw_memory_map *map, const char *text);
/* Makes it as `was`, where `is` has been read just now.  0: it was so; 1: it has been made so; -1:
 * something is gone that was a file's, or the kernel refuses. */
int sw_memory_map_restore(const struct sw_memory_map *was, const struct sw_memory_map *is);

#endif
