/* SPDX-License-Identifier: MIT
 *
 * switch.S - switch.h for the System V ABI of x86-64.
 *
 * Why it is enough to keep what is kept stands in left_frame.h.
 */
#include "arch/x86_64/left_frame.h"

        .text

/* void *slp_base_call(void *(*fn)(void *), void *arg, char **base)
 *
 * A frame of its own, so that the base is above everything that fn does, and below
 * everything of the caller.  rbp is pushed for the alignment. */
        .globl  slp_base_call
        .type   slp_base_call, @function
        .p2align 4
slp_base_call:
        .cfi_startproc
        push_register rbp
        movq    %rdi, %rax
        movq    %rsi, %rdi
        movq    %rsp, (%rdx)
        call    *%rax
        pop_register rbp
        ret
        .cfi_endproc
        .size   slp_base_call, . - slp_base_call

/* What both functions below begin with: save(arg, sp) on the old stack, where sp is
 * rsp, since all above it must be kept.  rbx and r12, which are in the left frame
 * already, hold arg and the third argument across the call.  At 1 if it refused; else
 * rdi is arg, and rsp is what it returned.  Until the function that is called next has
 * done its work there is nothing to unwind at rsp: what was left there may still be in
 * a slice, and a stack that is new has no caller. */
        .macro  save_and_leave
        push_left_frame
        movq    %rdi, %rbx
        movq    %rdx, %r12
        movq    %rsi, %rax
        movq    %rsp, %rsi
        call    *%rax
        testq   %rax, %rax
        jz      1f
        movq    %rbx, %rdi
        movq    %rax, %rsp
        .cfi_remember_state
        .cfi_undefined %rip
        .endm

/* The caller's stack is as it was: -1. */
        .macro  refused
1:      pop_left_frame
        movl    $-1, %eax
        ret
        .endm

/* int slp_stack_switch(void *arg, slp_save_func save, slp_restore_func restore) */
        .globl  slp_stack_switch
        .type   slp_stack_switch, @function
        .p2align 4
slp_stack_switch:
        .cfi_startproc
        save_and_leave
        call    *%r12                   /* below the bytes that it puts into place */
        .cfi_restore_state
        .cfi_remember_state
        pop_left_frame
        xorl    %eax, %eax
        ret
        .cfi_restore_state
        refused
        .cfi_endproc
        .size   slp_stack_switch, . - slp_stack_switch

/* int slp_stack_start(void *arg, slp_save_func save, slp_entry_func entry) */
        .globl  slp_stack_start
        .type   slp_stack_start, @function
        .p2align 4
slp_stack_start:
        .cfi_startproc
        save_and_leave
        xorl    %ebp, %ebp              /* for who unwinds by frame pointers */
        call    *%r12
        movq    (%rax), %rsp            /* struct slp_stack_back: sp, restore, arg */
        movq    16(%rax), %rdi
        call    *8(%rax)                /* below the bytes that it puts into place */
        .cfi_restore_state
        .cfi_remember_state
        pop_left_frame
        xorl    %eax, %eax
        ret
        .cfi_restore_state
        refused
        .cfi_endproc
        .size   slp_stack_start, . - slp_stack_start

        .section .note.GNU-stack, "", @progbits
