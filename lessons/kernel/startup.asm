; startup.asm - KiSystemStartup: the processor's tables, then the first thread.
%include "kernel.inc"
%include "user.inc"

        extern  KiInitializeIdt, HalpInitializePics, KiInitializeNmiCallbacks, KiTrap02, KiTrap08
        extern  KiLessonUserEntry
        global  KiSystemStartup, KiUserThread, KiLessonStart, KiInitialThread, KiInitialProcess

        section .text
KiSystemStartup:
        mov     esp, KI_THREAD_STACK
        xor     ebp, ebp
        ; the identity mapping goes, the user's lowest 4 MiB come
        mov     dword [MM_PDE_BASE], PHYSICAL_PT_STACK + PTE_VALID + PTE_WRITE + PTE_OWNER
        mov     eax, cr3
        mov     cr3, eax
        call    KiInitializeGdt
        call    KiInitializeTss
        call    KiInitializePcr
        call    KiInitializeIdt
        call    HalpInitializePics
        call    KiInitializeNmiCallbacks
        jmp     KiUserThread

KiInitializeGdt:
        mov     esi, KiGdtImage
        mov     edi, KI_GDT
        mov     ecx, KiGdtImageEnd - KiGdtImage
        rep movsb
        lgdt    [KiGdtr]
        jmp     KGDT_R0_CODE:.reloaded
.reloaded:
        mov     eax, KGDT_R3_DATA | RPL_MASK
        mov     ds, ax
        mov     es, ax
        mov     eax, KGDT_R0_DATA
        mov     ss, ax
        mov     eax, KGDT_R0_PCR
        mov     fs, ax
        xor     eax, eax
        mov     gs, ax
        lldt    ax
        ret

; The normal task and the two that interrupts enter through task gates.
KiInitializeTss:
        mov     edi, KI_TSS
        mov     dword [edi + TssEsp0], KI_THREAD_STACK
        mov     dword [edi + TssSs0], KGDT_R0_DATA
        mov     dword [edi + TssCr3], PHYSICAL_DIRECTORY
        mov     word [edi + TssIoMapBase], KTSS_NO_IO_MAP
        mov     eax, KGDT_TSS
        ltr     ax                      ; sets the busy bit of descriptor 28h

        mov     edi, KI_DOUBLE_FAULT_TSS
        mov     eax, KiTrap08
        mov     edx, KI_DOUBLE_FAULT_STACK
        call    KiInitializeTrapTss
        mov     edi, KI_NMI_TSS
        mov     eax, KiTrap02
        mov     edx, KI_NMI_STACK
        ; falls into KiInitializeTrapTss

; EDI TSS, EAX first instruction, EDX top of its stack.
KiInitializeTrapTss:
        mov     ecx, cr3
        mov     [edi + TssCr3], ecx
        mov     [edi + TssEip], eax
        mov     [edi + TssEsp0], edx
        mov     [edi + TssEsp], edx
        mov     dword [edi + TssSs0], KGDT_R0_DATA
        mov     dword [edi + TssEFlags], 0
        mov     word [edi + TssCs], KGDT_R0_CODE
        mov     word [edi + TssSs], KGDT_R0_DATA
        mov     word [edi + TssDs], KGDT_R3_DATA | RPL_MASK
        mov     word [edi + TssEs], KGDT_R3_DATA | RPL_MASK
        mov     word [edi + TssFs], KGDT_R0_PCR
        mov     word [edi + TssIoMapBase], KTSS_NO_IO_MAP
        ret

KiInitializePcr:
        mov     dword [fs:PcExceptionList], -1
        mov     dword [fs:PcSelfPcr], KI_PCR
        mov     dword [fs:PcPrcb], KI_PRCB
        mov     dword [fs:PcIdt], KI_IDT
        mov     dword [fs:PcGdt], KI_GDT
        mov     dword [fs:PcTss], KI_TSS
        mov     dword [fs:PcVersion], 0x00010001
        mov     dword [fs:PcSetMember], 1
        mov     dword [fs:PcStallScale], 100
        mov     dword [fs:PcCurrentThread], KiInitialThread
        mov     dword [fs:PcIdleThread], KiInitialThread
        mov     dword [KiInitialThread + ThInitialStack], KI_THREAD_STACK
        mov     dword [KiInitialThread + ThStackLimit], KI_THREAD_STACK_LIMIT
        mov     dword [KiInitialThread + ThApcProcess], KiInitialProcess
        mov     dword [KiInitialProcess + PrDirectoryTableBase], PHYSICAL_DIRECTORY
        mov     word [KiInitialProcess + PrIopmOffset], KTSS_NO_IO_MAP
        ret

; The thread enters ring 3 as if it returned from an interrupt.
KiUserThread:
        mov     edi, USER_TEB           ; NT_TIB: exception list, stack, self
        mov     dword [edi], -1
        mov     dword [edi + 4], USER_STACK_BASE
        mov     dword [edi + 8], USER_STACK_LIMIT
        mov     [edi + PcSelf], edi
        mov     dword [fs:PcSelf], USER_TEB
KiLessonStart:                          ; a lesson's script sets its variables here
        nop
        push    dword KGDT_R3_DATA | RPL_MASK
        push    dword USER_STACK_BASE
        push    dword EFLAGS_IF | 2
        push    dword KGDT_R3_CODE | RPL_MASK
        push    dword [KiLessonUserEntry]
        mov     eax, KGDT_R3_TEB | RPL_MASK
        mov     fs, ax
        xor     eax, eax
        mov     gs, ax
        xor     ecx, ecx
        xor     edx, edx
        xor     ebx, ebx
        xor     ebp, ebp
        xor     esi, esi
        xor     edi, edi
        iretd

        section .data align=8
KiGdtImage:
        dq      0
        dq      0x00CF9B000000FFFF      ; 08 ring-0 code
        dq      0x00CF93000000FFFF      ; 10 ring-0 data
        dq      0x00CFFB000000FFFF      ; 18 ring-3 code
        dq      0x00CFF3000000FFFF      ; 20 ring-3 data
        dq      0x80008904200020AB      ; 28 TSS, base 80042000, limit 20AB
        dq      0xFFC093DFF0000001      ; 30 PCR, base FFDFF000, two pages
        dq      0x7F40F3FDE0000FFF      ; 38 TEB, base 7FFDE000, one page
        dq      0x0000F2000400FFFF      ; 40 VDM tile, base 400
        dq      0                       ; 48 LDT of the process: none
        dq      0x8000890450000068      ; 50 double-fault TSS, base 80045000
        dq      0x8000890451000068      ; 58 NMI TSS, base 80045100
KiGdtImageEnd:
        align   4
        dw      0
KiGdtr: dw      KI_GDT_LIMIT
        dd      KI_GDT

        section .bss align=8
KiInitialThread:        resb KTHREAD_SIZE
KiInitialProcess:       resb KPROCESS_SIZE
