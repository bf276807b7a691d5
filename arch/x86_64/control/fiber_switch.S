/* SPDX-License-Identifier: MIT
 *
 * fiber_switch.S - fiber.h for the System V ABI of x86-64.
 *
 * Why it is enough to keep what is kept stands in left_frame.h; fiber.c makes up
 * such a frame for a stack that is new.
 */
#include "arch/x86_64/left_frame.h"

        .text

/* void sw_fiber_switch(void **from, void *to, uintptr_t fs) */
        .globl  sw_fiber_switch
        .hidden sw_fiber_switch
        .type   sw_fiber_switch, @function
        .p2align 4
sw_fiber_switch:
        .cfi_startproc
        push_left_frame
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        cmpl    $0, sw_fiber_has_wrfsbase(%rip)
        je      1f
        wrfsbase %rdx
2:      .cfi_remember_state
        pop_left_frame
        ret
        .cfi_restore_state
        /* arch_prctl(ARCH_SET_FS, fs) cannot fail: fs was some thread's. */
1:      movl    $158, %eax
        movl    $0x1002, %edi
        movq    %rdx, %rsi
        syscall
        jmp     2b
        .cfi_endproc
        .size   sw_fiber_switch, . - sw_fiber_switch

/* Where a new fiber begins: function in rbx, its argument in r12.  Nobody called it. */
        .globl  sw_fiber_entry
        .hidden sw_fiber_entry
        .type   sw_fiber_entry, @function
        .p2align 4
sw_fiber_entry:
        .cfi_startproc
        .cfi_undefined %rip
        movq    %r12, %rdi
        call    *%rbx
        ud2
        .cfi_endproc
        .size   sw_fiber_entry, . - sw_fiber_entry

        .section .note.GNU-stack, "", @progbits
