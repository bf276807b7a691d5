/* SPDX-License-Identifier: MIT
 *
 * x86_64.h - arch.h for x86-64: what the C sources must know of it.
 */
#ifndef SLP_X86_64_H
#define SLP_X86_64_H

#include <elf.h>
#include <stddef.h>

/* A single instruction: there is no call for a sanitizer to look into. */
static inline void slp_arch_copy_unseen(char *to, const char *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

#define SLP_ARCH_RELOCATION_CALL R_X86_64_JUMP_SLOT
#define SLP_ARCH_RELOCATION_POINTER R_X86_64_GLOB_DAT

/* A call pushes it, and what was the stack pointer before that is the CFA. */
#define SLP_ARCH_RETURN_ADDRESS(cfa) ((const void *const *)(cfa) - 1)

#endif
