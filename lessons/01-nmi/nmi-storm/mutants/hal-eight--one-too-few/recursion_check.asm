; Mutant: the limit is one too low.
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        cmp     dword [KiNMIRecursionCount], KI_NMI_RECURSION_LIMIT - 1
        jb      KiNmiCallHal
        jne     .loop
        cmp     byte [KdDebuggerNotPresent], 0
        jne     .loop
        cmp     byte [KdDebuggerEnabled], 0
        je      .loop
        call    KeEnterKernelDebugger
.loop:
        jmp     .loop
