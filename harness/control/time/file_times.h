/* SPDX-License-Identifier: MIT
 *
 * file_times.h - the times of files, as the program is to see them: in its own, virtual time.
 *
 * The kernel stamps files with today's date, and the program's clock stands in 2023.  A cache
 * that subtracts the one from the other would be fresh for ever, and what it got would differ from
 * run to run.  So the program is told other times; on the disk nothing changes:
 *
 *      written in this run     the virtual time of the last write, of its making, or what utime()
 *                              and its like have said
 *      there before            as it is if it is older than the virtual day that the run begins
 *                              on; else squeezed into that day, 8192 times: the order stays,
 *                              nothing lies in the future, and a file is never older than it is
 *      there before, and a     as it is: Python compares it with the number in a .pyc
 *      .py
 *
 * Of the second kind any number would be wrong somewhere.  That of a clock which is moved would
 * differ from run to run.  A long time ago would make every lock of another process's look as if
 * it had been left behind, and get it broken.  "Some hours ago" is what breaks least.
 *
 * What is written out of sight (by a child, through a mapping) has the virtual time at which
 * somebody first asks afterwards.  The time of the last access is that of the last change unless
 * utime() has said another, as on a disk that is mounted without.
 */
#ifndef SW_FILE_TIMES_H
#define SW_FILE_TIMES_H

#include <sys/stat.h>
#include <time.h>

void sw_file_times_start(void);
/* A schedule begins: what is there now was there before. */
void sw_file_times_restart(void);
/* Where it is kept which files earlier schedules have left: no checkpoint puts that back.  NULL:
 * nowhere. */
const void *sw_file_times_memory(void);

/* The kernel's answer becomes the program's.  is_source: it is a .py. */
void sw_file_times_show(struct stat *status, int is_source);

/* The file with that number has been made, or written to.  status is the kernel's. */
void sw_file_times_made(const struct stat *status);
void sw_file_times_written(const struct stat *status);
/* utimensat() has been called, with these times; NULL: now. */
void sw_file_times_set(const struct stat *status, const struct timespec times[2]);

#endif
