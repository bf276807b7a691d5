/* SPDX-License-Identifier: MIT
 *
 * shared_memory.h - memory that a child is to have, too: fresh, zero, and without a name in any
 * folder.  Its size stays.  Pages that nobody touches cost nothing.
 */
#ifndef SW_SHARED_MEMORY_H
#define SW_SHARED_MEMORY_H

#include <stddef.h>

#include "contract/error.h"

/* name: for /proc/PID/maps.  what: for messages, "a schedule".  Its address, with *fd, which exec
 * closes (launch.h hands it on); NULL with *e, and *fd is -1 then. */
void *sw_shared_memory_open(const char *name, const char *what, size_t size, int *fd,
                            struct sw_error *e);
/* address may be NULL, and fd -1. */
void sw_shared_memory_close(void *address, size_t size, int fd);

#endif
