import CLuaShim

/// A sandboxed Lua 5.4 state.
///
/// Not Sendable: one task at a time. A script sees an allow-list of the standard library, a `pairs` in a fixed order, and
/// no way to hold the host up beyond its limits, except inside one C call; untrusted code still belongs in a child process.
public final class LuaState {
    /// Host function: arguments in, results out. What it throws is raised in Lua.
    public typealias HostFunction = (LuaArguments) throws -> [LuaValue]
    /// Host function for hot paths: the number of arguments and up to two integers in, one integer out.
    public typealias FastFunction = (_ count: Int, _ first: Int64, _ second: Int64) -> FastResult

    /// What a fast function gives back.
    public enum FastResult {
        case value(Int64)
        case error(StaticString)
    }

    /// Where `require` finds a module: its text and the name that messages use, or nil.
    public typealias ModuleFinder = (String) throws -> (source: [UInt8], chunk: String)?

    /// Where `print` goes. Nil: nowhere.
    public var onPrint: ((String) -> Void)?
    /// Where `require` looks. Nil: nowhere.
    public var onRequire: ModuleFinder?
    /// The limits in force.
    public let limits: LuaLimits

    private let handle: StateHandle
    private var functions: [HostFunction] = []
    private var fastFunctions: [FastFunction] = []
    private var reply = FlatValues([])

    /// Makes a state; `seed` is that of `math.random`. Throws when the memory limit is below what Lua itself needs.
    public init(limits: LuaLimits = LuaLimits(), seed: UInt64 = 0) throws(LuaError) {
        self.limits = limits
        var raw = cls_limits(
            instructions: limits.instructions, memory: limits.memory, seed: Int64(bitPattern: seed))
        let context = ContextBox()
        guard
            let state = cls_create(
                &raw, LuaState.dispatch, LuaState.dispatchFast, Unmanaged.passRetained(context).toOpaque())
        else {
            Unmanaged.passUnretained(context).release()
            throw LuaError(kind: .memory, message: "not enough memory for a Lua state")
        }
        handle = StateHandle(state)
        self.context = context
        context.owner = self
        try openHost()
    }

    private let context: ContextBox

    deinit { Unmanaged.passUnretained(context).release() }

    /// Adds a function to the host table, which chunks run with `withHost` get as their first argument.
    /// The closure must not hold the state strongly.
    public func define(_ name: String, _ function: @escaping HostFunction) {
        functions.append(function)
        _ = cls_define(handle.state, name, Int64(functions.count - 1), 0)
    }

    /// Adds a fast function to the host table.
    public func defineFast(_ name: String, _ function: @escaping FastFunction) {
        fastFunctions.append(function)
        _ = cls_define(handle.state, name, Int64(fastFunctions.count - 1), 1)
    }

    /// Compiles text; `chunk` is the file name that messages use. Bytecode is refused.
    public func load(_ source: [UInt8], chunk: String) throws(LuaError) -> LuaFunction {
        var result = cls_result()
        let name = chunk.hasPrefix("=(") ? chunk : "@" + chunk
        source.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                cls_load(handle.state, text.baseAddress, UInt64(text.count), name, &result)
            }
        }
        let values = try finish(&result)
        guard let function = values.first?.function else {
            throw LuaError(kind: .syntax, message: "\(chunk): not a chunk")
        }
        return function
    }

    /// Calls a function of this state. `limit` is the instruction limit of this call.
    @discardableResult
    public func call(
        _ function: LuaFunction, _ arguments: [LuaValue] = [], withHost: Bool = false, limit: Int64? = nil
    ) throws(LuaError) -> [LuaValue] {
        let flat = FlatValues(arguments)
        var result = cls_result()
        cls_call(
            handle.state, function.reference, flat.values.baseAddress, flat.count, withHost ? 1 : 0,
            limit ?? limits.instructionsPerCall, &result)
        withExtendedLifetime((flat, function)) {}
        return try finish(&result)
    }

    /// Lua instructions left, to within a thousand.
    public var instructionsLeft: Int64 { cls_instructions_left(handle.state) }
    /// Bytes that Lua holds now.
    public var memoryUsed: Int64 { cls_memory_used(handle.state) }

    private func finish(_ result: inout cls_result) throws(LuaError) -> [LuaValue] {
        defer { cls_finish(handle.state, &result) }
        var reader = FlatReader(handle, result.values)
        let values = reader.read(result.count)
        guard result.status != Int32(CLS_OK.rawValue) else { return values }
        throw error(result, values.first?.table)
    }

    private func error(_ result: cls_result, _ value: LuaTable?) -> LuaError {
        let raw = UnsafeRawBufferPointer(start: result.message, count: Int(result.message_length))
        let kind: LuaError.Kind =
            switch UInt32(bitPattern: result.status) {
            case CLS_SYNTAX.rawValue: .syntax
            case CLS_MEMORY.rawValue: .memory
            case CLS_INSTRUCTIONS.rawValue: .instructions
            default: .runtime
            }
        var location = value?["where"].string
        while let last = location?.last, last == " " || last == ":" { location?.removeLast() }
        var message = String(decoding: raw, as: UTF8.self)
        if kind == .memory, message == "not enough memory" { message += ": the limit is \(limits.memory >> 10) KiB" }
        return LuaError(
            kind: kind, message: message,
            traceback: result.traceback.map { Traceback.lines(String(cString: $0)) } ?? [],
            tag: value?["tag"].string, lines: value?["lines"].table?.list.compactMap(\.string) ?? [],
            location: location)
    }

    // MARK: Callbacks. They only return a status: the trampoline raises once Swift has returned.

    private static let dispatch: cls_callback = { context, identifier, arguments, count, reply in
        guard let context, let reply else { return }
        guard let state = Unmanaged<ContextBox>.fromOpaque(context).takeUnretainedValue().owner else { return }
        var reader = FlatReader(state.handle, arguments)
        state.answer(Int(identifier), reader.read(count), &reply.pointee)
    }

    private static let dispatchFast: cls_fast_callback = { context, slot, count, first, second, result in
        guard let context, let result else { return nil }
        guard let state = Unmanaged<ContextBox>.fromOpaque(context).takeUnretainedValue().owner else { return nil }
        switch state.fastFunctions[Int(slot)](Int(count), first, second) {
        case .value(let value):
            result.pointee = value
            return nil
        case .error(let text): return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
        }
    }

    private func answer(_ identifier: Int, _ arguments: [LuaValue], _ out: inout cls_reply) {
        do {
            let results = try functions[identifier](LuaArguments(values: arguments))
            reply = FlatValues(results)
            out.values = UnsafePointer(reply.values.baseAddress)
            out.count = reply.count
        } catch let raised as LuaRaise {
            fail(raised, &out)
        } catch {
            fail(LuaRaise("\(error)"), &out)
        }
    }

    private func fail(_ raised: LuaRaise, _ out: inout cls_reply) {
        guard let tag = raised.tag else {
            reply = FlatValues([.string(raised.message)])
            out.failed = 1
            out.error = reply.values[0].bytes
            out.error_length = reply.values[0].length
            return
        }
        let fields: [String: LuaValue] = [
            "tag": .string(tag), "message": .string(raised.message),
            "lines": .table(LuaTable(list: raised.lines.map { .string($0) })),
        ]
        reply = FlatValues([.table(LuaTable(fields: fields))])
        out.failed = 2
        out.values = UnsafePointer(reply.values.baseAddress)
        out.count = 1
    }

    private func openHost() throws(LuaError) {
        define("print") { [unowned self] arguments in
            onPrint?(arguments.first?.string ?? "")
            return []
        }
        define("find_module") { [unowned self] arguments in
            guard let name = arguments.first?.string, let found = try onRequire?(name) else { return [] }
            return [.bytes(found.source), .string("@" + found.chunk)]
        }
        let chunk = try load(Array(SandboxSource.text.utf8), chunk: "=(sandbox)")
        try call(chunk, withHost: true)
    }
}

/// What the shim holds of a state. Callbacks come only out of calls that the state itself made.
private final class ContextBox {
    unowned(unsafe) var owner: LuaState?
}

/// Lua's traceback, made fit for a reader.
enum Traceback {
    /// The calls, innermost first, without C functions and the host's own chunks.
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").dropFirst().map { line in
            String(line.drop { $0 == "\t" || $0 == " " })
        }.filter { !$0.hasPrefix("[C]") && !$0.hasPrefix("(") && !$0.hasPrefix("...\t") }
    }
}
