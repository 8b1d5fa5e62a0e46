; Mutant: EBP is used as scratch: the trap frame is lost.
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        mov     ebp, [KiNMIRecursionCount]
        cmp     ebp, KI_NMI_RECURSION_LIMIT
        jb      KiNmiCallHal
        jne     .loop
        cmp     byte [KdDebuggerNotPresent], 0
        jne     .loop
        cmp     byte [KdDebuggerEnabled], 0
        je      .loop
        call    KeEnterKernelDebugger
.loop:
        jmp     .loop
