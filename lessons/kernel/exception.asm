; exception.asm - from a trap to an exception record and its dispatch.
%include "kernel.inc"

        extern  KeBugCheck2, KiExceptionExit, KiStopMachine
        global  KiCommonDispatch, KiDispatchException, PspExitThread
        global  KiThreadEnded, KiThreadExitStatus, KiLastExceptionRecord

        section .text
; EAX status, EBX address, ECX number of parameters, EDX, ESI, EDI the parameters, EBP trap frame.
KiCommonDispatch:
        sub     esp, EXCEPTION_RECORD_SIZE
        mov     [esp + ErCode], eax
        mov     dword [esp + ErFlags], 0
        mov     dword [esp + ErRecord], 0
        mov     [esp + ErAddress], ebx
        mov     [esp + ErCount], ecx
        mov     [esp + ErParameters], edx
        mov     [esp + ErParameters + 4], esi
        mov     [esp + ErParameters + 8], edi
        mov     ecx, esp
        mov     eax, [ebp + TsSegCs]
        and     eax, 1
        push    dword 1                         ; first chance
        push    eax                             ; previous mode
        push    ebp                             ; trap frame
        push    dword 0                         ; exception frame
        push    ecx                             ; exception record
        call    KiDispatchException
        jmp     KiExceptionExit

; KiDispatchException(record, exception frame, trap frame, previous mode, first chance): stdcall.
; There is no debugger and no user handler in this part of the kernel, so:
;   kernel mode: bug check 0x8E(code, address, trap frame, 0);  user mode: the thread ends with the code.
KiDispatchException:
        push    ebp
        mov     ebp, esp
        mov     esi, [ebp + 8]
        mov     edi, KiLastExceptionRecord
        mov     ecx, EXCEPTION_RECORD_SIZE / 4
        rep movsd
        mov     esi, [ebp + 8]
        cmp     dword [ebp + 20], 0
        jne     .user
        mov     eax, [ebp + 16]
        push    eax
        push    dword 0
        push    eax
        push    dword [esi + ErAddress]
        push    dword [esi + ErCode]
        push    dword KERNEL_MODE_EXCEPTION
        call    KeBugCheck2
.user:
        mov     eax, [esi + ErCode]

; EAX exit status. The only thread ends, so nothing is left to run.
PspExitThread:
        mov     [KiThreadExitStatus], eax
KiThreadEnded:
        mov     al, 0x10
        jmp     KiStopMachine

        section .bss align=4
KiThreadExitStatus:     resd 1
KiLastExceptionRecord:  resb EXCEPTION_RECORD_SIZE
