; page_fault.asm - the decision on a page fault at a user address whose page table exists.
;
; in:   ESI  address of the PTE (readable and writable)
;       EDI  the address that faulted
;       ECX  the processor's error code: bit 0 present, bit 1 write, bit 2 user
; out:  EAX  status; sign bit clear: resolved, the instruction runs again
; May change EAX, ECX, EDX and flags; keeps EBX, ESI, EDI, EBP.
;
; Repairs, all with ESI, EDI, ECX as above and the status in EAX:
;       MiCopyOnWrite        a private, writable copy of the valid page        STATUS_COPY_ON_WRITE
;       MiDemandZero         a new page of zeros, read/write                   STATUS_DEMAND_ZERO_FAULT
;       MiResolveInvalidPte  every other PTE that is not valid                 (various)
%include "kernel.inc"

        extern  MiCopyOnWrite, MiDemandZero, MiResolveInvalidPte
        global  MiResolveUserFault

        section .text
MiResolveUserFault:
        ; Your code: is the PTE valid? Is the access a write? What does the PTE say about writing?
        xor     eax, eax                ; "resolved": the instruction runs again, and faults again
        ret
