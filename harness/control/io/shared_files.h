/* SPDX-License-Identifier: MIT
 *
 * shared_files.h - does the program change files that another process of the same program would
 * find?  The runner then lets no two run at a time (harness/runner/turns.h).
 *
 * Its own are those in the folder for its temporary files (harness/runner/temp_folder.h).  Devices
 * and what is in /proc are no files.
 */
#ifndef SW_SHARED_FILES_H
#define SW_SHARED_FILES_H

/* The file of that name, seen from that folder (AT_FDCWD), has been changed, made or removed. Only
 * the first is noted.  Keeps errno. */
void sw_shared_files_note(int from, const char *path);

#endif
