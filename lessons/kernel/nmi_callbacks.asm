; nmi_callbacks.asm - the list of NMI callbacks, newest first, and the two that the kernel registers itself.
%include "kernel.inc"

        extern  KiLessonClaimNmi, KiLessonUnmaskNmi, KiLessonUnmaskRaises, HalpRaiseNmi
        global  KiHandleNmi, KeRegisterNmiCallback, KiInitializeNmiCallbacks
        global  KiNmiCallbackListHead, KiNmiCallbackCalls, KiNmiUnmasked

%define NmiNext         0               ; a registered callback
%define NmiCallback     4
%define NmiContext      8
%define NMI_ENTRY_SIZE  12

        section .text
; KiHandleNmi(): calls every callback; AL = 1 if any of them claimed the NMI. All are called, claimed or not.
KiHandleNmi:
        push    ebx
        push    esi
        xor     ebx, ebx                ; BL = claimed so far
        mov     esi, [KiNmiCallbackListHead]
.next:
        test    esi, esi
        jz      .done
        push    ebx                     ; Handled: what the newer callbacks answered
        push    dword [esi + NmiContext]
        call    [esi + NmiCallback]
        or      bl, al
        mov     esi, [esi + NmiNext]
        jmp     .next
.done:
        mov     al, bl
        pop     esi
        pop     ebx
        ret

; KeRegisterNmiCallback(entry): stdcall; the entry {next, routine, context} becomes the head of the list.
KeRegisterNmiCallback:
        mov     eax, [esp + 4]
        mov     edx, [KiNmiCallbackListHead]
        mov     [eax + NmiNext], edx
        mov     [KiNmiCallbackListHead], eax
        ret     4

KiInitializeNmiCallbacks:
        mov     dword [KiNmiCallbackListHead], 0
        push    dword KiNmiClaimEntry
        call    KeRegisterNmiCallback
        push    dword KiNmiCountEntry   ; newest: called first
        call    KeRegisterNmiCallback
        ret

; BOOLEAN callback(context, handled): counts its calls, never claims. If the lesson asks for it, it does what a
; breakpoint in the handler would do: an IRET that ends the blocking of NMI while TR is still 58h.
KiNmiCountCallback:
        inc     dword [KiNmiCallbackCalls]
        cmp     dword [KiLessonUnmaskNmi], 0
        je      KiNmiCountDone
        dec     dword [KiLessonUnmaskNmi]
        pushfd
        push    dword KGDT_R0_CODE
        push    dword KiNmiUnmasked
        iretd
KiNmiUnmasked:
        nop                             ; an NMI here switches from task 58h to itself
        cmp     dword [KiLessonUnmaskRaises], 0
        je      KiNmiCountDone
        call    HalpRaiseNmi
KiNmiCountDone:
        mov     al, 0
        ret     8

; BOOLEAN callback(context, handled): claims if the lesson says so.
KiNmiClaimCallback:
        cmp     dword [KiLessonClaimNmi], 0
        setne   al
        ret     8

        section .data align=4
KiNmiClaimEntry:        dd 0, KiNmiClaimCallback, 0
KiNmiCountEntry:        dd 0, KiNmiCountCallback, 0

        section .bss align=4
KiNmiCallbackListHead:  resd 1
KiNmiCallbackCalls:     resd 1
