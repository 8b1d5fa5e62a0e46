; Mutant: only KdDebuggerNotPresent is tested.
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        cmp     dword [KiNMIRecursionCount], KI_NMI_RECURSION_LIMIT
        jb      KiNmiCallHal
        jne     .loop
        cmp     byte [KdDebuggerNotPresent], 0
        jne     .loop
        call    KeEnterKernelDebugger
.loop:
        jmp     .loop
