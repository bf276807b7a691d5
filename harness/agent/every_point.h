/* SPDX-License-Identifier: MIT
 *
 * every_point.h - what an explaining run tells beside the story: when and where each event came, and
 * the points that are no events.
 *
 * A run is explained by running it once more.  Nothing here changes what is decided: no object is
 * made or touched, and no reference is taken.
 */
#ifndef SW_AGENT_EVERY_POINT_H
#define SW_AGENT_EVERY_POINT_H

#include "contract/event.h"
#include "contract/points.h"

/* From now on every event (event_writer.h) says how many decisions there were, and the innermost
 * Python line that is of the program. */
void sw_every_point_start(void);

/* A point, behind what the story has made of it.  frame: of a function, outside of which the C stack
 * is noted; NULL: it is not, since the unwinder takes locks that the engine counts.  Needs the GIL. */
void sw_every_point_visited(const struct slp_point_info *info, const void *frame);

#endif
