/* SPDX-License-Identifier: MIT
 *
 * interp_shim.h - a manager of versions puts a script for each interpreter on PATH: which one does
 * it start?
 */
#ifndef SW_INTERP_SHIM_H
#define SW_INTERP_SHIM_H

/* Runs the script, without a shell, to ask the interpreter behind it for its path.  To be freed;
 * NULL: it is no script, or there is none behind it that could be controlled. */
char *sw_interp_shim_find(const char *path);

#endif
