/* SPDX-License-Identifier: MIT
 *
 * story.h - what happened, for a person: the schedule as numbered moves with
 * everything in its place, the moment that decided, the C stack of that moment,
 * and the command that runs it again.
 */
#ifndef SW_STORY_H
#define SW_STORY_H

#include "child.h"
#include "job.h"

/* Returns the text, which is the caller's.  diff: the transcript's difference,
 * or NULL. */
char *sw_story_write(const struct sw_job *job, const struct sw_child *child,
                     const struct sw_options *options, const char *diff);

#endif
