/// An exception or interrupt on its way to its handler.
struct InterruptEvent {
    var vector: UInt8
    var source: DeliverySource
    var hasErrorCode = false
    var errorCode: UInt32 = 0
    /// The faulting address of #PF; becomes CR2.
    var faultAddress: UInt32 = 0
    /// #DB of a debug register access: like other faults, and unlike breakpoints, it sets RF in the image.
    var isGeneralDetect = false

    init(_ vector: UInt8, source: DeliverySource) {
        self.vector = vector
        self.source = source
    }

    /// An exception that an instruction or a delivery raised.
    init(_ fault: Fault, faultAddress: UInt32) {
        vector = fault.vector
        // SDM Vol. 3A 6.15 "Interrupt 8", "Interrupt 18": aborts; everything else that is thrown is a fault.
        source = fault.vector == Vector.doubleFault || fault.vector == 18 ? .abort : .fault
        hasErrorCode = fault.hasErrorCode
        isGeneralDetect = fault.vector == Vector.debug && fault.errorCode == DR6.generalDetect
        errorCode = fault.hasErrorCode ? fault.errorCode : 0
        if isPageFault { self.faultAddress = faultAddress }
    }

    /// #DF: error code 0 (SDM Vol. 3A 6.15 "Interrupt 8").
    static var doubleFault: InterruptEvent { InterruptEvent(Fault(Vector.doubleFault, code: 0), faultAddress: 0) }

    /// A #PF that was raised, not an interrupt that happens to have vector 14.
    var isPageFault: Bool { vector == Vector.pageFault && source == .fault }

    /// What the handler finds in bit RF of the EFLAGS image: set by faults, so that an instruction breakpoint does not
    /// hit again, but not by instruction breakpoints (SDM Vol. 3A 17.3.1.1 "Instruction-Breakpoint Exception Condition").
    var resumeFlag: UInt32 {
        switch source {
        case .fault, .abort: vector == Vector.debug && !isGeneralDetect ? 0 : EFLAGS.resume
        default: 0
        }
    }
}
