/* SPDX-License-Identifier: MIT
 *
 * cpython.h - the interpreter's own structures, behind names of ours.
 *
 * It stands in place of <Python.h>, and like that before all other includes.
 *
 * The core moves tasklets in and out of a PyThreadState, stands in for frames
 * and looks at the GIL.  What it needs for that has no public interface and is
 * another one in each minor version.  So no other file of the core includes an
 * internal header or touches a field of these structures: it calls
 * slp_cpython_...(), which one folder a version defines (cpython_311).  A new version
 * is a new folder with all the names of the one before it, and a line here; the
 * comment on each name says what is meant by it.
 *
 * Beside that header these are of one version, and must be looked at again:
 *   Makefile, WRAPPED           whom the linker leads to us, by name
 *   program/preempt_wrap.c      that the evaluation loop swaps thread states at a check
 *   extension/preempt_got.c     that it unlocks the GIL's mutex last
 *   harness/tracer/operation.c  what each bytecode does
 */
#ifndef SLP_CPYTHON_H
#define SLP_CPYTHON_H

#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1
#endif
#include <Python.h>

#if PY_VERSION_HEX >> 16 == 0x030b
#include "interp/cpython_311/cpython_311.h"
#else
#error "this version of Python has no interp/cpython_3NN yet"
#endif

#endif
