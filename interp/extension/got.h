/* SPDX-License-Identifier: MIT
 *
 * got.h - the interpreter's calls of the C library, led to us.
 *
 * The object that has the interpreter (the program, or libpython) calls the C
 * library through slots of its global offset table; its relocations say which.
 * Calls of other objects are not concerned.
 */
#ifndef SLP_GOT_H
#define SLP_GOT_H

typedef void (*slp_got_function)(void);

/* Makes the interpreter's calls of that function ours, for good.  *real is what
 * they called so far, and set before ours can be called.  0, or -1: there is no
 * such call, or the slot cannot be written; nothing has changed then. */
int slp_got_replace(const char *name, slp_got_function ours, slp_got_function *real);

#endif
