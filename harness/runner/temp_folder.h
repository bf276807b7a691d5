/* SPDX-License-Identifier: MIT
 *
 * temp_folder.h - a folder for the temporary files of one process: its TMPDIR.
 *
 *      /tmp/spillway-417, /tmp/spillway-418, ...      one for each of the processes that run now
 *
 * Programs under control are given the same random bytes in every run, and so the same names of
 * temporary files.  In one folder, two processes at a time, of one search or of two, would take each
 * other's; and what a run has left would be in the way of the next.  So each has its own, which is
 * empty when it begins.
 *
 * A process has the first number that nobody holds, by a lock on the folder, from that of its
 * program's name on: so a run sees the same name each time, whatever else runs, but for another one
 * of its program's name.  The lock goes with its last holder: after a kill, too.
 */
#ifndef SW_TEMP_FOLDER_H
#define SW_TEMP_FOLDER_H

#include "contract/control_shm.h"

struct sw_temp_folder {
    char path[SW_TEMP_PATH_MAX]; /* "": there is none, and fd is -1 */
    int fd;
};

/* Empty, and nobody else's; program may be NULL.  Where /tmp cannot be written to there is none. */
void sw_temp_folder_take(struct sw_temp_folder *folder, const char *program);
/* What is in it goes, if `clears`.  Else it stays, if there is anything, until the next process
 * takes the folder. */
void sw_temp_folder_give_back(struct sw_temp_folder *folder, int clears);

#endif
