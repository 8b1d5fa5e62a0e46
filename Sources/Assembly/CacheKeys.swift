/// Everything that an object or a program depends on, as bytes: lengths before contents, so that no two requests share them.
struct CacheKeys {
    /// One for each unit.
    let objects: [[UInt8]]
    let program: [UInt8]

    init(_ request: AssemblyRequest, _ tools: ToolChain) {
        var common = KeyWriter()
        common.add("object 1")
        common.add(tools.assembler.identity)
        common.add(String(request.limits.outputBytes))
        common.add(String(request.includes.count))
        for file in request.includes { common.add(file) }
        for define in request.defines {
            common.add(define.name)
            common.add(define.value)
        }
        let shared = SHA256.digest(common.bytes)
        objects = request.units.map { unit in
            var key = KeyWriter()
            key.add(shared)
            key.add(unit)
            return SHA256.digest(key.bytes)
        }
        var key = KeyWriter()
        key.add("program 1")
        key.add(tools.linker.identity)
        for object in objects { key.add(object) }
        key.add(request.linkerScript ?? "\0none")
        key.add(String(request.textAddress))
        key.add(request.entry ?? "\0none")
        program = SHA256.digest(key.bytes)
    }
}

private struct KeyWriter {
    var bytes: [UInt8] = []

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    mutating func add(_ part: [UInt8]) {
        bytes += Array("\(part.count):".utf8)
        bytes += part
    }

    mutating func add(_ file: SourceFile) {
        add(file.name)
        add(file.contents)
    }
}
