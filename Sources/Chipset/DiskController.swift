/// An ATA adapter with at most a master disk, in PIO modes (ATA-3, ANSI X3.298-1997).
///
/// Ports 1F0h to 1F7h and 3F6h. A command is over, or its data is there, at once: BSY is never seen. Without a disk
/// there is no adapter and every port reads all ones.
public struct DiskController: Sendable {
    /// Status register bits.
    enum Status {
        static let error: UInt8 = 0x01
        static let dataRequest: UInt8 = 0x08
        static let seekComplete: UInt8 = 0x10
        static let ready: UInt8 = 0x40
    }
    /// Error register bits.
    enum Failure {
        static let aborted: UInt8 = 0x04
        static let notFound: UInt8 = 0x10
    }

    /// The master disk.
    public private(set) var disk: DiskImage?
    /// Status register (without the side effect of reading it).
    public private(set) var status = Status.ready | Status.seekComplete
    /// Error register.
    public private(set) var error: UInt8 = 0x01
    /// The adapter's interrupt line, before nIEN.
    public private(set) var isInterruptPending = false

    var features: UInt8 = 0
    var count: UInt8 = 1
    var sectorNumber: UInt8 = 1
    var cylinder: UInt16 = 0
    var device: UInt8 = 0
    private var control: UInt8 = 0
    private var transfer: DiskTransfer?
    private var multiple: UInt8 = 0
    private var heads: UInt32 = 16
    private var sectorsPerTrack: UInt32 = 63

    /// An adapter with nothing attached.
    public init() {}

    /// Attaches the master disk.
    public mutating func attach(_ disk: DiskImage) {
        self.disk = disk
        signature()
    }

    /// RESET of the whole machine: registers only; what was written stays.
    public mutating func reset() {
        let disk = disk
        self = DiskController()
        self.disk = disk
    }

    /// Request line 14.
    public var interruptRequested: Bool { isInterruptPending && control & 0x02 == 0 && disk != nil }

    /// The slave is selected, and there is none.
    private var isAbsent: Bool { device & 0x10 != 0 }

    /// Reads register 1...7 of 1F0h, or 8 for the alternate status at 3F6h.
    public mutating func read(_ offset: UInt16) -> UInt8 {
        guard disk != nil else { return 0xFF }
        switch offset {
        case 1: return isAbsent ? 0 : error
        case 2: return count
        case 3: return sectorNumber
        case 4: return UInt8(cylinder & 0xFF)
        case 5: return UInt8(cylinder >> 8)
        case 6: return device | 0xA0
        case 7:
            isInterruptPending = false
            return isAbsent ? 0 : status
        case 8: return isAbsent ? 0 : status
        default: return 0xFF
        }
    }

    /// Writes register 1...7, or 8 for the device control register at 3F6h.
    public mutating func write(_ offset: UInt16, _ value: UInt8) {
        guard disk != nil else { return }
        switch offset {
        case 1: features = value
        case 2: count = value
        case 3: sectorNumber = value
        case 4: cylinder = cylinder & 0xFF00 | UInt16(value)
        case 5: cylinder = cylinder & 0x00FF | UInt16(value) << 8
        case 6: device = value & 0x5F
        case 7:
            isInterruptPending = false
            if !isAbsent || value == 0x90 { execute(value) }
        case 8: writeControl(value)
        default: break
        }
    }

    /// Reads a word of the sector on its way to the host, from the data port.
    public mutating func readWord() -> UInt16 {
        guard disk != nil, !isAbsent else { return 0xFFFF }
        guard var current = transfer, !current.isWrite, status & Status.dataRequest != 0 else { return 0 }
        let word = current.nextWord()
        transfer = current
        if current.isSectorDone { sectorRead(current) }
        return word
    }

    /// Writes a word of the sector on its way to the disk, to the data port.
    public mutating func writeWord(_ value: UInt16) {
        guard var current = transfer, current.isWrite, !isAbsent, status & Status.dataRequest != 0 else { return }
        current.put(value)
        transfer = current
        if current.isSectorDone { sectorWritten(current) }
    }

    /// SRST, bit 2, resets the drive while it is 1 and shows the signature.
    private mutating func writeControl(_ value: UInt8) {
        let falls = control & 0x04 != 0 && value & 0x04 == 0
        control = value & 0x06
        if falls { signature() }
    }

    /// The registers after a reset or diagnostic of a drive that works (ATA-3, 9.1).
    private mutating func signature() {
        transfer = nil
        isInterruptPending = false
        error = 0x01
        count = 1
        sectorNumber = 1
        cylinder = 0
        device = 0
        multiple = 0
        status = Status.ready | Status.seekComplete
    }
}

// MARK: Commands

extension DiskController {
    private mutating func execute(_ command: UInt8) {
        transfer = nil
        error = 0
        switch command {
        case 0x20, 0x21: begin(isWrite: false, block: 1)
        case 0x30, 0x31: begin(isWrite: true, block: 1)
        case 0xC4 where multiple > 0: begin(isWrite: false, block: Int(multiple))
        case 0xC5 where multiple > 0: begin(isWrite: true, block: Int(multiple))
        case 0x40, 0x41: verify()
        case 0x90:
            signature()
            isInterruptPending = true
        case 0x91:
            heads = UInt32(device & 0x0F) + 1
            sectorsPerTrack = UInt32(count)
            succeed()
        case 0xC6: setMultiple()
        case 0xEC:
            transfer = DiskTransfer(sector: disk.map { IdentifyData($0, multiple: multiple).bytes } ?? [])
            requestData(interrupt: true)
        case 0xE5, 0x98:
            count = 0xFF  // active
            succeed()
        case 0x10...0x1F, 0x70...0x7F, 0x94...0x97, 0xE0...0xE3, 0xE7: succeed()
        case 0xEF: if [0x02, 0x03, 0x55, 0x66, 0x82, 0xAA, 0xCC].contains(features) { succeed() } else { fail() }
        default: fail()
        }
    }

    private mutating func setMultiple() {
        guard count <= 16, count & (count &- 1) == 0 else { return fail() }
        multiple = count
        succeed()
    }

    private mutating func succeed() {
        status = Status.ready | Status.seekComplete
        isInterruptPending = true
    }

    private mutating func fail(_ failure: UInt8 = Failure.aborted) {
        transfer = nil
        error = failure
        status = Status.ready | Status.seekComplete | Status.error
        isInterruptPending = true
    }

    private mutating func requestData(interrupt: Bool) {
        status = Status.ready | Status.seekComplete | Status.dataRequest
        if interrupt { isInterruptPending = true }
    }

    /// A sector count of 0 means 256.
    private var sectorsAsked: UInt32 { count == 0 ? 256 : UInt32(count) }

    /// The first sector asked for, by LBA or by cylinder, head and sector; nil if it is not on the disk.
    private var address: UInt32? {
        guard let disk else { return nil }
        let number: UInt32
        if device & 0x40 != 0 {
            number = UInt32(device & 0x0F) << 24 | UInt32(cylinder) << 8 | UInt32(sectorNumber)
        } else {
            let head = UInt32(device & 0x0F)
            guard sectorNumber > 0, UInt32(sectorNumber) <= sectorsPerTrack, head < heads else { return nil }
            number = (UInt32(cylinder) * heads + head) * sectorsPerTrack + UInt32(sectorNumber) - 1
        }
        return number < disk.sectorCount ? number : nil
    }

    /// Shows a sector's address in the registers, in the form of the command.
    private mutating func showAddress(_ number: UInt32) {
        if device & 0x40 != 0 {
            device = device & 0xF0 | UInt8(number >> 24 & 0x0F)
            cylinder = UInt16(truncatingIfNeeded: number >> 8)
            sectorNumber = UInt8(truncatingIfNeeded: number)
        } else {
            guard sectorsPerTrack > 0 else { return }
            let track = number / sectorsPerTrack
            cylinder = UInt16(truncatingIfNeeded: track / heads)
            device = device & 0xF0 | UInt8(track % heads)
            sectorNumber = UInt8(truncatingIfNeeded: number % sectorsPerTrack + 1)
        }
    }

    private mutating func verify() {
        guard let disk, let first = address else { return fail(Failure.notFound) }
        let last = first + sectorsAsked - 1
        guard last < disk.sectorCount else {
            showAddress(disk.sectorCount)
            return fail(Failure.notFound)
        }
        showAddress(last)
        count = 0
        succeed()
    }

    /// Reads interrupt when a block is there; writes when one was taken, so not for the first (ATA-3, 9.4 and 9.5).
    private mutating func begin(isWrite: Bool, block: Int) {
        guard let disk, let first = address else { return fail(Failure.notFound) }
        var started = DiskTransfer(number: first, remaining: sectorsAsked, block: block, isWrite: isWrite)
        if !isWrite { started.fill(disk[first]) }
        transfer = started
        requestData(interrupt: !isWrite)
    }

    private mutating func sectorRead(_ done: DiskTransfer) {
        guard done.remaining > 1 else {
            if !done.isIdentify { finish(done) }
            transfer = nil
            status = Status.ready | Status.seekComplete
            return
        }
        advance(done)
    }

    private mutating func sectorWritten(_ done: DiskTransfer) {
        disk?[done.number] = done.bytes
        guard done.remaining > 1 else {
            finish(done)
            transfer = nil
            return succeed()
        }
        advance(done)
    }

    private mutating func finish(_ done: DiskTransfer) {
        showAddress(done.number)
        count = 0
    }

    /// Goes on to the next sector, or fails at the end of the disk.
    private mutating func advance(_ done: DiskTransfer) {
        guard let disk else { return }
        var next = done.next
        count = UInt8(truncatingIfNeeded: next.remaining)
        showAddress(next.number)
        guard next.number < disk.sectorCount else { return fail(Failure.notFound) }
        if !next.isWrite { next.fill(disk[next.number]) }
        transfer = next
        requestData(interrupt: next.isBlockStart)
    }
}
