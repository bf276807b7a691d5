/* SPDX-License-Identifier: MIT
 *
 * value_end.h - a value was lost in the interpreter, or the like: the schedule ends here.
 *
 * The interpreter calls what is exported here by name (contract/watches_values.h); nothing of
 * libspillway does.
 */
#ifndef SW_VALUE_END_H
#define SW_VALUE_END_H

#include "contract/watches_values.h"
#include "harness/control/engine/real.h"

SW_EXPORT slp_value_watch_begins spillway_watches_values;
SW_EXPORT slp_value_watch_fails spillway_value_fails;

#endif
