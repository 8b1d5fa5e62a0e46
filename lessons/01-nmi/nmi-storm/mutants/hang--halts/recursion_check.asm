; Mutant: HLT instead of a loop: the next NMI would end it.
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
        cmp     byte [KdDebuggerEnabled], 0
        je      .loop
        call    KeEnterKernelDebugger
.loop:
        hlt
        jmp     .loop
