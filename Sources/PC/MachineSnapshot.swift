import IA32

/// A machine at one moment: processor, memory, devices, inputs to come, time and event log.
///
/// Hooks, breakpoints and the console sink are not part of it. Unchanged memory is shared, so keeping many is cheap.
public struct MachineSnapshot {
    /// Virtual time of the snapshot.
    public let instructionCount: UInt64
    let processor: ProcessorSnapshot
    let memory: MemoryImage
    let memoryBytes: Int
    let clockHz: UInt64
    let state: MachineState
    let log: EventLog
    let postCodes: [UInt8]
    let reportedHalt: UInt64?
}

extension Machine {
    /// Captures the machine between two instructions. A run resumed from it ends in the same digest.
    public func snapshot() throws(MachineError) -> MachineSnapshot {
        guard !isRunning else { throw .insideHook("snapshot") }
        return MachineSnapshot(
            instructionCount: instructionCount, processor: processor.captureState(), memory: memory.capture(),
            memoryBytes: memory.byteCount, clockHz: configuration.clockHz, state: state, log: log.copy(),
            postCodes: postCodes, reportedHalt: reportedHalt)
    }

    /// Goes back to a snapshot of this machine, or of another with the same memory size and clock rate.
    public func restore(_ snapshot: MachineSnapshot) throws(MachineError) {
        guard !isRunning else { throw .insideHook("restore") }
        guard snapshot.memoryBytes == memory.byteCount else { throw .memorySizeDiffers }
        guard snapshot.clockHz == configuration.clockHz else { throw .clockDiffers }
        memory.restore(snapshot.memory)
        processor.restore(snapshot.processor)
        state = snapshot.state
        log = snapshot.log.copy()
        postCodes = snapshot.postCodes
        reportedHalt = snapshot.reportedHalt
        pendingStop = nil
        // Which hooks are installed is this machine's own business, not the snapshot's.
        updateProcessorHooks()
    }
}
