; Mutant: a refused write is called resolved; the instruction faults for ever.
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
        xor     eax, eax
        ret
.notValid:
        cmp     eax, PTE_DEMAND_ZERO_RW
        je      MiDemandZero
        jmp     MiResolveInvalidPte
