; nmi.asm - KiTrap02: the NMI task (flavour wrk, uniprocessor).
;
; IDT[2] is a task gate to TSS 58h, so this is not called: the processor switches tasks. On entry TR = 58h, IF = 0,
; NT = 1, the descriptor of TSS 58h is busy, its backlink names the interrupted task (normally 28h), and further
; NMIs are held back until the next IRET. PCR.TSS still names the interrupted TSS.
%include "kernel.inc"

        extern  KiSaveProcessorState, KiHandleNmi, KiNmiRecursionCheck, HalHandleNMI, KiSystemFatalException
        global  KiTrap02, KiNmiCallHal, KiNmiExit, KiNmiReturn, KiNmiFatal, KiNMIRecursionCount

        section .text
KiTrap02:
        cli
        ; The processor does not save CR3, LDTR and the I/O map base in the TSS it leaves: complete it.
        mov     eax, [fs:PcTss]                 ; EAX = interrupted TSS from here to the end of the frame
        mov     ecx, [fs:PcCurrentThread]
        mov     edi, [ecx + ThApcProcess]
        mov     ecx, [edi + PrDirectoryTableBase]
        mov     [eax + TssCr3], ecx
        mov     cx, [edi + PrIopmOffset]
        mov     [eax + TssIoMapBase], cx
        mov     ecx, [edi + PrLdtDescriptor]    ; limit and base, low halves: both zero if there is no LDT
        test    ecx, ecx
        jz      .ldt
        mov     ecx, KGDT_LDT
.ldt:
        mov     [eax + TssLdt], cx

        ; PCR.TSS names the running task: the NMI TSS, found through its descriptor.
        push    dword [fs:PcTss]
        mov     ebx, [fs:PcGdt]
        mov     ch, [ebx + KGDT_NMI_TSS + DescBaseHigh]
        mov     cl, [ebx + KGDT_NMI_TSS + DescBaseMid]
        shl     ecx, 16
        mov     cx, [ebx + KGDT_NMI_TSS + DescBaseLow]
        mov     [fs:PcTss], ecx

        ; An ordinary IRET inside the handler must not become a task return.
        pushfd
        and     dword [esp], ~EFLAGS_NT
        popfd

        ; Busy cleared: if an IRET below unmasks NMI and one arrives, the task gate can be used again.
        mov     byte [ebx + KGDT_NMI_TSS + DescAccess], TSS_AVAILABLE

        ; A trap frame of the interrupted task, 35 dwords, from its TSS.
        push    dword 0                         ; V86 GS, FS, DS, ES
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword [eax + TssSs]
        push    dword [eax + TssEsp]
        push    dword [eax + TssEFlags]
        push    dword [eax + TssCs]
        push    dword [eax + TssEip]
        push    dword 0                         ; error code
        push    dword [eax + TssEbp]
        push    dword [eax + TssEbx]
        push    dword [eax + TssEsi]
        push    dword [eax + TssEdi]
        push    dword [eax + TssFs]
        push    dword [fs:PcExceptionList]
        push    dword -1                        ; previous mode
        push    dword [eax + TssEax]
        push    dword [eax + TssEcx]
        push    dword [eax + TssEdx]
        push    dword [eax + TssDs]
        push    dword [eax + TssEs]
        push    dword [eax + TssGs]
        push    dword 0                         ; DR7, DR6, DR3, DR2, DR1, DR0
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0
        push    dword 0                         ; TempEsp, TempSegCs
        push    dword 0
        push    dword 0                         ; DbgArgPointer, DbgArgMark
        push    dword 0
        push    dword [eax + TssEip]            ; DbgEip, DbgEbp
        push    dword [eax + TssEbp]
        mov     ebp, esp                        ; EBP = trap frame from here on

        push    dword 0                         ; no exception frame
        push    ebp
        call    KiSaveProcessorState

        call    KiHandleNmi                     ; AL: did any callback claim it?
        test    al, al
        jnz     KiNmiExit

        cmp     dword [KiNMIRecursionCount], 0
        jne     KiNmiRecursionCheck             ; an NMI inside the HAL's handling of an NMI

KiNmiCallHal:
        inc     dword [KiNMIRecursionCount]
        push    dword 0
        call    HalHandleNMI                    ; normally does not return
        dec     dword [KiNMIRecursionCount]
        jnz     KiNmiFatal                      ; the TSS of the first interrupted code was overwritten

KiNmiExit:
        ; A link to itself: an NMI came while TR was 58h, and the way back is lost.
        mov     eax, [fs:PcTss]
        cmp     word [eax + TssBacklink], KGDT_NMI_TSS
        je      KiNmiFatal

        add     esp, KTRAP_FRAME_LENGTH
        pop     dword [fs:PcTss]
        mov     ecx, [fs:PcGdt]
        mov     byte [ecx + KGDT_TSS + DescAccess], TSS_BUSY    ; IRET requires it
        pushfd
        or      dword [esp], EFLAGS_NT          ; IRET becomes a task return through the backlink
        popfd
KiNmiReturn:
        iretd
        jmp     KiTrap02                        ; the next NMI resumes the task here

KiNmiFatal:
        mov     eax, EXCEPTION_NMI              ; EBP = trap frame
        jmp     KiSystemFatalException

        section .bss align=4
KiNMIRecursionCount:    resd 1                  ; unclaimed NMIs whose HAL call has not returned
