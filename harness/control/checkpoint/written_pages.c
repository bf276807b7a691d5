/* SPDX-License-Identifier: MIT */
#include "written_pages.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/syscall.h>

#include "harness/control/engine/real.h"

/* ---- of Linux 6.7, which the headers of Debian 12 do not have ---- */

/* Marks are removed by the kernel itself, and nobody has to read the descriptor. */
#define FEATURE_WP_ASYNC ((uint64_t)1 << 15)

struct scan {
    uint64_t size, flags, start, end, walk_end, regions, region_count, pages_max;
    uint64_t inverted, all_of, any_of, returned;
};

#define PAGEMAP_SCAN _IOWR('f', 16, struct scan)

enum { IS_WRITTEN = 1 << 1, IS_PRESENT = 1 << 3, IS_SWAPPED = 1 << 4 };

/* ---- opening ---- */

/* USER_MODE_ONLY: what every process may.  It is about faults that are told, and none is. */
static int open_marks(void)
{
    struct uffdio_api api = {.api = UFFD_API, .features = FEATURE_WP_ASYNC};
    int marks = (int)SW_REAL(syscall)(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);

    if (marks >= 0 && SW_REAL(ioctl)(marks, UFFDIO_API, &api) != 0) {
        SW_REAL(close)(marks);
        return -1;
    }
    return marks;
}

int sw_written_pages_open(struct sw_written_pages *pages)
{
    struct sw_written_region region;
    uintptr_t at = 0;

    pages->list = SW_REAL(open)("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pages->list < 0)
        return -1;
    pages->marks = open_marks();
    if (pages->marks < 0 || sw_written_pages_list(pages, &at, 4096, &region, 1) >= 0)
        return 0;
    SW_REAL(close)(pages->marks);
    pages->marks = -1;
    return 0;
}

/* ---- watching ---- */

void sw_written_pages_watch(const struct sw_written_pages *pages, uintptr_t start, uintptr_t end)
{
    struct uffdio_register range = {.range = {start, end - start}, .mode = UFFDIO_REGISTER_MODE_WP};

    SW_REAL(ioctl)(pages->marks, UFFDIO_REGISTER, &range);
}

void sw_written_pages_mark(const struct sw_written_pages *pages, uintptr_t start, uintptr_t end)
{
    struct uffdio_writeprotect range = {.range = {start, end - start},
                                        .mode = UFFDIO_WRITEPROTECT_MODE_WP};

    SW_REAL(ioctl)(pages->marks, UFFDIO_WRITEPROTECT, &range);
}

/* ---- listing ---- */

int sw_written_pages_list(const struct sw_written_pages *pages, uintptr_t *at, uintptr_t end,
                          struct sw_written_region *regions, int max)
{
    struct scan scan = {.size = sizeof scan,
                        .start = *at,
                        .end = end,
                        .regions = (uintptr_t)regions,
                        .region_count = (uint64_t)max,
                        .inverted = IS_PRESENT,
                        .any_of = IS_WRITTEN | IS_PRESENT,
                        .returned = IS_PRESENT | IS_SWAPPED};
    int count = SW_REAL(ioctl)(pages->list, PAGEMAP_SCAN, &scan);

    *at = scan.walk_end;
    return count;
}

int sw_written_pages_are_there(const struct sw_written_region *region)
{
    return (region->kind & (IS_PRESENT | IS_SWAPPED)) != 0;
}
