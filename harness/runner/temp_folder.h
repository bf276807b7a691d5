/* SPDX-License-Identifier: MIT
 *
 * temp_folder.h - a folder for the temporary files of one process: its TMPDIR.
 *
 *      /tmp/spillway-000, /tmp/spillway-001, ...      one for each of the processes that run now
 *
 * Programs under control are given the same random bytes in every run, and so the same names of
 * temporary files.  In one folder, two processes at a time, of one search or of two, would take each
 * other's; and what a run has left would be in the way of the next.  So each has its own, which is
 * empty when it begins.
 *
 * A process has the lowest number that nobody holds, by a lock on the folder, so that a run that is
 * alone sees the same name each time.  The lock goes with its last holder: after a kill, too.
 */
#ifndef SW_TEMP_FOLDER_H
#define SW_TEMP_FOLDER_H

#include "contract/control_shm.h"

struct sw_temp_folder {
    char path[SW_TEMP_PATH_MAX]; /* "": there is none, and fd is -1 */
    int fd;
};

/* Empty, and nobody else's.  Where /tmp cannot be written to there is none. */
void sw_temp_folder_take(struct sw_temp_folder *folder);
/* What is in it goes, if `clears`.  Else it stays, if there is anything, until the next process
 * takes the folder. */
void sw_temp_folder_give_back(struct sw_temp_folder *folder, int clears);

#endif
