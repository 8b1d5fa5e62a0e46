; guest.asm - the ring-3 code of a lesson that brings none: it runs for ever.
%include "guest.inc"
UserMain:
        jmp     UserMain
