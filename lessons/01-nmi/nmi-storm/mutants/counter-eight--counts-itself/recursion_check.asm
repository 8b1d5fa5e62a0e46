; Mutant: the ninth NMI is counted although it never reaches the HAL.
%include "kernel.inc"

        extern  KiNMIRecursionCount, KiNmiCallHal, KdDebuggerNotPresent, KdDebuggerEnabled
        extern  KeEnterKernelDebugger
        global  KiNmiRecursionCheck

        section .text
KiNmiRecursionCheck:
        cmp     dword [KiNMIRecursionCount], KI_NMI_RECURSION_LIMIT
        jb      KiNmiCallHal
        jne     .loop
        inc     dword [KiNMIRecursionCount]
        cmp     byte [KdDebuggerNotPresent], 0
        jne     .loop
        cmp     byte [KdDebuggerEnabled], 0
        je      .loop
        call    KeEnterKernelDebugger
.loop:
        jmp     .loop
