; hal_display.asm - text for people: on the VGA text screen and on port E9h. Nothing is graded by it.
%include "kernel.inc"

        global  HalDisplayString, HalDisplayHex

%define SCREEN_BYTES    (80 * 25 * 2)
%define ROW_BYTES       (80 * 2)
%define ATTRIBUTE       0x1F            ; white on blue

        section .text
; HalDisplayString(text): stdcall; zero-terminated, 10 = new line. Preserves all registers.
HalDisplayString:
        pushad
        mov     esi, [esp + 36]
.next:
        lodsb
        test    al, al
        jz      .done
        call    HalpDisplayCharacter
        jmp     .next
.done:
        popad
        ret     4

; HalDisplayHex(value): stdcall; eight digits. Preserves all registers.
HalDisplayHex:
        pushad
        mov     edx, [esp + 36]
        mov     ecx, 8
.digit:
        rol     edx, 4
        mov     eax, edx
        and     eax, 15
        mov     al, [HalpDigits + eax]
        call    HalpDisplayCharacter
        dec     ecx
        jnz     .digit
        popad
        ret     4

; AL character. Changes EAX, EDI.
HalpDisplayCharacter:
        out     0xE9, al
        mov     edi, [HalpCursor]
        cmp     al, 10
        je      .line
        mov     ah, ATTRIBUTE
        mov     [HAL_VGA_TEXT + edi], ax
        add     edi, 2
        jmp     .wrap
.line:
        mov     eax, edi                ; to the start of the next row
        push    edx
        push    ecx
        xor     edx, edx
        mov     ecx, ROW_BYTES
        div     ecx
        sub     edi, edx
        add     edi, ecx
        pop     ecx
        pop     edx
.wrap:
        cmp     edi, SCREEN_BYTES
        jb      .store
        xor     edi, edi
.store:
        mov     [HalpCursor], edi
        ret

        section .data
HalpDigits:     db "0123456789ABCDEF"

        section .bss align=4
HalpCursor:     resd 1
