; system_service.asm - int 2Eh: the few services that ring 3 of a lesson can ask for. Number in EAX, argument in EDX.
%include "kernel.inc"
%include "trap.inc"

        extern  PspExitThread, HalpRaiseNmi, KiExceptionExit
        global  KiSystemService, KiOverflowStack, KiServiceRead, KiServiceWrite

        section .text
KiSystemService:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        sti
        cmp     eax, KiServiceCount
        jae     .done
        call    [KiServiceTable + eax * 4]
.done:
        jmp     KiExceptionExit

KiServiceEndThread:                     ; EDX exit status
        mov     eax, edx
        jmp     PspExitThread

KiServiceRaiseNmi:
        cli
        jmp     HalpRaiseNmi

KiOverflowStack:                        ; ends in a double fault
        push    eax
        jmp     KiOverflowStack

KiServiceRead:                          ; EDX address; the value goes to ring 3's EAX
        mov     eax, [edx]
        mov     [ebp + TsEax], eax
        ret

KiServiceWrite:                         ; EDX address
        mov     [edx], eax
        ret

KiServiceSetIrql:                       ; EDX level
        mov     [fs:PcIrql], dl
        ret

        section .data align=4
KiServiceTable:
        dd      KiServiceEndThread, KiServiceRaiseNmi, KiOverflowStack, KiServiceRead, KiServiceWrite
        dd      KiServiceSetIrql
KiServiceCount  equ ($ - KiServiceTable) / 4
