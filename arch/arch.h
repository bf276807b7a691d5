/* SPDX-License-Identifier: MIT
 *
 * arch.h - what is of one processor and its ABI.
 *
 * An architecture is a folder of the name that `uname -m` prints, and a line at the
 * end of this file.  It has
 *
 *   interp/switch.S    slp_base_call(), slp_stack_switch(), slp_stack_start(): what
 *                      switch.h says, for the interpreter
 *   control/fiber.*    sw_fiber_...(): what fiber.h says, for the harness
 *   NAME.h             the few lines of C that depend on it; this file includes it:
 *       slp_arch_copy_unseen(to, from, size)
 *                           memcpy() of stack memory that a sanitizer does not see:
 *                           a slice crosses frames and their red zones
 *       SLP_ARCH_RELOCATION_CALL, SLP_ARCH_RELOCATION_POINTER
 *                           the relocations of slots through which functions are
 *                           called: of the procedure linkage table, of the global
 *                           offset table
 *       SLP_ARCH_RETURN_ADDRESS(cfa)
 *                           where the return address of a frame is, whose canonical
 *                           frame address (DWARF) that is
 *
 * Everywhere else it is taken for granted that stacks grow down, that pointers have
 * 64 bits, and that a C stack which was left is described by its stack pointer alone.
 */
#ifndef SLP_ARCH_H
#define SLP_ARCH_H

#if defined(__x86_64__)
#include "arch/x86_64/x86_64.h"
#else
#error "this processor has no folder in arch/ yet"
#endif

#endif
