/* SPDX-License-Identifier: MIT
 *
 * interp_version.h - which interpreter this process is, for the schedule that is kept of it, and
 * whether it is one that can be controlled at all.
 *
 * Without a GIL threads run at the same time, and nothing that is interposed stands between two of
 * their bytecodes: each schedule would be believed, and none would be true.
 */
#ifndef SW_INTERP_VERSION_H
#define SW_INTERP_VERSION_H

#include <stddef.h>

/* "cpython 3.11.2", "slpython 3.11.2", "pypy 3.9"; "": none of them.  Runs nothing of the
 * interpreter that needs it to have begun, and allocates nothing. */
void sw_interp_version_format(char *buf, size_t size);

/* Why this interpreter cannot be controlled, in words that follow "FILE: "; NULL: it can, or it is
 * none of Python's.  Likewise. */
const char *sw_interp_version_refusal(char *buf, size_t size);

#endif
