extension Core {
    /// The operations that are executed with the state synchronised: far transfers, interrupts, system instructions.
    ///
    /// They have a switch of their own because the speed of the plain operations depends on how small their function is.
    @inline(never) func executeSynchronised(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        synchronise(op)
        switch op.pointee.operation {
        case .invalidOpcode: throw .invalidOpcode
        case .tooLong: throw .protection(0)
        case .farJumpImmediate:
            try farJump(selector: farSelector(op), offset: op.pointee.immediate, is32: isOperand32(op))
        case .farCallImmediate:
            try farCall(selector: farSelector(op), offset: op.pointee.immediate, is32: isOperand32(op))
        case .farJumpM: try farJumpMemory(op)
        case .farCallM: try farCallMemory(op)
        case .farReturn:
            try farReturn(popBytes: UInt16(truncatingIfNeeded: op.pointee.immediate), is32: isOperand32(op))
        case .interruptReturn: try interruptReturn(is32Bit: isOperand32(op))
        case .softwareInterrupt: try softwareInterrupt(vector: UInt8(op.pointee.immediate), source: .softwareInterrupt)
        case .breakpoint: try softwareInterrupt(vector: 3, source: .breakpointInstruction)
        case .interruptOnOverflow: if overflow { try softwareInterrupt(vector: 4, source: .overflowInstruction) }
        case .popFlags: try popFlags(is32: isOperand32(op))
        case .clearInterrupt: try clearInterruptFlag()
        case .setInterrupt: try setInterruptFlag()
        case .moveToStackSegment: try moveToStackSegment(op)
        case .popStackSegment: try popStackSegment(op)
        case .loadStackPointer: try loadFarPointer(op)
        case .halt: try halt()
        case .writeControl: try writeControlRegister(op)
        case .writeDebug: try writeDebugRegister(op)
        case .loadMachineStatus: try loadMachineStatusWord(op)
        case .clearTaskSwitched: try clearTaskSwitched()
        case .invalidateCache: try invalidateCache()
        case .invalidatePage: try invalidatePageOperand(op)
        case .loadDescriptorTable: try loadDescriptorTable(op)
        case .loadSystemSegment: try loadSystemSegment(op)
        case .debugInterrupt: try debugInterrupt()
        case .systemExtension: try systemExtension(op)
        default: throw .invalidOpcode
        }
        return .lookup
    }
}
