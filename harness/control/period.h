/* SPDX-License-Identifier: MIT
 *
 * period.h - do the last decisions repeat?
 */
#ifndef SW_PERIOD_H
#define SW_PERIOD_H

#include "board.h"

/* The period with which most of the last decisions repeat, three times at
 * least, and of several such the shortest; 0: none.  recent: the oldest first,
 * count of them, from 1 to SW_RECENT_MAX.  *span: how many decisions repeat so,
 * up to the last.  loosely: objects are not compared, since a loop may make new
 * ones each time. */
uint32_t sw_period_find(const struct sw_recent *recent, uint32_t count, int loosely,
                        uint32_t *span);

#endif
