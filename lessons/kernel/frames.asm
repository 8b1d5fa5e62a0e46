; frames.asm - physical page frames and the repairs of a page fault.
%include "kernel.inc"

        global  MiCopyOnWrite, MiDemandZero, MiResolveInvalidPte, MiAllocateFrame, MmNextFreeFrame

%define PROTECTION_SHIFT        5
%define PROTECTION_MASK         0x1F
%define MM_GUARD                0x10            ; in the high two bits of a protection
%define MM_HIGH_MASK            0x18
; Protections (low three bits) that allow reading: 1-7; writing: 4-7
%define FIRST_READABLE          1
%define FIRST_WRITABLE          4

        section .text
; EAX = physical address of a frame nobody uses. Frames are never freed in this part of the kernel.
MiAllocateFrame:
        mov     eax, [MmNextFreeFrame]
        inc     dword [MmNextFreeFrame]
        shl     eax, 12
        ret

; ESI PTE address (valid, copy-on-write), EDI address: copy the page, point the PTE at the copy.
MiCopyOnWrite:
        call    MiAllocateFrame
        push    esi
        push    edi
        push    eax
        mov     edi, eax
        add     edi, KSEG0_BASE
        mov     esi, [esi]
        and     esi, 0xFFFFF000
        add     esi, KSEG0_BASE
        mov     ecx, 1024
        rep movsd
        pop     eax
        pop     edi
        pop     esi
        mov     ecx, [esi]
        and     ecx, 0x00000FFF & ~PTE_COPY_ON_WRITE
        or      ecx, PTE_WRITE | PTE_ACCESSED | PTE_DIRTY
        or      eax, ecx
        mov     [esi], eax
        invlpg  [edi]                   ; the processor may still hold the read-only translation
        mov     eax, STATUS_COPY_ON_WRITE
        ret

; ESI PTE address (not valid), EDI address: a new frame of zeros, read/write.
MiDemandZero:
        mov     ecx, PTE_VALID | PTE_OWNER | PTE_ACCESSED | PTE_WRITE | PTE_DIRTY
; ... with the PTE bits in ECX.
MiDemandZeroWithBits:
        push    ecx
        call    MiAllocateFrame
        push    edi
        push    eax
        mov     edi, eax
        add     edi, KSEG0_BASE
        xor     eax, eax
        mov     ecx, 1024
        rep stosd
        pop     eax
        pop     edi
        pop     ecx
        or      eax, ecx
        mov     [esi], eax              ; not valid before: the TLB holds nothing of it
        mov     eax, STATUS_DEMAND_ZERO_FAULT
        ret

; ESI PTE address (not valid), EDI address, ECX error code: the protection in the PTE decides.
MiResolveInvalidPte:
        mov     eax, [esi]
        test    eax, PTE_PROTOTYPE | PTE_TRANSITION
        jnz     .violation              ; not in this part of the kernel
        test    eax, 0xFFFFF000
        jnz     .violation              ; page file: not in this part of the kernel
        shr     eax, PROTECTION_SHIFT
        and     eax, PROTECTION_MASK
        mov     edx, eax
        and     eax, 7
        cmp     eax, FIRST_READABLE
        jb      .violation              ; nothing allocated (0), decommitted (10h), no access (18h)
        test    ecx, PF_WRITE
        jz      .allowed
        cmp     eax, FIRST_WRITABLE
        jb      .violation
.allowed:
        and     edx, MM_HIGH_MASK
        cmp     edx, MM_GUARD
        je      .guard
        mov     ecx, PTE_VALID | PTE_OWNER | PTE_ACCESSED
        cmp     eax, FIRST_WRITABLE
        jb      MiDemandZeroWithBits
        or      ecx, PTE_WRITE | PTE_DIRTY
        jmp     MiDemandZeroWithBits
.guard:                                 ; reported once: the next access finds an ordinary page
        and     dword [esi], ~(MM_GUARD << PROTECTION_SHIFT)
        mov     eax, STATUS_GUARD_PAGE_VIOLATION
        ret
.violation:
        mov     eax, STATUS_ACCESS_VIOLATION
        ret

        section .data align=4
MmNextFreeFrame:        dd MM_FIRST_FREE_FRAME  ; page frame number
