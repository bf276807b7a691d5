/* SPDX-License-Identifier: MIT
 *
 * subreaper.h - processes that outlive the child that started them.
 *
 * What stays in its child's process group ends with it (spec_process.h).  A process
 * that left the group, as a daemon does, becomes the runner's own child when
 * its parent ends, and is ended when the runner has done its work.
 */
#ifndef SW_SUBREAPER_H
#define SW_SUBREAPER_H

/* From now on the runner adopts them.  Does nothing, and returns 0, if it has
 * children already: a shell that became the runner by exec may have left some,
 * and those are not ours.  Else 1. */
int sw_subreaper_adopt(void);
/* Ends all children of this process and waits for them.  Only after
 * sw_subreaper_adopt() has returned 1. */
void sw_subreaper_end(void);

#endif
