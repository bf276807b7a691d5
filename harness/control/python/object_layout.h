/* SPDX-License-Identifier: MIT
 *
 * object_layout.h - a layout (contract/layout.h), as the interpreter gets it.
 *
 * Of each layout but 0 about every other block that the interpreter's allocator of objects has is
 * never handed out: which ones follows from the layout and from the block's address alone.  So the
 * distances between objects differ from layout to layout, and with them the order of a set; and a
 * run has the same objects in the same places as long as it makes the same objects, as in layout 0.
 * The seed for hashes of texts, PYTHONHASHSEED, is the layout's number.
 *
 * It works with CPython from 3.7 on, which lets its allocator be replaced for good.  In 2.7 and 3.6
 * some blocks of each size are taken away before it starts, which moves all others: that gives fewer
 * orders.  In PyPy sets have the order in which they were filled, and nothing is done but for the
 * seed.
 */
#ifndef SW_OBJECT_LAYOUT_H
#define SW_OBJECT_LAYOUT_H

#include "contract/control_shm.h"

/* Before the interpreter has begun, when environ is what it will see. */
void sw_object_layout_start(struct sw_control_shm *shm);
/* Which one it is; valid from then on. */
uint32_t sw_object_layout(void);

#endif
