import CConfinement

/// What this host can do to confine a child, found by trying it once.
public struct HostConfinement: Sendable {
    /// A way to hide the host's files from a program that we start.
    public enum Mechanism: String, CaseIterable, Sendable {
        /// User, mount, network and IPC namespaces with a private root.
        case namespaces
        /// Landlock access rules.
        case landlock
    }

    /// A seccomp filter can be installed.
    public let hasFilter: Bool
    /// Namespaces with a private root can be made.
    public let hasNamespaces: Bool
    /// Landlock rules can be put in force.
    public let hasLandlock: Bool

    /// How the assembler and the linker are confined; nil when they cannot be, and then they are not run.
    public var programMechanism: Mechanism? { mechanisms.first }

    /// Every way that works here, the best first.
    public var mechanisms: [Mechanism] {
        guard hasFilter else { return [] }
        return (hasNamespaces ? [.namespaces] : []) + (hasLandlock ? [.landlock] : [])
    }

    /// The host's abilities, probed when first asked for.
    public static let current = HostConfinement()

    private init() {
        let found = confinement_probe()
        hasFilter = found & Int32(CONFINEMENT_HAS_SECCOMP) != 0
        hasNamespaces = found & Int32(CONFINEMENT_HAS_NAMESPACES) != 0
        hasLandlock = found & Int32(CONFINEMENT_HAS_LANDLOCK) != 0
    }

    /// Version of Landlock in the kernel, 0 when it has none.
    public static var landlockVersion: Int { Int(confinement_landlock_version()) }
}

/// Confinement of the calling process by itself, for good.
public enum SelfConfinement {
    /// An act that a confined process must not be able to do.
    public enum Act: Int32, CaseIterable, Sendable {
        case openFile = 1
        case makeSocket = 2
        case startProgram = 4
        case fork = 8
    }

    /// After this call the process can use memory and the files that are open, and end; nothing else. False when nothing could be enforced.
    /// Must be called while the process has one thread.
    public static func enter() -> Bool { confinement_enter() != 0 }

    /// Tries the forbidden acts in a confined child: those that succeeded (none, on a good host), or nil when it could not be confined.
    public static func actsPossibleWhenConfined() -> [Act]? {
        let bits = confinement_self_test()
        return bits < 0 ? nil : Act.allCases.filter { bits & $0.rawValue != 0 }
    }
}
