// The functions of BLAS and LAPACK that libmlx calls, and the table in which blas.cpp enters the implementation of
// each: a function jumps to its entry with all arguments in place. The linker rejects a libmlx that calls any other
// function.

        .macro  function name
        .text
        .globl  \name
        .type   \name, %function
        .p2align 4
\name:
#if defined(__x86_64__)
        endbr64
        jmp     *.Laddress_\name(%rip)
#elif defined(__aarch64__)
        bti     c
        adrp    x16, .Laddress_\name
        ldr     x16, [x16, :lo12:.Laddress_\name]
        br      x16
#else
#error "no jump for this processor"
#endif
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

        .irp    routine, cblas_sgemm, cblas_dgemm, cblas_cgemm, sgeev_, dgeev_, cgeev_, sgesdd_, dgesdd_, cgesdd_, ssyevd_, dsyevd_, cheevd_, sgeqrf_, dgeqrf_, sorgqr_, dorgqr_, sgetrf_, dgetrf_, sgetri_, dgetri_, spotrf_, dpotrf_, strtri_, dtrtri_
        function \routine
        .endr

        .section .data.rel.mlx4j_blas, "aw", %progbits
        .globl  mlx4j_blas_functions_end
        .hidden mlx4j_blas_functions_end
mlx4j_blas_functions_end:

        .section .note.GNU-stack, "", %progbits
