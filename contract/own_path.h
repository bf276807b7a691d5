/* SPDX-License-Identifier: MIT
 *
 * own_path.h - files that were built, or installed, together with this program.
 *
 *      build/bin/spillway  build/bin/slpython-lab  build/lib/libspillway.so
 *
 * They are found from the program's own file, and not from PATH or the folder that the user is in,
 * so that a build and an installation beside it never mix.
 */
#ifndef SW_OWN_PATH_H
#define SW_OWN_PATH_H

/* The path of that name, `up` folders above the one that the program's own file is in.  For
 * build/bin/spillway, (0, "slpython-lab") is build/bin/slpython-lab, and (1, "lib") is build/lib.
 * The caller's to free.  Whether there is such a file is not looked at.  NULL: no memory, no /proc,
 * or not so many folders. */
char *sw_own_path_find(int up, const char *name);

#endif
