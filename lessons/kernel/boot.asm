; boot.asm - from the multiboot loader to the kernel's own address space.
; Everything here runs at its physical address with paging off, in the loader's flat segments.
%include "kernel.inc"
%include "user.inc"

        extern  KiSystemStartup, KiTextStart, KiTextEnd, KiBssStart, KiBssEnd, KiUserImage
        global  MultibootEntry

%define P(x) ((x) - KSEG0_BASE)         ; physical address of a kernel symbol

%macro FILL_TABLE 3                     ; first entry (physical), number of entries, first value; frames follow on
        mov     edi, %1
        mov     ecx, %2
        mov     eax, %3
        call    BootFillTable
%endmacro

        section .boot
        dd      0x1BADB002, 0, -0x1BADB002
        times   0x20 - ($ - $$) db 0

MultibootEntry:                         ; 0x00100020
        cli
        cld
        lgdt    [BootGdtr]              ; the loader's GDT need not be there any more
        jmp     KGDT_R0_CODE:.flat
.flat:
        mov     eax, KGDT_R0_DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, KI_NMI_STACK - KSEG0_BASE
        xor     eax, eax
        mov     edi, PHYSICAL_PT_STACK  ; page tables, GDT, IDT, PCR, TSSs and stacks
        mov     ecx, (PHYSICAL_USER_STACK + 0x4000 - PHYSICAL_PT_STACK) / 4
        ; the return address of a call would lie in there: nothing is called before this is done
        rep stosd
        mov     edi, P(KiBssStart)
        mov     ecx, KiBssEnd
        sub     ecx, KiBssStart
        shr     ecx, 2
        rep stosd
        call    BootMapKernel
        call    BootMapUser
        call    BootFillUserPages

        mov     eax, PHYSICAL_DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        and     eax, ~0x6000000C        ; CD, NW, EM and TS off
        or      eax, 0x80010022         ; PG, WP, NE, MP
        mov     cr0, eax
        jmp     .paging                 ; still in the identity mapping
.paging:
        mov     eax, KiSystemStartup
        jmp     eax

; EDI entry, ECX count, EAX value of the first: consecutive frames.
BootFillTable:
        mov     [edi], eax
        add     eax, 0x1000
        add     edi, 4
        dec     ecx
        jnz     BootFillTable
        ret

; The supervisor half. Directory entries are supervisor and writable; the page-table entries decide.
BootMapKernel:
        FILL_TABLE PHYSICAL_PT_KSEG0, 4096, PTE_VALID | PTE_WRITE
        FILL_TABLE PHYSICAL_DIRECTORY + 0x200 * 4, 4, PHYSICAL_PT_KSEG0 + 3
        ; code of the kernel: no write permission, so a stray store is noticed (CR0.WP = 1)
        mov     edi, P(KiTextStart)
        mov     ecx, KiTextEnd
        sub     ecx, KiTextStart
        shr     ecx, 12
        mov     eax, edi
        or      eax, PTE_VALID
        shr     edi, 12
        lea     edi, [PHYSICAL_PT_KSEG0 + edi * 4]
        call    BootFillTable
        ; kernel stack of the thread; the page below stays not present
        FILL_TABLE PHYSICAL_PT_THREAD + 0x90 * 4, 3, PHYSICAL_THREAD_STACK + 3
        mov     dword [PHYSICAL_DIRECTORY + 0x3DE * 4], PHYSICAL_PT_THREAD + 3
        ; PCR and local APIC
        mov     dword [PHYSICAL_PT_HAL + 0x1FF * 4], PHYSICAL_PCR + 3
        mov     dword [PHYSICAL_PT_HAL + 0x3E0 * 4], 0xFEE00000 + PTE_NO_CACHE + 3
        mov     dword [PHYSICAL_DIRECTORY + 0x3FF * 4], PHYSICAL_PT_HAL + 3
        ; the page tables themselves, at 0xC0000000
        mov     dword [PHYSICAL_DIRECTORY + 0x300 * 4], PHYSICAL_DIRECTORY + 3
        ; the code that runs now; KiSystemStartup puts the user's page table here
        mov     dword [PHYSICAL_DIRECTORY], PHYSICAL_PT_KSEG0 + 3
        ret

; The user half: code, stack, TEB and the pages that lessons use.
BootMapUser:
        mov     dword [PHYSICAL_DIRECTORY + 4], PHYSICAL_PT_IMAGE + 7
        mov     dword [PHYSICAL_DIRECTORY + 0x1FF * 4], PHYSICAL_PT_TEB + 7
        mov     dword [PHYSICAL_PT_TEB + 0x3DE * 4], PHYSICAL_TEB + 7
        FILL_TABLE PHYSICAL_PT_STACK + 0x12C * 4, 4, PHYSICAL_USER_STACK + 7
        FILL_TABLE PHYSICAL_PT_IMAGE + 4, 4, P(KiUserImage) + PTE_VALID + PTE_OWNER
%macro USER_PTE 2                       ; linear address, entry
        mov     dword [PHYSICAL_PT_IMAGE + ((%1 >> 12) & 0x3FF) * 4], %2
%endmacro
        USER_PTE USER_RO_PAGE,          PHYSICAL_USER_RO + PTE_VALID + PTE_OWNER
        USER_PTE USER_COW_PAGE,         PHYSICAL_USER_COW + PTE_VALID + PTE_OWNER + PTE_COPY_ON_WRITE
        USER_PTE USER_DEMAND_ZERO_PAGE, PTE_DEMAND_ZERO_RW
        USER_PTE USER_RW_PAGE,          PHYSICAL_USER_RW + PTE_VALID + PTE_OWNER + PTE_WRITE
        USER_PTE USER_DECOMMITTED_PAGE, 0x10 << 5
        USER_PTE USER_ZERO_RO_PAGE,     0x01 << 5
        USER_PTE USER_GUARD_PAGE,       0x14 << 5
        ret

; Known bytes, so that a copy can be told from its original.
BootFillUserPages:
        mov     edi, PHYSICAL_USER_RO
        mov     eax, 0x52525252
        mov     ecx, 1024
        rep stosd
        mov     eax, 0x43434343         ; PHYSICAL_USER_COW follows
        mov     ecx, 1024
        rep stosd
        xor     eax, eax                ; PHYSICAL_USER_RW follows
        mov     ecx, 1024
        rep stosd
        ret

        align   8
BootGdt:
        dq      0
        dq      0x00CF9B000000FFFF      ; 08 code, 4 GiB
        dq      0x00CF93000000FFFF      ; 10 data, 4 GiB
        dw      0
BootGdtr:
        dw      BootGdtr - 2 - BootGdt - 1
        dd      BootGdt
