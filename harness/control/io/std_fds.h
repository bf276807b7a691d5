/* SPDX-License-Identifier: MIT
 *
 * std_fds.h - what the program is told of its standard files: always the same.
 *
 * Whether they are a terminal, a pipe or a file is the business of who runs
 * spillway.  A program that asks writes its output in other pieces, and gives
 * its locks away at other places: another schedule.  So all three are pipes to
 * it, as long as they are the files that the runner has given it.
 */
#ifndef SW_STD_FDS_H
#define SW_STD_FDS_H

void sw_std_fds_start(void);

#endif
