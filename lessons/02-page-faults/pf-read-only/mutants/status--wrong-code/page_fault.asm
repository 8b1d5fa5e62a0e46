; Mutant: a refused write is reported as a guard page.
%include "kernel.inc"

        extern  MiCopyOnWrite, MiDemandZero, MiResolveInvalidPte
        global  MiResolveUserFault

        section .text
MiResolveUserFault:
        mov     eax, [esi]
        test    eax, PTE_VALID
        jz      .notValid
        test    ecx, PF_WRITE
        jz      .resolved
        test    eax, PTE_COPY_ON_WRITE
        jnz     MiCopyOnWrite
        test    eax, PTE_WRITE
        jz      .violation
.resolved:                              ; the PTE allows it now: a stale TLB entry
        xor     eax, eax
        ret
.violation:
        mov     eax, STATUS_GUARD_PAGE_VIOLATION
        ret
.notValid:
        cmp     eax, PTE_DEMAND_ZERO_RW
        je      MiDemandZero
        jmp     MiResolveInvalidPte
