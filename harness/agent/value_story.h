/* SPDX-License-Identifier: MIT
 *
 * value_story.h - what the ledger of values (interp/value_ledger.h) tells, as events.
 *
 * Names and texts are those of the story: actors, variables of the spec.  What has failed has the
 * C stack of its moment: where the value was dropped, if that was seen.  What came of it in the end
 * is added to the note.
 *
 * One thread at a time, as event_writer.h says.
 */
#ifndef SW_AGENT_VALUE_STORY_H
#define SW_AGENT_VALUE_STORY_H

#include <Python.h>

#include "interp/value_ledger.h"

void sw_value_story_tell(const struct slp_value_told *told);

#endif
