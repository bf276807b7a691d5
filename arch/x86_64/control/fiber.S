/* SPDX-License-Identifier: MIT
 *
 * fiber.S - leaving one C stack and thread pointer for another; fiber.h.
 *
 * A stack that was left looks like this from its sp upwards: mxcsr and the x87
 * control word (8 bytes), r15, r14, r13, r12, rbx, rbp, the return address.
 */
        .text

/* void sw_fiber_switch(void **from, void *to, uintptr_t fs) */
        .globl  sw_fiber_switch
        .hidden sw_fiber_switch
        .type   sw_fiber_switch, @function
        .p2align 4
sw_fiber_switch:
        .cfi_startproc
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        cmpl    $0, sw_fiber_has_wrfsbase(%rip)
        je      1f
        wrfsbase %rdx
2:      fldcw   4(%rsp)
        ldmxcsr (%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbp
        ret
        /* arch_prctl(ARCH_SET_FS, fs) cannot fail: fs was some thread's. */
        .cfi_adjust_cfa_offset 56
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
