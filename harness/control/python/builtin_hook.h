/* SPDX-License-Identifier: MIT
 *
 * builtin_hook.h - sys.excepthook and its like say that they were called, and stay what they are.
 *
 * A program compares sys.excepthook with sys.__excepthook__, puts its own in its place and puts it
 * back: it must see what it would see plainly.  So nothing is put in the place of the interpreter's;
 * the C function behind it is another one, which tells first and then does as before.
 *
 * Exported, to be called through ctypes with the GIL held.
 */
#ifndef SW_BUILTIN_HOOK_H
#define SW_BUILTIN_HOOK_H

#include "harness/control/engine/real.h"

/* From now on note(...) is called before hook(...), with the same arguments; what it raises is lost.
 * Both are Python's objects, and live as long as the process does: hook a function in C of CPython
 * 3.8 or later that takes one argument, or three by position.  0; -1: it is none, or there are too
 * many. */
SW_EXPORT int spillway_builtin_hook(void *hook, void *note);

#endif
