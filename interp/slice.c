/* SPDX-License-Identifier: MIT */
#include "slice.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "contract/faults.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/* A slice crosses frames and red zones, which are poison to a sanitizer. */
static inline void copy_stack(char *to, const char *from, size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    slp_arch_copy_unseen(to, from, size);
#else
    memcpy(to, from, size);
#endif
}

static inline void unpoison_stack(void)
{
#ifdef __SANITIZE_ADDRESS__
    /* The frames that were here are gone or elsewhere, and so are their red zones. */
    __asan_unpoison_memory_region(slp_cstack.low, (size_t)(slp_cstack.base - slp_cstack.low));
#endif
}

/* A buffer that fits: the old one, unless it is too small or four times too large.
 *
 * A tasklet is switched out at different depths of its C code, so sizes go up and down
 * all the time; that must not allocate each time, nor may one deep call keep a large
 * buffer for good.  A tasklet at rest has some 700 bytes: with the 256 the smallest
 * buffers, up to 4 KB, are left alone.  The sizes are those that malloc() hands out without
 * a gap, 8 more than a multiple of 16: of a million tasklets each byte counts. */
static inline int fit(struct slp_slice *slice, size_t size)
{
    if (size <= slice->capacity && slice->capacity / 4 <= size + 256)
        return 0;
    size_t capacity = ((size + 7) & ~(size_t)15) + 8;
    char *bytes = malloc(capacity);
    if (bytes == NULL)
        return size <= slice->capacity ? 0 : -1;
    free(slice->bytes);
    slice->bytes = bytes;
    slice->capacity = capacity;
    return 0;
}

/* The lowest byte of the thread's own stack that is in use.  While a segment is run on
 * that is where the stack was left for it; the segment itself is never copied. */
static char *start_of(char *sp)
{
    char *start = slp_cstack.segment_low ? slp_cstack.segment_exit : sp;

    assert(start >= slp_cstack.low && start < slp_cstack.base);
    return start;
}

int slp_slice_reserve(struct slp_slice *slice, size_t below)
{
    char *start = start_of(__builtin_frame_address(0));

    assert(slice->used == 0);
    return fit(slice, (size_t)(slp_cstack.base - start) + below);
}

int slp_slice_save(struct slp_slice *slice, char *sp)
{
    char *start = start_of(sp);

    assert(slice->used == 0);
    size_t size = (size_t)(slp_cstack.base - start);
    if (fit(slice, size) < 0)
        return -1;
    copy_stack(slice->bytes, start, size);
    unpoison_stack(); /* somebody else's frames come here next */
    slice->used = size;
    slice->start = start;
    slice->resume = sp;
    slice->segment_low = slp_cstack.segment_low;
    slice->segment_exit = slp_cstack.segment_exit;
    return 0;
}

void slp_slice_restore(struct slp_slice *slice)
{
    assert(slice->used > 0);
    unpoison_stack(); /* red zones of who ran here last */
    if (__builtin_expect(slice->segment_low != NULL, 0))
        SLP_VALGRIND_STACK_GROWS(slice->start, slice->used);
    copy_stack(slice->start, slice->bytes, slice->used);
    /* From here on the bytes on the stack are the true ones: who looks for a frame
     * (slp_slice_find) must not find the copy. */
    if (!SLP_FAULT(SLICE_STAYS_USED))
        slice->used = 0;
    if (SLP_FAULT(SPILL_ROOT_LOST))
        return;
    slp_cstack.segment_low = slice->segment_low;
    slp_cstack.segment_exit = slice->segment_exit;
}

void slp_slice_free(struct slp_slice *slice)
{
    free(slice->bytes);
    memset(slice, 0, sizeof *slice);
}
