import IA32

extension Machine {
    /// Writes what kernels look for where firmware would have been: the BIOS data area's memory size and its pointer to
    /// the extended area, and the MP tables. A part that the image covers is left out.
    func writeFirmwareTables(beside plan: LoadPlan) {
        guard memory.byteCount >= 0x10_0000 else { return }
        if plan.isFree(0x40E, 8) {
            memory.write(word: UInt16(MemoryRegion.extendedData >> 4), at: PhysicalAddress(0x40E))
            memory.write(word: UInt16(MemoryRegion.extendedData >> 10), at: PhysicalAddress(0x413))
        }
        let table = MultiprocessorTable(processors: 1).bytes
        let address = UInt64(MultiprocessorTable.address)
        if plan.isFree(address, UInt64(table.count)) { memory.write(table, at: PhysicalAddress(address)) }
    }
}
