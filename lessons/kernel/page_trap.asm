; page_trap.asm - KiTrap0E: the page fault, from the gate to a status.
%include "kernel.inc"
%include "trap.inc"

        extern  MmAccessFault, KiCommonDispatch, KiExceptionExit, KeBugCheck2
        global  KiTrap0E

        section .text
KiTrap0E:
        ENTER_TRAP
        mov     edi, cr2                        ; before anything can fault again
        test    dword [ebp + TsEFlags], EFLAGS_IF
        jz      .interruptsOff
        sti
        push    ebp
        mov     eax, [ebp + TsSegCs]
        and     eax, 1                          ; 0 kernel, 1 user
        push    eax
        push    edi
        push    dword [ebp + TsErrCode]
        call    MmAccessFault
        test    eax, eax
        jns     KiExceptionExit                 ; resolved: the instruction runs again

        mov     ebx, [ebp + TsEip]
        mov     edx, [ebp + TsErrCode]          ; first parameter: 0 read, 1 write
        shr     edx, 1
        and     edx, 1
        mov     esi, edi                        ; second parameter: the address
        mov     ecx, 2
        cmp     eax, STATUS_FAULT_AT_HIGH_IRQL
        je      .highIrql
        cmp     eax, STATUS_ACCESS_VIOLATION
        je      KiCommonDispatch
        cmp     eax, STATUS_GUARD_PAGE_VIOLATION
        je      KiCommonDispatch
        cmp     eax, STATUS_STACK_OVERFLOW
        je      KiCommonDispatch
        mov     ecx, 3                          ; anything else: the page could not be brought in
        mov     edi, eax
        mov     eax, STATUS_IN_PAGE_ERROR
        jmp     KiCommonDispatch

.highIrql:                                      ; 0xA(address, IRQL, write, EIP)
        push    ebp
        push    ebx
        push    edx
        movzx   eax, byte [fs:PcIrql]
        push    eax
        push    edi
        push    dword IRQL_NOT_LESS_OR_EQUAL
        call    KeBugCheck2

.interruptsOff:                                 ; 0xA(address, -1, error code, EIP)
        push    ebp
        push    dword [ebp + TsEip]
        push    dword [ebp + TsErrCode]
        push    dword -1
        push    edi
        push    dword IRQL_NOT_LESS_OR_EQUAL
        call    KeBugCheck2
