/* SPDX-License-Identifier: MIT
 *
 * kernel_files.h - files of /proc in which the kernel tells of the moment: what is read there
 * differs from run to run, and that is reported.
 *
 * Not those that a machine has always the same, nor /proc/meminfo, which interpreters read for the
 * size of the memory; nor what libffi reads there before the first callback of ctypes, to know what
 * the kernel would forbid.
 */
#ifndef SW_KERNEL_FILES_H
#define SW_KERNEL_FILES_H

/* It has been opened, by that name, by the caller at that address; NULL: by nobody known. */
void sw_kernel_files_report(const char *path, const void *caller);

#endif
