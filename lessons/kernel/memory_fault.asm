; memory_fault.asm - MmAccessFault: what a page fault means, and whether it can be resolved.
; This part of the kernel knows private memory only: no page file, no transition or prototype pages, no VADs.
%include "kernel.inc"

        extern  MiResolveUserFault, KeBugCheck2
        global  MmAccessFault, MmAccessFaultReturn

%define ArgErrorCode    (ebp + 8)
%define ArgAddress      (ebp + 12)
%define ArgMode         (ebp + 16)
%define ArgTrapFrame    (ebp + 20)

        section .text
; MmAccessFault(error code, address, mode, trap frame): stdcall; EAX = status, sign bit clear if resolved.
MmAccessFault:
        push    ebp
        mov     ebp, esp
        push    ebx
        push    esi
        push    edi
        mov     edi, [ArgAddress]
        mov     ecx, [ArgErrorCode]
        mov     ebx, edi                        ; EBX = PDE address
        shr     ebx, 22
        lea     ebx, [MM_PDE_BASE + ebx * 4]
        mov     esi, edi                        ; ESI = PTE address (may itself not be mapped)
        shr     esi, 12
        lea     esi, [MM_PTE_BASE + esi * 4]
        cmp     byte [fs:PcIrql], APC_LEVEL
        ja      .highIrql
        cmp     edi, MM_SYSTEM_START
        jae     .system

        test    dword [ebx], PTE_VALID          ; no page table: nothing was ever allocated there
        jz      .violation
        call    MiResolveUserFault              ; ESI PTE address, EDI address, ECX error code -> EAX
        jmp     MmAccessFaultReturn

; Above APC_LEVEL nothing can be brought in.
.highIrql:
        mov     eax, STATUS_FAULT_AT_HIGH_IRQL
        test    dword [ebx], PTE_VALID
        jz      MmAccessFaultReturn
        test    dword [esi], PTE_VALID
        jz      MmAccessFaultReturn
        mov     edx, 10
        jmp     .validSystem

; System addresses: never ring 3's business; in ring 0 a mistake, or somebody else has repaired it already.
.system:
        cmp     dword [ArgMode], 0
        jne     .violation
        mov     edx, 2                          ; type 2: no page table
        test    dword [ebx], PTE_VALID
        jz      .notThere
        mov     edx, 11
        test    dword [esi], PTE_VALID
        jnz     .validSystem
        xor     edx, edx                        ; type 0: no page; 1: a page nobody may use
        mov     eax, [esi]
        and     eax, 0x1F << 5
        cmp     eax, 0x18 << 5
        sete    dl
.notThere:                                      ; 0x50(address, write, EIP, type)
        mov     eax, [ArgTrapFrame]
        push    eax
        push    edx
        push    dword [eax + TsEip]
        shr     ecx, 1
        and     ecx, 1
        push    ecx
        push    edi
        push    dword PAGE_FAULT_IN_NONPAGED_AREA
        call    KeBugCheck2

.validSystem:                                   ; EDX = which test this is, the fourth parameter
        xor     eax, eax
        test    ecx, PF_WRITE
        jz      MmAccessFaultReturn             ; success: a stale TLB entry
        test    dword [esi], PTE_WRITE
        jnz     MmAccessFaultReturn
        mov     eax, [ArgTrapFrame]             ; 0xBE(address, PTE, trap frame, site)
        push    eax
        push    edx
        push    eax
        push    dword [esi]
        push    edi
        push    dword ATTEMPTED_WRITE_TO_READONLY
        call    KeBugCheck2

.violation:
        mov     eax, STATUS_ACCESS_VIOLATION
MmAccessFaultReturn:                            ; EAX = the answer
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        ret     16
