import IA32
import Lessons
import LuaHost
import PC

/// Who wrote a script: decides what an alteration of the guest means and who is at fault for an error.
enum ScriptOwner: Equatable {
    case lesson
    /// A script of `boot --script`.
    case script
    /// A plugin, by name and version; its alterations enter the event log.
    case plugin(String)
}

/// A Lua state with the `traplab` module, bound to some machines.
final class ScriptHost {
    let state: LuaState
    let bundle: LessonBundle
    var owner: ScriptOwner
    var guests: [GuestMachine] = []
    /// The machine whose run the present check is about: the source of evidence.
    var tested: Int?
    /// Where `print` goes.
    var onPrint: ((String) -> Void)? {
        get { state.onPrint }
        set { state.onPrint = newValue }
    }
    /// What to do when a listener raises. Nil: the machine's run ends with the fault.
    var onListenerFault: ((ScriptFault, GuestMachine) -> Void)?
    /// The functions of the library that the host calls, by name.
    private var entries: [String: LuaFunction] = [:]
    private var altered: Set<Int> = []
    private(set) var listeners: [(guest: Int, number: Int)] = []

    init(bundle: LessonBundle, owner: ScriptOwner, limits: ScriptLimits, seed: UInt64) throws {
        self.bundle = bundle
        self.owner = owner
        state = try LuaState(limits: limits, seed: seed)
        state.onRequire = { [unowned self] name in self.bundle.module(name) }
        defineRegisters()
        defineMemory()
        defineInspection()
        defineRunning()
        defineListeners()
        defineQueries()
        state.define("entry") { [unowned self] arguments in
            entries[arguments.first?.string ?? ""] = arguments.last?.function
            return []
        }
        state.define("raise") { arguments in throw LuaRaise(arguments.first?.string ?? "") }
        state.define("api") { _ in [.table(APITable.forLibrary)] }
        for (name, source) in LibrarySource.all {
            try state.call(try state.load(Array(source.utf8), chunk: "=(traplab \(name))"), withHost: true)
        }
    }

    /// Runs a file of the bundle and gives what it returns.
    func evaluate(file: String) throws -> LuaValue {
        guard let source = bundle.files[file] else { throw ScriptFault(.manifest, "there is no \(file)") }
        return try state.call(try state.load(source, chunk: file)).first ?? .none
    }

    /// Calls a function of the library.
    @discardableResult
    func callEntry(_ name: String, _ arguments: [LuaValue]) throws -> [LuaValue] {
        guard let function = entries[name] else { throw ScriptFault(.runtime, "the library has no \(name)") }
        return try state.call(function, arguments)
    }

    /// Adds a machine; scripts know it by the number.
    func add(_ guest: GuestMachine) -> Int {
        guests.append(guest)
        return guests.count
    }

    func guest(_ value: LuaValue?) throws(LuaRaise) -> GuestMachine {
        guard let number = value?.integer, number >= 1, number <= guests.count else {
            throw LuaRaise("this machine is no longer there")
        }
        return guests[Int(number) - 1]
    }

    /// A plugin's alteration enters the event log, once for each machine, by name and version.
    func noteAlteration(_ number: Int) {
        guard case .plugin(let name) = owner, altered.insert(number).inserted, guests.indices.contains(number - 1)
        else {
            return
        }
        guests[number - 1].machine.noteAlteration(name)
    }

    func remember(guest: Int, listener: Int) { listeners.append((guest, listener)) }

    /// Removes every listener of this script.
    func removeListeners() {
        for entry in listeners { guests[entry.guest - 1].removeListener(entry.number) }
        listeners = []
    }
}
