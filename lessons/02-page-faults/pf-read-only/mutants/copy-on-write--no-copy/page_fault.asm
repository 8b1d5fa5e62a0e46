; Mutant: the page is made writable without a copy: everybody who shares it sees the write.
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
        jnz     .share
        test    eax, PTE_WRITE
        jz      .violation
.resolved:                              ; the PTE allows it now: a stale TLB entry
        xor     eax, eax
        ret
.violation:
        mov     eax, STATUS_ACCESS_VIOLATION
        ret
.share:
        xor     eax, PTE_COPY_ON_WRITE | PTE_WRITE
        mov     [esi], eax
        invlpg  [edi]
        mov     eax, STATUS_COPY_ON_WRITE
        ret
.notValid:
        cmp     eax, PTE_DEMAND_ZERO_RW
        je      MiDemandZero
        jmp     MiResolveInvalidPte
