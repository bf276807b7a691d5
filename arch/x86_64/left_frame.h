/* SPDX-License-Identifier: MIT
 *
 * left_frame.h - for assembler: what is on a C stack that was left, and why that is all.
 *
 * From its stack pointer upwards: mxcsr and the x87 control word (8 bytes), r15,
 * r14, r13, r12, rbx, rbp, the return address: 64 bytes.
 *
 * The argument is the System V ABI of x86-64.  Who leaves a stack calls a function
 * for that, so only what a function must preserve for its caller has to be kept:
 *
 *   registers       rbx, rbp, r12 to r15, and rsp itself.  All others, the vector
 *                   registers of any width among them, are the callee's to spoil, and
 *                   whoever wants to keep them has put them on the stack already.
 *   mxcsr, x87      their control bits are preserved across calls: rounding and masked
 *                   exceptions are a tasklet's own.  The status bits are not, but mxcsr
 *                   has both in one register; the tasklet's come back, which is no harm.
 *   flags           the direction flag is clear at each call and return, the others are
 *                   nobody's.
 *   the red zone    the 128 bytes below rsp belong to a function that calls nobody.  The
 *                   caller has just called us, so it has none, and nothing below rsp is
 *                   worth keeping: a slice begins at rsp.  A signal's handler may run at
 *                   any instruction and writes below the red zone; so nothing that must
 *                   last is ever below rsp here, and nothing is written there.
 *   alignment       rsp is 16-aligned before a call, so it is 16n + 8 at a function's
 *                   begin; the 56 bytes that are pushed here make it 16n again, and a
 *                   call from within is as it must be.
 *   fs              the thread pointer is the thread's.  The interpreter stays on its
 *                   thread; a fiber, which does not, changes it (fiber_switch.S).
 *   shadow stack    there must be none (CET): return addresses are put back by copying
 *                   stacks, and the processor's own list of them would not agree.  These
 *                   files have no note that says they could do with one, so the linker
 *                   marks the program as unable, and the C library leaves it off.
 *   unwinding       each step is described (.cfi), so that gdb, valgrind, sanitizers and
 *                   the C library's unwinder see the frames at every instruction.
 */
#ifndef SLP_LEFT_FRAME_H
#define SLP_LEFT_FRAME_H

        .macro  push_register register
        pushq   %\register
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %\register, 0
        .endm

        .macro  pop_register register
        popq    %\register
        .cfi_adjust_cfa_offset -8
        .cfi_restore %\register
        .endm

/* At a function's begin: pushes what a stack that is left looks like. */
        .macro  push_left_frame
        push_register rbp
        push_register rbx
        push_register r12
        push_register r13
        push_register r14
        push_register r15
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        .endm

/* Takes it off again; spoils rax and rcx.  The control words are loaded only where
 * they differ from those in use: loading them is slow, and nearly always useless. */
        .macro  pop_left_frame
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movl    (%rsp), %eax
        movw    4(%rsp), %cx
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        cmpl    (%rsp), %eax
        jne     8f
        cmpw    4(%rsp), %cx
        je      9f
8:      ldmxcsr (%rsp)
        fldcw   4(%rsp)
9:      addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        pop_register r15
        pop_register r14
        pop_register r13
        pop_register r12
        pop_register rbx
        pop_register rbp
        .endm

#endif
