/* SPDX-License-Identifier: MIT
 *
 * file_path.h - which file a path stands for, and a descriptor.
 *
 *      a file that is there    its device and inode: by whatever name, link or descriptor
 *      one that is not there   the folder's device and inode, and the name in it.  Once it has been
 *                              made, its inode stands for that, too, as long as it has that name
 *
 * So a file has one name from before it is made to after it is closed.  What changes which name
 * stands for what (a link, a removal, another working folder) is UNKNOWN, and comes before or after
 * all of it.
 *
 * The numbers of descriptors depend on the order in which files are opened, which is no operation
 * as long as nobody looks: whoever does is refused (sw_file_path_numbers_vary()).
 */
#ifndef SW_FILE_PATH_H
#define SW_FILE_PATH_H

#include "operation.h"

struct stat;

/* Of a regular file that is there: a part of sw_file_path_all(). */
uint64_t sw_file_path_of(const struct stat *status);
const void *sw_file_path_all(void);

/* open() of that path: one operation on what it stands for. */
void sw_file_path_open(const char *path, struct operation *operation);
/* Was a file opened since there are several threads?  Then a new descriptor's number is one of them. */
int sw_file_path_numbers_vary(void);

#endif
