/* SPDX-License-Identifier: MIT
 *
 * std_fds.h - what the program is told of its standard files: always the same.
 *
 * They are a terminal, a pipe or a file, as the user likes.  A program that asks
 * which may write its output in other pieces and release its locks at other
 * places: that is another schedule.  So all three look like pipes to it, as long
 * as they are the files that the runner has given it.
 */
#ifndef SW_STD_FDS_H
#define SW_STD_FDS_H

void sw_std_fds_start(void);

#endif
