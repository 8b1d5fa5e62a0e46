; processor_state.asm - KiSaveProcessorState: the machine state into the PRCB, for a dump.
%include "kernel.inc"

        global  KiSaveProcessorState

; CONTEXT
%define CsSegGs         0x8C
%define CsSegFs         0x90
%define CsSegEs         0x94
%define CsSegDs         0x98
%define CsEdi           0x9C
%define CsEsi           0xA0
%define CsEbx           0xA4
%define CsEdx           0xA8
%define CsEcx           0xAC
%define CsEax           0xB0
%define CsEbp           0xB4
%define CsEip           0xB8
%define CsSegCs         0xBC
%define CsEFlags        0xC0
%define CsEsp           0xC4
%define CsSegSs         0xC8
%define CONTEXT_FULL    0x00010007      ; control, integer and segment registers
; Special registers
%define SrCr0           0x00
%define SrCr2           0x04
%define SrCr3           0x08
%define SrCr4           0x0C
%define SrDr6           0x20
%define SrDr7           0x24
%define SrGdtr          0x2A            ; limit, base
%define SrIdtr          0x32
%define SrTr            0x38
%define SrLdtr          0x3A

%macro SAVE 2                           ; field of the CONTEXT, field of the trap frame
        mov     eax, [esi + %2]
        mov     [edi + %1], eax
%endmacro

        section .text
; KiSaveProcessorState(trap frame, exception frame): stdcall; the exception frame is not used. Keeps EBX, ESI, EDI, EBP.
KiSaveProcessorState:
        push    esi
        push    edi
        mov     esi, [esp + 12]
        mov     edi, KI_PCR + PcProcessorState
        mov     dword [edi], CONTEXT_FULL
        SAVE    CsSegGs, TsSegGs
        SAVE    CsSegFs, TsSegFs
        SAVE    CsSegEs, TsSegEs
        SAVE    CsSegDs, TsSegDs
        SAVE    CsEdi, TsEdi
        SAVE    CsEsi, TsEsi
        SAVE    CsEbx, TsEbx
        SAVE    CsEdx, TsEdx
        SAVE    CsEcx, TsEcx
        SAVE    CsEax, TsEax
        SAVE    CsEbp, TsEbp
        SAVE    CsEip, TsEip
        SAVE    CsSegCs, TsSegCs
        SAVE    CsEFlags, TsEFlags
        ; SS:ESP of ring 3 are in the frame; ring 0 was at the place where they would be
        mov     eax, [esi + TsHardwareEsp]
        mov     ecx, [esi + TsHardwareSegSs]
        test    byte [esi + TsSegCs], RPL_MASK
        jnz     .stack
        lea     eax, [esi + TsHardwareEsp]
        mov     ecx, KGDT_R0_DATA
.stack:
        mov     [edi + CsEsp], eax
        mov     [edi + CsSegSs], ecx

        mov     edi, KI_PCR + PcSpecialRegisters
        mov     eax, cr0
        mov     [edi + SrCr0], eax
        mov     eax, cr2
        mov     [edi + SrCr2], eax
        mov     eax, cr3
        mov     [edi + SrCr3], eax
        mov     eax, cr4
        mov     [edi + SrCr4], eax
        mov     eax, dr6
        mov     [edi + SrDr6], eax
        mov     eax, dr7
        mov     [edi + SrDr7], eax
        sgdt    [edi + SrGdtr]
        sidt    [edi + SrIdtr]
        str     [edi + SrTr]
        sldt    [edi + SrLdtr]
        pop     edi
        pop     esi
        ret     8
