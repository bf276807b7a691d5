/* SPDX-License-Identifier: MIT
 *
 * pid_paths.h - names of files in /proc that have the number of a process in them; pid.h.
 */
#ifndef SW_PID_PATHS_H
#define SW_PID_PATHS_H

struct sw_pid_path {
    char text[256];
};

/* The name with the kernel's numbers in the place of ours; the path itself if it has none.  Valid as
 * long as both are. */
const char *sw_pid_paths_real(const char *path, struct sw_pid_path *real);

#endif
