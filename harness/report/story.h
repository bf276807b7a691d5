/* SPDX-License-Identifier: MIT
 *
 * story.h - what happened, for a person: the schedule as numbered moves with
 * everything in its place, the moment that decided, the C stack of that moment,
 * and the command that runs it again.
 *
 * Valid UTF-8 and free of control characters but the ends of lines, whatever
 * the child printed.  Of a long run it has the part around the moment that
 * decided.  With --verbose each move is followed by the points that were
 * visited in it, as a spec's directives number them.
 */
#ifndef SW_STORY_H
#define SW_STORY_H

#include "harness/runner/spec_process.h"
#include "job.h"

/* Returns the text, which is the caller's; NULL without memory.  The child has
 * ended, its event memory is sanitized, and job->verdict is of this run.  diff: the
 * transcript's difference, or NULL. */
char *sw_story_write(const struct sw_job *job, const struct sw_spec_process *child,
                     const struct sw_job_options *options, const char *diff);

#endif
