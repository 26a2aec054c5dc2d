// The functions of BLAS and LAPACK that libmlx calls, and the table in which blas.cpp enters the implementation of
// each: a function jumps to its entry with all arguments in place. Those of LAPACK call mlx4j_before_lapack first, around
// which they save the arguments in registers. The linker rejects a libmlx that calls any other function.

        .macro  begin name
        .text
        .globl  \name
        .type   \name, %function
        .p2align 4
\name:
        .cfi_startproc
#if defined(__x86_64__)
        endbr64
#elif defined(__aarch64__)
        bti     c
#else
#error "no jump for this processor"
#endif
        .endm

        .macro  jump name
#if defined(__x86_64__)
        jmp     *.Laddress_\name(%rip)
#elif defined(__aarch64__)
        adrp    x16, .Laddress_\name
        ldr     x16, [x16, :lo12:.Laddress_\name]
        br      x16
#endif
        .cfi_endproc
        .size   \name, . - \name

        .section .rodata.mlx4j_blas, "a", %progbits
.Lname_\name:
        .asciz  "\name"

        .section .data.rel.mlx4j_blas, "aw", %progbits
        .quad   .Lname_\name
.Laddress_\name:
        .quad   0
        .endm

        .section .data.rel.mlx4j_blas, "aw", %progbits
        .p2align 3
        .globl  mlx4j_blas_functions
        .hidden mlx4j_blas_functions
mlx4j_blas_functions:

        .irp    routine, cblas_sgemm, cblas_dgemm, cblas_cgemm
        begin   \routine
        jump    \routine
        .endr

        .irp    routine, sgeev_, dgeev_, cgeev_, sgesdd_, dgesdd_, cgesdd_, ssyevd_, dsyevd_, cheevd_, sgeqrf_, dgeqrf_, sorgqr_, dorgqr_, sgetrf_, dgetrf_, sgetri_, dgetri_, spotrf_, dpotrf_, strtri_, dtrtri_
        begin   \routine
#if defined(__x86_64__)
        .irp    argument, %rdi, %rsi, %rdx, %rcx, %r8, %r9
        pushq   \argument
        .cfi_adjust_cfa_offset 8
        .endr
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        call    mlx4j_before_lapack
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        .irp    argument, %r9, %r8, %rcx, %rdx, %rsi, %rdi
        popq    \argument
        .cfi_adjust_cfa_offset -8
        .endr
#elif defined(__aarch64__)
        stp     x29, x30, [sp, #-80]!
        .cfi_adjust_cfa_offset 80
        .cfi_rel_offset x29, 0
        .cfi_rel_offset x30, 8
        stp     x0, x1, [sp, #16]
        stp     x2, x3, [sp, #32]
        stp     x4, x5, [sp, #48]
        stp     x6, x7, [sp, #64]
        bl      mlx4j_before_lapack
        ldp     x0, x1, [sp, #16]
        ldp     x2, x3, [sp, #32]
        ldp     x4, x5, [sp, #48]
        ldp     x6, x7, [sp, #64]
        ldp     x29, x30, [sp], #80
        .cfi_adjust_cfa_offset -80
        .cfi_restore x29
        .cfi_restore x30
#endif
        jump    \routine
        .endr

        .section .data.rel.mlx4j_blas, "aw", %progbits
        .globl  mlx4j_blas_functions_end
        .hidden mlx4j_blas_functions_end
mlx4j_blas_functions_end:

        .section .note.GNU-stack, "", %progbits
