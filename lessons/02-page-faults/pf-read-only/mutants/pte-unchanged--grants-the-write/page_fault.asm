; Mutant: the PTE is made writable although the access is refused.
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
        or      dword [esi], PTE_WRITE
        mov     eax, STATUS_ACCESS_VIOLATION
        ret
.notValid:
        cmp     eax, PTE_DEMAND_ZERO_RW
        je      MiDemandZero
        jmp     MiResolveInvalidPte
