; bugcheck.asm - KeBugCheck2 and what leads to it; the debugger that is not there; the end of the run.
%include "kernel.inc"

        extern  HalDisplayString, HalDisplayHex, KiLessonExitPort
        global  KeBugCheck2, KiSystemFatalException, KiBugCheckData, KiBugCheckTrapFrame, KiBugCheckStopped
        global  KeEnterKernelDebugger, KiDebuggerEntries, KiStopMachine

        section .text
; EAX vector, EBP trap frame: bug check 0x7F(vector, 0, 0, 0).
KiSystemFatalException:
        push    ebp
        push    dword 0
        push    dword 0
        push    dword 0
        push    eax
        push    dword UNEXPECTED_KERNEL_MODE_TRAP
        call    KeBugCheck2

; KeBugCheck2(code, P1, P2, P3, P4, trap frame): stdcall, does not return.
KeBugCheck2:
        cli
        cld
        lea     esi, [esp + 4]
        mov     edi, KiBugCheckData
        mov     ecx, 5
        rep movsd
        lodsd
        mov     [KiBugCheckTrapFrame], eax
        push    dword KiBugCheckText
        call    HalDisplayString
        mov     esi, KiBugCheckData
        mov     ebx, 5
.value:
        push    dword [esi]
        call    HalDisplayHex
        push    dword KiSpace
        call    HalDisplayString
        add     esi, 4
        dec     ebx
        jnz     .value
        push    dword KiNewLine
        call    HalDisplayString
KiBugCheckStopped:
        mov     al, 0x11

; AL what to write to port F4h, if the lesson wants that. Then nothing runs any more.
KiStopMachine:
        cli
        cmp     dword [KiLessonExitPort], 0
        je      .halt
        out     0xF4, al
        mov     dx, 0x8900                      ; Bochs stops at this word
        mov     esi, KiShutdownText
        mov     ecx, 8
.shutdown:
        lodsb
        out     dx, al
        dec     ecx
        jnz     .shutdown
.halt:
        hlt
        jmp     .halt

; Would hand over to a kernel debugger. Here it only counts, and returns.
KeEnterKernelDebugger:
        inc     dword [KiDebuggerEntries]
        ret

        section .data
KiBugCheckText: db "*** STOP: ", 0
KiSpace:        db " ", 0
KiNewLine:      db 10, 0
KiShutdownText: db "Shutdown"

        section .bss align=4
KiBugCheckData:         resd 5                  ; code, P1 to P4
KiBugCheckTrapFrame:    resd 1
KiDebuggerEntries:      resd 1
