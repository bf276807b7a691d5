/* SPDX-License-Identifier: MIT
 *
 * as_recorded.h - a replay finds what the recording has found, although more has come since.
 *
 * What Python lists it keeps, and a file that it finds compiled it need not compile: both move its
 * objects about, and the order of a set of objects follows from their addresses.  So of a folder that
 * was listed the names that have come are hidden; and a module that was read
 * as its source is read so again.  What is gone cannot be given back.
 *
 * The runner tells it in the control memory.  What it does not tell is as it is.  All keep errno.
 */
#ifndef SW_AS_RECORDED_H
#define SW_AS_RECORDED_H

#include "contract/control_shm.h"

/* NULL: it was not listed, or nobody knows what was in it. */
const struct sw_as_recorded_folder *sw_as_recorded_folder(const char *path);
/* Was that name not in it, when it was listed first, or later? */
int sw_as_recorded_hides(const struct sw_as_recorded_folder *folder, const char *name, int is_later);
/* Is it the .pyc of a module that was read as its source? */
int sw_as_recorded_hides_compiled(const char *path);

#endif
