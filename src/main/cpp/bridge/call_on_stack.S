// void mlx4j_call_on_stack(void* top, void (*body)(void*), void* argument, void** left)
//
// Calls body(argument) with the stack pointer at `top`, which is aligned to 16 bytes, and stores in *left where the
// caller's stack ends during the call. Apart from that it is an ordinary call: the frame pointer leads back, for
// unwinders and debuggers too, and every other register is preserved as in a call. No exception may leave the body.

#ifdef __APPLE__
#define NAME _mlx4j_call_on_stack
        .text
        .private_extern NAME
#else
#define NAME mlx4j_call_on_stack
        .text
        .hidden NAME
        .type   NAME, %function
#endif
        .globl  NAME
        .p2align 4
NAME:
        .cfi_startproc
#if defined(__x86_64__)
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        movq    %rsp, (%rcx)
        movq    %rdi, %rsp
        movq    %rdx, %rdi
        callq   *%rsi
        movq    %rbp, %rsp
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        retq
#elif defined(__aarch64__)
        hint    #34                     // bti c
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x30, -8
        .cfi_offset x29, -16
        mov     x29, sp
        .cfi_def_cfa_register x29
        str     x29, [x3]
        mov     sp, x0
        mov     x0, x2
        blr     x1
        mov     sp, x29
        .cfi_def_cfa_register sp
        ldp     x29, x30, [sp], #16
        .cfi_restore x29
        .cfi_restore x30
        .cfi_def_cfa_offset 0
        ret
#else
#error "no call for this processor"
#endif
        .cfi_endproc

#ifndef __APPLE__
        .size   NAME, . - NAME
        .section .note.GNU-stack, "", %progbits
#endif
