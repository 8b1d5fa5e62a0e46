; idt.asm - the interrupt descriptor table.
; Task gates at 2 and 8; 32-bit interrupt gates elsewhere, DPL 3 where ring 3 may use INT.
%include "kernel.inc"

        extern  KiTrap00, KiTrap01, KiTrap03, KiTrap04, KiTrap05, KiTrap06, KiTrap07, KiTrap09, KiTrap0A
        extern  KiTrap0B, KiTrap0C, KiTrap0D, KiTrap0E, KiTrap0F, KiTrap10, KiTrap11, KiTrap12, KiTrap13
        extern  KiFastFail, KiRaiseAssertion, KiDebugService, KiSystemService, KiUnexpectedInterrupt
        global  KiInitializeIdt

%define INTERRUPT_GATE  0x8E00          ; present, DPL 0
%define SERVICE_GATE    0xEE00          ; present, DPL 3
%define TASK_GATE       0x8500          ; present, DPL 0; the offset is ignored
%define NO_GATE         0

%macro GATE 1-2 INTERRUPT_GATE
        dd      %1
        dw      KGDT_R0_CODE, %2
%endmacro
%macro GATE_TO_TASK 1
        dd      0
        dw      %1, TASK_GATE
%endmacro

        section .text
; KiIdtImage holds {offset, selector, access}; a gate wants the offset in two halves.
KiInitializeIdt:
        mov     esi, KiIdtImage
        mov     edi, KI_IDT
        mov     ecx, (KiIdtImageEnd - KiIdtImage) / 8
.gate:
        mov     eax, [esi]              ; offset
        mov     edx, [esi + 4]          ; selector, access
        mov     [edi], ax
        mov     [edi + 2], dx
        shr     edx, 16
        mov     [edi + 4], dx
        shr     eax, 16
        mov     [edi + 6], ax
        add     esi, 8
        add     edi, 8
        dec     ecx
        jnz     .gate
        lidt    [KiIdtr]
        ret

        section .data align=8
KiIdtImage:
        GATE    KiTrap00                ; 00 divide error
        GATE    KiTrap01                ; 01 debug
        GATE_TO_TASK KGDT_NMI_TSS       ; 02 NMI, KiTrap02
        GATE    KiTrap03, SERVICE_GATE  ; 03 breakpoint
        GATE    KiTrap04, SERVICE_GATE  ; 04 overflow
        GATE    KiTrap05                ; 05 BOUND
        GATE    KiTrap06                ; 06 invalid opcode
        GATE    KiTrap07                ; 07 no coprocessor
        GATE_TO_TASK KGDT_DF_TSS        ; 08 double fault, KiTrap08
        GATE    KiTrap09                ; 09 coprocessor segment overrun
        GATE    KiTrap0A                ; 0A invalid TSS
        GATE    KiTrap0B                ; 0B segment not present
        GATE    KiTrap0C                ; 0C stack fault
        GATE    KiTrap0D                ; 0D general protection
        GATE    KiTrap0E                ; 0E page fault
        GATE    KiTrap0F                ; 0F reserved
        GATE    KiTrap10                ; 10 x87 error
        GATE    KiTrap11                ; 11 alignment check
        GATE    KiTrap12                ; 12 machine check
        GATE    KiTrap13                ; 13 SIMD error
%rep 0x20 - 0x14
        GATE    KiTrap0F                ; 14-1F reserved
%endrep
%rep 0x29 - 0x20
        GATE    0, NO_GATE              ; 20-28 not present
%endrep
        GATE    KiFastFail, SERVICE_GATE            ; 29
        GATE    KiUnexpectedInterrupt, SERVICE_GATE ; 2A tick count: not in this kernel
        GATE    KiUnexpectedInterrupt, SERVICE_GATE ; 2B callback return: not in this kernel
        GATE    KiRaiseAssertion, SERVICE_GATE      ; 2C
        GATE    KiDebugService, SERVICE_GATE        ; 2D
        GATE    KiSystemService, SERVICE_GATE       ; 2E
        GATE    KiTrap0F                ; 2F
%rep 0x40 - 0x30
        GATE    KiUnexpectedInterrupt   ; 30-3F IRQ 0 to 15
%endrep
KiIdtImageEnd:
        align   4
        dw      0
KiIdtr: dw      KI_IDT_LIMIT
        dd      KI_IDT
