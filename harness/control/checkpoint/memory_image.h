/* SPDX-License-Identifier: MIT
 *
 * memory_image.h - the content of the process's memory, kept aside and put back.
 *
 * What is kept: each page that the process can write, has to itself and has touched.  What it has
 * not touched has no content yet: it is found out afterwards by the kernel's list of pages that are
 * there, put back to 0, and compared from then on.
 *
 * To put it back each page that has ever been written since is compared with its copy, as the kernel
 * lists them (written_pages.h); where it cannot, every page is.  That reads 8 MiB twice, in a quarter
 * to half a millisecond.  (A fork() leaves the comparing to the MMU: a fault and a copy for each page
 * that is written, in each schedule anew.  A fault takes from half a microsecond to 17, and a
 * process's exit as long as its start: 2 to 20 ms for a schedule that takes 0.3.)
 *
 * What is shared with other processes is left alone.
 */
#ifndef SW_MEMORY_IMAGE_H
#define SW_MEMORY_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "memory_map.h"
#include "written_pages.h"

enum { SW_PAGE = 4096 };

/* The pages of one range. */
struct sw_memory_pages {
    uintptr_t start;
    uint32_t count;
    const uint8_t **copies; /* one a page; NULL: it has not been touched */
    uint32_t first, last; /* no page before the first and none from last on has a copy */
};

struct sw_memory_image {
    struct sw_memory_map map;
    uint32_t range_count;
    struct sw_memory_pages ranges[SW_MEMORY_MAP_MAX]; /* ascending */
    int maps; /* /proc/self/maps */
    struct sw_written_pages written;
    char *known; /* of a map that was as it is to be; the next one is likely to be the same */
    size_t known_size;
    void *seen; /* room for a part of one of the kernel's lists */
    uint8_t *room, *room_end; /* for copies and lists; lent, never part of the image */
    uint64_t page_count; /* copies */
    uint64_t put_back; /* pages, the last time */
};

/* Opens what the kernel tells of memory: maps and written have descriptors, which the caller keeps
 * open, and may move.  0; -1: /proc cannot be read. */
int sw_memory_image_open(struct sw_memory_image *image);
/* Keeps all as it is now.  text: room for /proc/self/maps.  What begins at one of `count` addresses
 * is ours, and no part of it.  0; -1: there is not enough room, or /proc cannot be read. */
int sw_memory_image_take(struct sw_memory_image *image, const uintptr_t *ours, int count,
                         char *text, size_t text_size);
/* Puts all back.  is: room for the map as it is.  The calling thread runs on a stack that is no
 * part of it, and no other thread runs.  0; -1: what is there now cannot be made as it was. */
int sw_memory_image_restore(struct sw_memory_image *image, struct sw_memory_map *is, char *text,
                            size_t text_size);
/* Something that is shared with others for writing is mapped, beside what begins at one of these
 * addresses.  Returns its address, or 0. */
uintptr_t sw_memory_image_shared(const struct sw_memory_image *image, const uintptr_t *ours,
                                 int count);

#endif
