/* SPDX-License-Identifier: MIT
 *
 * interp_kind.h - can libspillway.so get in front of that interpreter's C library, and if not, why.
 *
 * It is preloaded by the dynamic loader, so there must be one, of this machine's
 * kind and of glibc's, and it must be allowed to.
 */
#ifndef SW_INTERP_KIND_H
#define SW_INTERP_KIND_H

#include "contract/error.h"
#include "run_end.h"

/* Before anything runs: is it a program that is linked dynamically, and may it start a thread?  0, or
 * -1 with *e: no such file, a script, a static binary, /bin/ls, ... */
int sw_interp_kind_check(const char *path, struct sw_error *e);
/* Does it begin as a script does, so that another program is started for it? */
int sw_interp_kind_is_script(const char *path);
/* When it was started and no control came about: the most likely reason.
 * end: how it ended.  Always -1, with *e. */
int sw_interp_kind_explain(const char *path, const struct sw_end *end, struct sw_error *e);

#endif
