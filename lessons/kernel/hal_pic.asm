; hal_pic.asm - the two 8259s, as NT's PIC HAL programs them: IRQ 0-15 at vectors 30h-3Fh, all masked.
%include "kernel.inc"

        global  HalpInitializePics

        section .text
HalpInitializePics:
        mov     esi, .sequence
        xor     edx, edx
.next:
        mov     dl, [esi]
        mov     al, [esi + 1]
        out     dx, al
        add     esi, 2
        cmp     esi, .end
        jb      .next
        ret

        section .data
HalpInitializePics.sequence:            ; port, value
        db      0x20, 0x11, 0x21, 0x30, 0x21, 0x04, 0x21, 0x01, 0x21, 0xFF
        db      0xA0, 0x11, 0xA1, 0x38, 0xA1, 0x02, 0xA1, 0x01, 0xA1, 0xFF
HalpInitializePics.end:
