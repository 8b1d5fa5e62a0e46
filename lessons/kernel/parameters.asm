; parameters.asm - what a lesson chooses, set by its script when the kernel reaches KiLessonStart.
; Built with -D, the same choices can be made when the kernel is assembled (to run it without a script).
%include "kernel.inc"

%ifndef LESSON_CLAIM_NMI
%define LESSON_CLAIM_NMI 0
%endif
%ifndef LESSON_HAL_RETURNS
%define LESSON_HAL_RETURNS 0
%endif
%ifndef LESSON_HAL_SELF_NMIS
%define LESSON_HAL_SELF_NMIS 0
%endif
%ifndef LESSON_UNMASK_NMI
%define LESSON_UNMASK_NMI 0
%endif
%ifndef LESSON_UNMASK_RAISES
%define LESSON_UNMASK_RAISES 0
%endif
%ifndef LESSON_EXIT_PORT
%define LESSON_EXIT_PORT 0
%endif
%ifndef LESSON_DEBUGGER
%define LESSON_DEBUGGER 0
%endif

        extern  UserMain
        global  KiLessonUserEntry, KiLessonClaimNmi, KiLessonUnmaskNmi, KiLessonUnmaskRaises, KiLessonExitPort
        global  HalNmiReturns, HalpSelfNmiCount, KdDebuggerNotPresent, KdDebuggerEnabled

        section .data align=4
KiLessonUserEntry:      dd UserMain             ; where ring 3 starts
KiLessonClaimNmi:       dd LESSON_CLAIM_NMI     ; non-zero: a callback claims every NMI
KiLessonUnmaskNmi:      dd LESSON_UNMASK_NMI    ; how many callback calls end NMI blocking with an IRET (TR = 58h)
KiLessonUnmaskRaises:   dd LESSON_UNMASK_RAISES ; non-zero: and raise an NMI there themselves (local APIC)
KiLessonExitPort:       dd LESSON_EXIT_PORT     ; non-zero: final stops write to port F4h
HalNmiReturns:          dd LESSON_HAL_RETURNS   ; non-zero: HalHandleNMI returns after its screen
HalpSelfNmiCount:       dd LESSON_HAL_SELF_NMIS ; NMIs that the HAL's screen raises itself (local APIC)
KdDebuggerNotPresent:   db 1 - LESSON_DEBUGGER  ; BOOLEAN
KdDebuggerEnabled:      db LESSON_DEBUGGER      ; BOOLEAN
