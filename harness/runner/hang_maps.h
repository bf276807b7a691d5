/* SPDX-License-Identifier: MIT
 *
 * hang_maps.h - what lies at an address of another process, what a descriptor of it is, and who holds
 * a lock on that file.
 */
#ifndef SW_HANG_MAPS_H
#define SW_HANG_MAPS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* "data of libx.so", "the heap", "a thread's stack or its own memory"; "" if nothing is there.
 * Returns 1 if it belongs to libspillway.so. */
int sw_hang_maps_find(pid_t pid, uint64_t address, char *text, size_t size);
/* What it is open for: a path, "pipe:[4711]"; "" if it is closed. */
void sw_hang_maps_file(pid_t pid, int fd, char *text, size_t size);
/* The process that holds a lock (flock or fcntl) on what descriptor fd of pid is open for; 0: none
 * that the kernel would name. */
pid_t sw_hang_maps_find_locker(pid_t pid, int fd);

#endif
