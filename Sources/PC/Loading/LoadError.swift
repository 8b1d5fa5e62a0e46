/// Why an image cannot be loaded.
public enum LoadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No ELF magic.
    case notELF
    /// No multiboot header with a right checksum.
    case notMultiboot
    /// The file ends within the named part.
    case truncated(String)
    /// EI_CLASS is not ELFCLASS32.
    case wrongClass(UInt8)
    /// EI_DATA is not ELFDATA2LSB.
    case wrongByteOrder(UInt8)
    /// e_version is not 1.
    case wrongVersion(UInt32)
    /// e_machine is not EM_386.
    case wrongMachine(UInt16)
    /// e_type is not ET_EXEC.
    case notExecutable(UInt16)
    /// e_phentsize is too small.
    case badProgramHeaderSize(UInt16)
    /// e_phnum or e_phoff is 0.
    case noProgramHeaders
    /// No PT_LOAD segment with memory.
    case noLoadableSegment
    /// p_filesz is above p_memsz in segment n.
    case segmentLargerInFile(Int)
    /// p_offset and p_filesz of segment n leave the file.
    case segmentOutsideFile(Int)
    /// The named part does not lie in guest memory.
    case outsideMemory(String, address: UInt64, end: UInt64, memory: Int)
    /// The segments together, in bytes, exceed guest memory.
    case segmentsLargerThanMemory(UInt64)
    /// Required header flags that are not known.
    case unsupportedMultibootFlags(UInt32)
    /// The address fields contradict themselves.
    case badAddressFields(String)
    /// The entry point is not loaded.
    case entryOutsideImage(UInt32)
    /// No bytes.
    case nothingToLoad
    /// No guest memory left for the named part.
    case noRoom(String)
    /// The command lines together, in bytes, are too long.
    case textTooLong(Int)
    /// No Linux setup header.
    case notLinux
    /// A Linux kernel that this loader cannot start; the reason.
    case unsupportedLinux(String)
    /// A kernel's command line of so many bytes; the most it takes.
    case commandLineTooLong(Int, limit: Int)
    /// A ROM of so many bytes.
    case badROMSize(Int)
    /// A disk image of so many bytes.
    case badDiskSize(Int)
    /// The machine is running.
    case insideHook

    /// One sentence.
    public var description: String {
        LoadError.fileText(self) ?? LoadError.placeText(self)
    }

    private static func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }

    /// What is wrong with the file itself.
    private static func fileText(_ error: LoadError) -> String? {
        switch error {
        case .notELF: "the image is not an ELF file"
        case .notMultiboot: "the image has no multiboot header (magic 0x1BADB002) in its first 8192 bytes"
        case .truncated(let part): "the image ends in the middle of \(part)"
        case .wrongClass(let value): "the image is not a 32-bit ELF file (class \(value), 1 expected)"
        case .wrongByteOrder(let value): "the image is not a little-endian ELF file (encoding \(value), 1 expected)"
        case .wrongVersion(let value): "the image has ELF version \(value), 1 expected"
        case .wrongMachine(let value): "the image is not for the Intel 80386 (ELF machine \(value), 3 expected)"
        case .notExecutable(let value): "the image is not an executable (ELF type \(value), 2 expected); link it first"
        case .badProgramHeaderSize(let size): "the ELF program headers have \(size) bytes each, at least 32 expected"
        case .noProgramHeaders: "the ELF file has no program headers; link it with ld"
        case .noLoadableSegment: "no ELF program header says what to load (PT_LOAD)"
        case .segmentLargerInFile(let index): "ELF segment \(index) has more bytes in the file than in memory"
        case .segmentOutsideFile(let index): "ELF segment \(index) lies beyond the end of the file"
        case .unsupportedMultibootFlags(let flags):
            "the multiboot header requires what this loader does not have (flags \(hex(flags)))"
        case .badAddressFields(let text): "the address fields of the multiboot header contradict themselves: \(text)"
        case .nothingToLoad: "the image is empty"
        case .notLinux: "the image is not a Linux kernel (no HdrS at 0x202 with the signature 0xAA55 before it)"
        case .unsupportedLinux(let text): "the Linux kernel cannot be started: \(text)"
        case .badROMSize(let bytes): "a ROM must be 64, 128, 192 or 256 KiB, not \(bytes) bytes"
        case .badDiskSize(let bytes): "a disk image must have 1 byte to 128 GiB, not \(bytes) bytes"
        default: nil
        }
    }

    /// What does not fit the machine.
    private static func placeText(_ error: LoadError) -> String {
        switch error {
        case .outsideMemory(let part, let address, let end, let memory):
            "\(part) at \(hex(address)) to \(hex(end)) does not fit in \(memory >> 10) KiB of guest memory"
        case .segmentsLargerThanMemory(let bytes):
            "the ELF segments together need \(bytes) bytes, more than the guest memory"
        case .entryOutsideImage(let entry): "the entry point \(hex(entry)) is not in a part that is loaded"
        case .noRoom(let part): "there is no room in guest memory for \(part)"
        case .textTooLong(let count): "the command lines have \(count) bytes together, at most 65536 fit"
        case .commandLineTooLong(let count, let limit):
            "the command line has \(count) bytes, and this kernel takes at most \(limit)"
        case .insideHook: "an image cannot be loaded inside a hook, because the machine is running"
        default: "the image cannot be loaded"
        }
    }
}
