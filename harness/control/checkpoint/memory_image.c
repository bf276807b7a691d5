/* SPDX-License-Identifier: MIT */
#include "memory_image.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "harness/control/engine/real.h"

enum {
    REGIONS = 1024, /* at once: a program that has written 200 pages has some 150 */
    LOOK = 4096, /* pages of the kernel's list at once: 32 KiB, and a stack of 8 MiB has 2048 */
    LIST_BYTES = LOOK * 8,
    /* To compare a page takes 0.06 us, and to ask for the list 1.2: so many untouched pages between
     * touched ones are treated as if they had been touched. */
    SMALL_GAP = 16,
};

/* Between ranges that are listed together.  The list is of every page of the map, and so it must not
 * go over our own room; for each range alone it would be one more system call. */
#define FAR_AWAY ((uintptr_t)1 << 30)

#define PAGE_IS_THERE (3ull << 62) /* in memory, or swapped out */

static const uint8_t zero[SW_PAGE] __attribute__((aligned(SW_PAGE)));

/* ---- room ---- */

static void *take_room(struct sw_memory_image *image, size_t size)
{
    if ((size_t)(image->room_end - image->room) < size)
        return NULL;
    void *got = image->room;
    image->room += (size + 63) & ~(size_t)63;
    return got;
}

/* ---- which pages are there ---- */

/* How many of them, beginning with page `first`, are in image->seen; -1: it cannot be read. */
static int read_list(const struct sw_memory_image *image, uintptr_t first, uint32_t count)
{
    uint64_t *seen = image->seen;

    count = count < LOOK ? count : LOOK;
    ssize_t got = SW_REAL(syscall)(SYS_pread64, image->written.list, seen, count * sizeof *seen,
                                   first / SW_PAGE * sizeof *seen);
    return got == (ssize_t)(count * sizeof *seen) ? (int)count : -1;
}

/* ---- keeping ---- */

static int is_ours(const struct sw_memory_range *range, const uintptr_t *ours, int count)
{
    int found = 0;

    for (int i = 0; i < count; i++)
        found |= range->start == ours[i];
    return found;
}

static int is_kept(const struct sw_memory_range *range)
{
    return (range->protection & PROT_WRITE) != 0 && (range->protection & PROT_READ) != 0 &&
           !range->is_shared && !range->is_kernels;
}

/* A page of a file that nobody has looked at is not there, but has a content. */
static void touch(const struct sw_memory_pages *pages)
{
    for (uint32_t i = 0; i < pages->count; i++)
        (void)*(volatile const uint8_t *)(pages->start + (uintptr_t)i * SW_PAGE);
}

static void set_copy(struct sw_memory_pages *pages, uint32_t i, const uint8_t *copy)
{
    pages->copies[i] = copy;
    pages->first = i < pages->first ? i : pages->first;
    pages->last = i >= pages->last ? i + 1 : pages->last;
}

static int copy_page(struct sw_memory_image *image, struct sw_memory_pages *pages, uint32_t i)
{
    uint8_t *copy = take_room(image, SW_PAGE);

    if (copy == NULL)
        return -1;
    memcpy(copy, (const void *)(pages->start + (uintptr_t)i * SW_PAGE), SW_PAGE);
    set_copy(pages, i, copy);
    image->page_count++;
    return 0;
}

/* Marked before they are copied: what is written between the two is put back. */
static int copy_pages(struct sw_memory_image *image, struct sw_memory_pages *pages, uint32_t from,
                      uint32_t to)
{
    int status = 0;

    if (image->written.marks >= 0 && from < to)
        sw_written_pages_mark(&image->written, pages->start + (uintptr_t)from * SW_PAGE,
                              pages->start + (uintptr_t)to * SW_PAGE);
    while (status == 0 && from < to)
        status = copy_page(image, pages, from++);
    return status;
}

static int copy_those_there(struct sw_memory_image *image, struct sw_memory_pages *pages)
{
    const uint64_t *seen = image->seen;
    uint32_t from = 0; /* those from here to i are there */

    for (uint32_t i = 0; i < pages->count;) {
        int got = read_list(image, pages->start + (uintptr_t)i * SW_PAGE, pages->count - i);
        if (got <= 0)
            return -1;
        for (int k = 0; k < got; k++, i++) {
            if ((seen[k] & PAGE_IS_THERE) != 0)
                continue;
            if (copy_pages(image, pages, from, i) < 0)
                return -1;
            from = i + 1;
        }
    }
    return copy_pages(image, pages, from, pages->count);
}

/* Pages without a content are 0, and so is their copy. */
static void close_small_gaps(struct sw_memory_pages *pages)
{
    uint32_t from = 0;

    for (uint32_t i = 0; i <= pages->count; i++) {
        if (i < pages->count && pages->copies[i] == NULL)
            continue;
        for (uint32_t k = from; k < i && i - from <= SMALL_GAP; k++)
            set_copy(pages, k, zero);
        from = i + 1;
    }
}

static int keep_range(struct sw_memory_image *image, const struct sw_memory_range *range)
{
    struct sw_memory_pages *pages = &image->ranges[image->range_count];
    uint32_t count = (uint32_t)((range->end - range->start) / SW_PAGE);

    *pages = (struct sw_memory_pages){.start = range->start, .count = count, .first = count};
    pages->copies = take_room(image, count * sizeof *pages->copies);
    if (pages->copies == NULL || image->range_count == SW_MEMORY_MAP_MAX - 1)
        return -1;
    memset(pages->copies, 0, count * sizeof *pages->copies);
    image->range_count++;
    if (range->file != 0)
        touch(pages);
    if (image->written.marks >= 0)
        sw_written_pages_watch(&image->written, range->start, range->end);
    if (copy_those_there(image, pages) < 0)
        return -1;
    if (image->written.marks < 0)
        close_small_gaps(pages);
    return 0;
}

int sw_memory_image_open(struct sw_memory_image *image)
{
    image->maps = SW_REAL(open)("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    return image->maps >= 0 ? sw_written_pages_open(&image->written) : -1;
}

int sw_memory_image_take(struct sw_memory_image *image, const uintptr_t *ours, int count,
                         char *text, size_t text_size)
{
    int status = 0;

    image->range_count = 0;
    image->page_count = 0;
    image->seen = take_room(image, LIST_BYTES);
    image->known = take_room(image, text_size);
    if (image->seen == NULL || image->known == NULL ||
        sw_memory_map_text(image->maps, text, text_size) < 0 ||
        sw_memory_map_parse(&image->map, text) < 0)
        return -1;
    image->known[0] = '\0';
    image->known_size = 0;
    for (uint32_t i = 0; status == 0 && i < image->map.count; i++) {
        const struct sw_memory_range *range = &image->map.ranges[i];
        if (is_kept(range) && !is_ours(range, ours, count))
            status = keep_range(image, range);
    }
    return status;
}

/* ---- putting back ---- */

static void put_back(struct sw_memory_image *image, struct sw_memory_pages *pages, uint32_t i)
{
    void *page = (void *)(pages->start + (uintptr_t)i * SW_PAGE);

    if (memcmp(page, pages->copies[i], SW_PAGE) == 0)
        return;
    memcpy(page, pages->copies[i], SW_PAGE);
    image->put_back++;
}

/* A page that was not there then: if it is there now somebody has touched it, and will again. */
static void put_back_untouched(struct sw_memory_image *image, struct sw_memory_pages *pages,
                               uint32_t i)
{
    set_copy(pages, i, zero);
    put_back(image, pages, i);
}

/* ---- those that were written ---- */

/* Of pages that are there each; of pages that are not only what then had a content. */
static void put_back_part(struct sw_memory_image *image, struct sw_memory_pages *pages,
                          uint32_t from, uint32_t to, int is_there)
{
    if (!is_there) {
        from = from > pages->first ? from : pages->first;
        to = to < pages->last ? to : pages->last;
    }
    for (uint32_t i = from; i < to; i++) {
        if (pages->copies[i] != NULL)
            put_back(image, pages, i);
        else if (is_there)
            put_back_untouched(image, pages, i);
    }
}

/* Both are ascending.  Returns the first range that the next region may reach. */
static uint32_t put_back_region(struct sw_memory_image *image, uint32_t range,
                                const struct sw_written_region *region)
{
    for (; range < image->range_count; range++) {
        struct sw_memory_pages *pages = &image->ranges[range];
        uint64_t end = pages->start + (uint64_t)pages->count * SW_PAGE;
        if (region->end <= pages->start)
            break;
        uint64_t from = region->start > pages->start ? region->start : pages->start;
        uint64_t to = region->end < end ? region->end : end;
        if (from < to)
            put_back_part(image, pages, (uint32_t)((from - pages->start) / SW_PAGE),
                          (uint32_t)((to - pages->start) / SW_PAGE),
                          sw_written_pages_are_there(region));
        if (region->end < end)
            break;
    }
    return range;
}

/* From range `first` to where the next one is far away.  Returns that one; 0: the kernel does not
 * tell. */
static uint32_t put_back_neighbours(struct sw_memory_image *image, uint32_t first)
{
    struct sw_written_region *regions = image->seen;
    uintptr_t at = image->ranges[first].start, end = at;
    uint32_t next = first, range = first;

    while (next < image->range_count && image->ranges[next].start - end < FAR_AWAY) {
        end = image->ranges[next].start + (uintptr_t)image->ranges[next].count * SW_PAGE;
        next++;
    }
    while (at < end) {
        int count = sw_written_pages_list(&image->written, &at, end, regions, REGIONS);
        if (count < 0)
            return 0;
        for (int i = 0; i < count; i++)
            range = put_back_region(image, range, &regions[i]);
    }
    return next;
}

static int put_back_written(struct sw_memory_image *image)
{
    for (uint32_t i = 0; i < image->range_count;) {
        i = put_back_neighbours(image, i);
        if (i == 0)
            return -1;
    }
    return 0;
}

/* ---- where nobody knows which were written ---- */

static int put_back_gap(struct sw_memory_image *image, struct sw_memory_pages *pages, uint32_t from,
                        uint32_t to)
{
    const uint64_t *seen = image->seen;

    for (uint32_t i = from; i < to;) {
        int got = read_list(image, pages->start + (uintptr_t)i * SW_PAGE, to - i);
        if (got <= 0)
            return -1;
        for (int k = 0; k < got; k++, i++)
            if ((seen[k] & PAGE_IS_THERE) != 0)
                put_back_untouched(image, pages, i);
    }
    return 0;
}

static int put_back_each(struct sw_memory_image *image, struct sw_memory_pages *pages)
{
    for (uint32_t i = 0; i < pages->count;) {
        uint32_t from = i;
        while (i < pages->count && pages->copies[i] == NULL)
            i++;
        if (i > from && put_back_gap(image, pages, from, i) < 0)
            return -1;
        for (; i < pages->count && pages->copies[i] != NULL; i++)
            put_back(image, pages, i);
    }
    return 0;
}

/* ---- all of it ---- */

/* A text that has been seen before, and needed nothing, need not be understood again. */
static int restore_map(struct sw_memory_image *image, struct sw_memory_map *is, char *text,
                       size_t text_size)
{
    ssize_t size = sw_memory_map_text(image->maps, text, text_size);

    if (size < 0)
        return -1;
    if ((size_t)size == image->known_size && memcmp(text, image->known, (size_t)size) == 0)
        return 0;
    if (sw_memory_map_parse(is, text) < 0)
        return -1;
    int status = sw_memory_map_restore(&image->map, is);
    if (status == 0) {
        memcpy(image->known, text, (size_t)size);
        image->known_size = (size_t)size;
    }
    return status < 0 ? -1 : 0;
}

int sw_memory_image_restore(struct sw_memory_image *image, struct sw_memory_map *is, char *text,
                            size_t text_size)
{
    int status = restore_map(image, is, text, text_size);

    image->put_back = 0;
    if (status == 0 && image->written.marks >= 0)
        return put_back_written(image);
    for (uint32_t i = 0; status == 0 && i < image->range_count; i++)
        status = put_back_each(image, &image->ranges[i]);
    return status;
}

/* ---- what cannot be kept ---- */

uintptr_t sw_memory_image_shared(const struct sw_memory_image *image, const uintptr_t *ours,
                                 int count)
{
    for (uint32_t i = 0; i < image->map.count; i++) {
        const struct sw_memory_range *range = &image->map.ranges[i];
        if (range->is_shared && (range->protection & PROT_WRITE) != 0 && !range->is_kernels &&
            !is_ours(range, ours, count))
            return range->start;
    }
    return 0;
}
