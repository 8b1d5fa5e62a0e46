; hal_nmi.asm - HalHandleNMI: the last word on an NMI that nobody claimed.
;
; The screen it shows is the BIOS's. A real HAL calls int 10h in V86 mode, and the IRET that enters V86 ends the
; processor's blocking of NMI. An I/O permission map is needed there, which the NMI TSS (limit 68h) does not have,
; so the HAL borrows the normal TSS first. This kernel keeps both steps but stays in ring 0: its IRET goes to the
; next instruction at the same privilege. The effect on NMI is the same.
%include "kernel.inc"

        extern  HalDisplayString, HalNmiReturns, HalpSelfNmiCount
        global  HalHandleNMI, HalpBorrowedScreen, HalpHalt, HalpBorrowTss, HalpReturnTss, HalpRaiseNmi

%define APIC_ID         0x20
%define APIC_SPURIOUS   0xF0
%define APIC_ICR_LOW    0x300
%define APIC_ICR_HIGH   0x310
%define ICR_NMI         0x00004400      ; delivery mode NMI, assert, physical destination
%define ICR_PENDING     0x00001000
%define TSS_WITH_IO_MAP 0x2000          ; a limit above this has room for the map

        section .text
; HalHandleNMI(info): stdcall. Shows the malfunction, then halts unless HalNmiReturns is set.
HalHandleNMI:
        push    ebp
        mov     ebp, esp
        in      al, 0x61                ; bit 7 memory parity, bit 6 channel check
        mov     [HalpNmiReason], al
        call    HalpBorrowTss
        call    HalpShowMalfunction
        call    HalpReturnTss
        cmp     dword [HalNmiReturns], 0
        je      HalpHalt
        pop     ebp
        ret     4
HalpHalt:
        cli
        hlt
        jmp     HalpHalt

; If the current TSS has no I/O map: TR and PCR.TSS become the normal TSS. LTR neither saves nor loads a task.
HalpBorrowTss:
        str     ax
        movzx   eax, ax
        mov     [HalpSavedTr], eax
        mov     ecx, [fs:PcGdt]
        lsl     edx, eax
        cmp     edx, TSS_WITH_IO_MAP
        ja      .done
        mov     eax, KGDT_TSS
        call    HalpLoadTss
.done:
        ret

; Undo: the remembered TSS becomes current again.
HalpReturnTss:
        str     ax
        movzx   eax, ax
        cmp     eax, [HalpSavedTr]
        je      .done
        mov     eax, [HalpSavedTr]
        call    HalpLoadTss
.done:
        ret

; EAX selector: descriptor made available (LTR refuses a busy one), PCR.TSS set, TR loaded (busy again).
HalpLoadTss:
        mov     ecx, [fs:PcGdt]
        add     ecx, eax
        mov     dh, [ecx + DescBaseHigh]
        mov     dl, [ecx + DescBaseMid]
        shl     edx, 16
        mov     dx, [ecx + DescBaseLow]
        mov     [fs:PcTss], edx
        mov     byte [ecx + DescAccess], TSS_AVAILABLE
        ltr     ax
        ret

HalpShowMalfunction:
        pushfd
        push    dword KGDT_R0_CODE
        push    dword HalpBorrowedScreen
        iretd                           ; ends the blocking of NMI
HalpBorrowedScreen:
        nop                             ; an NMI may arrive from here on
        cmp     dword [HalpSelfNmiCount], 0
        je      .draw
        dec     dword [HalpSelfNmiCount]
        call    HalpRaiseNmi
.draw:
        push    dword HalpMalfunctionText
        call    HalDisplayString
        ret

; An NMI to this processor through the local APIC (the shorthand "self" does not allow NMI, so by its own ID).
HalpRaiseNmi:
        or      dword [HAL_APIC + APIC_SPURIOUS], 0x100 ; software enable
        mov     eax, [HAL_APIC + APIC_ID]
        and     eax, 0xFF000000
        mov     [HAL_APIC + APIC_ICR_HIGH], eax
        mov     dword [HAL_APIC + APIC_ICR_LOW], ICR_NMI
.wait:
        test    dword [HAL_APIC + APIC_ICR_LOW], ICR_PENDING
        jnz     .wait
        ret

        section .data
HalpMalfunctionText:    db "*** Hardware malfunction: unclaimed NMI. The system has halted. ***", 10, 0

        section .bss align=4
HalpSavedTr:            resd 1
HalpNmiReason:          resd 1
