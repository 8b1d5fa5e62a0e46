; double_fault.asm - KiTrap08: the double-fault task (flavours wrk and win7 are alike).
;
; IDT[8] is a task gate to TSS 50h: the processor brings a good stack, which is the point when the thread's
; kernel stack has overflowed. The processor has pushed the error code, always 0, on that stack.
%include "kernel.inc"

        extern  KeBugCheck2
        global  KiTrap08

        section .text
KiTrap08:
        cli
        mov     eax, [fs:PcTss]                 ; the TSS that holds the interrupted context
        mov     ecx, [fs:PcCurrentThread]
        mov     edi, [ecx + ThApcProcess]
        mov     ecx, [edi + PrDirectoryTableBase]
        mov     [eax + TssCr3], ecx
        mov     cx, [edi + PrIopmOffset]
        mov     [eax + TssIoMapBase], cx
        mov     ecx, [edi + PrLdtDescriptor]
        test    ecx, ecx
        jz      .ldt
        mov     ecx, KGDT_LDT
.ldt:
        mov     [eax + TssLdt], cx

        mov     ebx, [fs:PcGdt]
        mov     byte [ebx + KGDT_DF_TSS + DescAccess], TSS_AVAILABLE
        pushfd
        and     dword [esp], ~EFLAGS_NT
        popfd
        mov     ch, [ebx + KGDT_DF_TSS + DescBaseHigh]
        mov     cl, [ebx + KGDT_DF_TSS + DescBaseMid]
        shl     ecx, 16
        mov     cx, [ebx + KGDT_DF_TSS + DescBaseLow]
        mov     [fs:PcTss], ecx
.bugcheck:
        push    dword 0                         ; no trap frame
        push    dword 0
        push    dword 0
        push    eax
        push    dword EXCEPTION_DOUBLE_FAULT
        push    dword UNEXPECTED_KERNEL_MODE_TRAP
        call    KeBugCheck2
        jmp     .bugcheck                       ; only a debugger gets here
