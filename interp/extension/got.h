/* SPDX-License-Identifier: MIT
 *
 * got.h - sends the interpreter's calls of the C library to us.
 *
 * The object that has the interpreter (the program, or libpython) calls the C
 * library through slots of its global offset table; its relocations say which.
 * Calls of other objects are not concerned.
 */
#ifndef SLP_GOT_H
#define SLP_GOT_H

typedef void (*slp_got_function)(void);

/* From now on the interpreter's calls of that function call ours, for good.  *real is
 * what they have called so far; it is set before ours can be called.  0, or -1 and
 * nothing has changed: there is no such call, or the slot cannot be written. */
int slp_got_replace(const char *name, slp_got_function ours, slp_got_function *real);

#endif
