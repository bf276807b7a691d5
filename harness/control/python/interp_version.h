/* SPDX-License-Identifier: MIT
 *
 * interp_version.h - which interpreter this process is, for the schedule that is kept of it.
 */
#ifndef SW_INTERP_VERSION_H
#define SW_INTERP_VERSION_H

#include <stddef.h>

/* "cpython 3.11.2", "slpython 3.11.2", "pypy 3.9"; "": none of them.  Runs nothing of the
 * interpreter that needs it to have begun, and allocates nothing. */
void sw_interp_version_format(char *buf, size_t size);

#endif
