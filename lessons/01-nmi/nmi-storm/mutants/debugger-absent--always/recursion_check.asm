; Mutant: the debugger is called without asking whether there is one.
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        cmp     dword [KiNMIRecursionCount], KI_NMI_RECURSION_LIMIT
        jb      KiNmiCallHal
        jne     .loop
        call    KeEnterKernelDebugger
.loop:
        jmp     .loop
