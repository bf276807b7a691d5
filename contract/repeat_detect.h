/* SPDX-License-Identifier: MIT
 *
 * repeat_detect.h - do the last decisions repeat?
 */
#ifndef SW_REPEAT_DETECT_H
#define SW_REPEAT_DETECT_H

#include "control_shm.h"

/* The period with which most of the last decisions repeat, three times at
 * least, and of several such the shortest; 0: none.  recent: the oldest first,
 * count of them, from 1 to SW_RECENT_MAX.  *span: how many decisions repeat so,
 * up to the last.  loosely: objects are not compared, since a loop may make new
 * ones each time. */
uint32_t sw_repeat_detect_find(const struct sw_recent *recent, uint32_t count, int loosely,
                        uint32_t *span);

#endif
