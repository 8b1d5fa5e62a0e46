; recursion_check.asm - what to do about an unclaimed NMI that arrives while the HAL still handles an earlier one.
;
; Entered by a jump from KiTrap02 when KiNMIRecursionCount is not zero. IF = 0, NMI held back until an IRET,
; ESP and EBP belong to KiTrap02 (EBP = trap frame). Leaves by a jump to KiNmiCallHal, or never.
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        cmp     dword [KiNMIRecursionCount], KI_NMI_RECURSION_LIMIT
        jb      KiNmiCallHal                    ; another chance for the error screen
        jne     .loop                           ; above the limit: cannot happen unless memory is damaged
        cmp     byte [KdDebuggerNotPresent], 0
        jne     .loop
        cmp     byte [KdDebuggerEnabled], 0
        je      .loop
        call    KeEnterKernelDebugger
.loop:
        jmp     .loop                           ; no bugcheck: its screen would let the next NMI in
