/* SPDX-License-Identifier: MIT
 *
 * switch.S - switch.h for the System V ABI of x86-64.
 *
 * A stack that was left looks like this from its sp upwards: mxcsr and the x87
 * control word (8 bytes), r15, r14, r13, r12, rbx, rbp, the return address.
 */
        .text

        .globl  slp_base_call
        .type   slp_base_call, @function
        .p2align 4
slp_base_call:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rdi, %rax
        movq    %rsi, %rdi
        movq    %rsp, (%rdx)
        call    *%rax
        popq    %rbp
        .cfi_def_cfa_offset 8
        ret
        .cfi_endproc
        .size   slp_base_call, . - slp_base_call

/* Pushes what a stack that is left looks like. */
        .macro  leave_frame
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
        .endm

/* Takes it off again.  The control words are loaded only where they differ:
 * loading them is slow and nearly always useless. */
        .macro  arrive_frame
        subq    $8, %rsp
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movl    (%rsp), %eax
        movw    4(%rsp), %cx
        addq    $8, %rsp
        cmpl    (%rsp), %eax
        jne     8f
        cmpw    4(%rsp), %cx
        je      9f
8:      ldmxcsr (%rsp)
        fldcw   4(%rsp)
9:      addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        popq    %r14
        .cfi_adjust_cfa_offset -8
        popq    %r13
        .cfi_adjust_cfa_offset -8
        popq    %r12
        .cfi_adjust_cfa_offset -8
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .endm

        .globl  slp_stack_switch
        .type   slp_stack_switch, @function
        .p2align 4
slp_stack_switch:
        .cfi_startproc
        leave_frame
        movq    %rdi, %rbx
        movq    %rdx, %r12
        movq    %rsi, %rax
        movq    %rsp, %rsi
        call    *%rax                   /* save(arg, sp), on the old stack */
        testq   %rax, %rax
        jz      1f
        movq    %rax, %rsp
        movq    %rbx, %rdi
        .cfi_remember_state
        .cfi_undefined %rip             /* the slice is not in place yet */
        call    *%r12                   /* restore(arg), below the new sp */
        .cfi_restore_state
        .cfi_remember_state
        arrive_frame
        xorl    %eax, %eax
        ret
        .cfi_restore_state
1:      arrive_frame
        movl    $-1, %eax
        ret
        .cfi_endproc
        .size   slp_stack_switch, . - slp_stack_switch

        .globl  slp_stack_start
        .type   slp_stack_start, @function
        .p2align 4
slp_stack_start:
        .cfi_startproc
        leave_frame
        movq    %rdi, %rbx
        movq    %rdx, %r12
        movq    %rsi, %rax
        movq    %rsp, %rsi
        call    *%rax
        testq   %rax, %rax
        jz      1f
        movq    %rax, %rsp
        movq    %rbx, %rdi
        xorl    %ebp, %ebp
        .cfi_remember_state
        .cfi_undefined %rip             /* unwinding ends here */
        call    *%r12                   /* entry(arg) */
        ud2
        .cfi_restore_state
1:      arrive_frame
        movl    $-1, %eax
        ret
        .cfi_endproc
        .size   slp_stack_start, . - slp_stack_start

        .section .note.GNU-stack, "", @progbits
