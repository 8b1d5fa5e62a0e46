; recursion_check.asm - what to do about an unclaimed NMI that arrives while the HAL still handles an earlier one.
;
; Entered by a jump from KiTrap02 when KiNMIRecursionCount is not zero. IF = 0, NMI held back until an IRET,
; ESP and EBP belong to KiTrap02 (EBP = trap frame). Leaves by a jump to KiNmiCallHal, or never.
;
;   KiNMIRecursionCount    dword, HAL calls that have not returned (KiTrap02 counts; you only read it)
;   KdDebuggerNotPresent   byte, 0 = a debugger is attached
;   KdDebuggerEnabled      byte, not 0 = it may be used
;   KeEnterKernelDebugger  call it; it returns
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        ; Your code: below KI_NMI_RECURSION_LIMIT the HAL gets another chance. And at the limit?
        jmp     KiNmiCallHal
