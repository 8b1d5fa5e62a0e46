; traps.asm - the traps that use interrupt gates, except the page fault. One pattern: complete the trap frame, name a
; status, dispatch an exception; or, where ring 0 has no excuse, stop the system with bug check 0x7F(vector).
%include "kernel.inc"
%include "trap.inc"

        extern  KiCommonDispatch, KiSystemFatalException, KeBugCheck2, KiIsPrivilegedInstruction
        global  KiTrap00, KiTrap01, KiTrap03, KiTrap04, KiTrap05, KiTrap06, KiTrap07, KiTrap09, KiTrap0A, KiTrap0B
        global  KiTrap0C, KiTrap0D, KiTrap0F, KiTrap10, KiTrap11, KiTrap12, KiTrap13
        global  KiFastFail, KiRaiseAssertion, KiDebugService, KiUnexpectedInterrupt, KiExceptionExit

%define CR0_MP          2
%define LOCK_PREFIX     0xF0

; A trap that is always fatal: %1 name, %2 vector, %3 = 1 if the processor pushes an error code.
%macro FATAL_TRAP 3
%1:
%if %3 == 0
        PUSH_NO_ERROR_CODE
%endif
        ENTER_TRAP
        mov     eax, %2
        jmp     KiSystemFatalException
%endmacro

; A trap that becomes an exception in either mode: %1 name, %2 status, %3 bytes to step EIP back by.
%macro STATUS_TRAP 3
%1:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        mov     eax, %2
        mov     ebx, [ebp + TsEip]
        sub     ebx, %3
        xor     ecx, ecx
        jmp     KiDispatchWithInterrupts
%endmacro

        section .text
        STATUS_TRAP KiTrap00, STATUS_INTEGER_DIVIDE_BY_ZERO, 0
        STATUS_TRAP KiTrap04, STATUS_INTEGER_OVERFLOW, 1        ; INTO is one byte
        STATUS_TRAP KiFastFail, STATUS_STACK_BUFFER_OVERRUN, 2  ; INT 29h is two bytes
        STATUS_TRAP KiRaiseAssertion, STATUS_ASSERTION_FAILURE, 2
        FATAL_TRAP KiTrap09, 0x09, 0
        FATAL_TRAP KiTrap0A, 0x0A, 1
        FATAL_TRAP KiTrap0B, 0x0B, 1
        FATAL_TRAP KiTrap0C, 0x0C, 1
        FATAL_TRAP KiTrap0F, 0x0F, 0
        FATAL_TRAP KiTrap10, 0x10, 0            ; x87 errors: not in this part of the kernel
        FATAL_TRAP KiTrap11, 0x11, 1
        FATAL_TRAP KiTrap12, 0x12, 0
        FATAL_TRAP KiTrap13, 0x13, 0

KiTrap01:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        test    byte [ebp + TsSegCs], RPL_MASK
        jnz     .report
        and     dword [ebp + TsEFlags], ~EFLAGS_TF      ; ring 0: do not step on through the dispatcher
.report:
        mov     eax, STATUS_SINGLE_STEP
        mov     ebx, [ebp + TsEip]
        xor     ecx, ecx
        jmp     KiDispatchWithInterrupts

KiTrap03:
KiDebugService:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        mov     eax, STATUS_BREAKPOINT
        mov     ebx, [ebp + TsEip]
        dec     ebx                             ; EIP of the INT3 itself
        mov     ecx, 1
        xor     edx, edx
        jmp     KiDispatchWithInterrupts

KiTrap05:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        mov     eax, 5
        test    byte [ebp + TsSegCs], RPL_MASK
        jz      KiSystemFatalException
        mov     eax, STATUS_ARRAY_BOUNDS_EXCEEDED
        mov     ebx, [ebp + TsEip]
        xor     ecx, ecx
        jmp     KiDispatchWithInterrupts

KiTrap06:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        mov     ebx, [ebp + TsEip]
        mov     eax, STATUS_ILLEGAL_INSTRUCTION
        test    byte [ebp + TsSegCs], RPL_MASK
        jz      .report
        mov     ecx, 4                          ; a LOCK prefix among the first four bytes?
        mov     edx, ebx
.prefix:
        cmp     byte [edx], LOCK_PREFIX
        je      .lock
        inc     edx
        dec     ecx
        jnz     .prefix
        jmp     .report
.lock:
        mov     eax, STATUS_INVALID_LOCK_SEQUENCE
.report:
        xor     ecx, ecx
        jmp     KiDispatchWithInterrupts

; #NM: a task switch left CR0.TS set. This kernel keeps no lazy x87 state, so with MP = 1 it clears TS and resumes.
KiTrap07:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        mov     eax, cr0
        test    eax, CR0_MP
        jz      .unknown
        clts
        jmp     KiExceptionExit
.unknown:
        push    ebp
        push    dword 0
        push    dword 0
        push    eax
        push    dword 2
        push    dword TRAP_CAUSE_UNKNOWN
        call    KeBugCheck2

KiTrap0D:
        ENTER_TRAP
        mov     eax, 0x0D
        test    byte [ebp + TsSegCs], RPL_MASK
        jz      KiSystemFatalException
        mov     ebx, [ebp + TsEip]
        cmp     dword [ebp + TsErrCode], 0
        jne     .violation
        call    KiIsPrivilegedInstruction       ; EBX address -> ZF clear if it is
        jz      .violation
        mov     eax, STATUS_PRIVILEGED_INSTRUCTION
        xor     ecx, ecx
        jmp     KiDispatchWithInterrupts
.violation:
        mov     eax, STATUS_ACCESS_VIOLATION
        mov     ecx, 2
        xor     edx, edx                        ; (0, -1): no address is known
        mov     esi, -1

; Interrupts on again if the interrupted code had them on, then the common dispatch.
KiDispatchWithInterrupts:
        test    dword [ebp + TsEFlags], EFLAGS_IF
        jz      KiCommonDispatch
        sti
        jmp     KiCommonDispatch

KiUnexpectedInterrupt:
        PUSH_NO_ERROR_CODE
        ENTER_TRAP
        push    ebp
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 1
        push    dword TRAP_CAUSE_UNKNOWN
        call    KeBugCheck2

; EBP = trap frame: back to what was interrupted.
KiExceptionExit:
        cli
        lea     esp, [ebp + TsSegGs]
        pop     gs
        pop     es
        pop     ds
        pop     edx
        pop     ecx
        pop     eax
        add     esp, 4                          ; PreviousPreviousMode
        pop     dword [fs:PcExceptionList]
        pop     fs
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        add     esp, 4                          ; error code
        iretd
