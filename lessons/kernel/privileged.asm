; privileged.asm - is the instruction that raised #GP(0) one that only ring 0 may execute?
%include "kernel.inc"

        global  KiIsPrivilegedInstruction

%define MAX_PREFIXES    14

        section .text
; EBX address of the instruction -> ZF clear if privileged. Changes EAX, ECX, EDX, EDI.
KiIsPrivilegedInstruction:
        mov     edx, ebx
        mov     ecx, MAX_PREFIXES
.prefix:
        mov     al, [edx]
        mov     edi, KiPrefixes
        call    KiFindByte
        jnz     .opcode                 ; not a prefix
        inc     edx
        dec     ecx
        jnz     .prefix
        xor     eax, eax
        ret
.opcode:
        cmp     al, 0x0F
        je      .twoByte
        mov     edi, KiPrivilegedOpcodes
        call    KiFindByte
        jmp     .answer
.twoByte:
        mov     al, [edx + 1]
        mov     ah, [edx + 2]           ; ModRM; its reg field is the opcode's extension
        shr     ah, 3
        and     ah, 7
        cmp     al, 1
        jb      .group6
        je      .group7
        mov     edi, KiPrivilegedTwoByte
        call    KiFindByte
        jmp     .answer
.group6:                                ; LLDT /2, LTR /3
        and     ah, ~1
        cmp     ah, 2
        jmp     .answer
.group7:                                ; LGDT /2, LIDT /3, LMSW /6
        cmp     ah, 6
        je      .answer
        and     ah, ~1
        cmp     ah, 2
.answer:                                ; ZF set = found
        setz    al
        test    al, al
        ret

; AL in the zero-terminated list at EDI? ZF set if so. Changes EDI.
KiFindByte:
        cmp     byte [edi], 0
        je      .missing
        cmp     al, [edi]
        je      .found
        inc     edi
        jmp     KiFindByte
.missing:
        cmp     edi, 0                  ; ZF clear
.found:
        ret

        section .data
KiPrefixes:             db 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0
; HLT, CLI, STI, IN, OUT, INS, OUTS: IOPL is 0 here, so ring 3 may use none of them
KiPrivilegedOpcodes:    db 0xF4, 0xFA, 0xFB, 0xE4, 0xE5, 0xE6, 0xE7, 0xEC, 0xED, 0xEE, 0xEF
                        db 0x6C, 0x6D, 0x6E, 0x6F, 0
; CLTS, INVD, WBINVD, MOV CR and DR, WRMSR, RDPMC, SYSEXIT
KiPrivilegedTwoByte:    db 0x06, 0x08, 0x09, 0x20, 0x21, 0x22, 0x23, 0x30, 0x33, 0x35, 0
