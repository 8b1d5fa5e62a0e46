import Confinement

/// Assembles and links in confined children, and keeps objects and programs by content.
public final class Assembler: Sendable {
    private let cache: AssemblyCache?

    /// An assembler with a cache; nil: without.
    public init(cache: AssemblyCache? = .standard) { self.cache = cache }

    /// The linked program, from the cache when the same request was made before. Blocks the calling thread.
    public func assemble(_ request: AssemblyRequest) throws(AssemblyError) -> AssembledImage {
        try request.validate()
        let tools = try ToolChain.current.get()
        let keys = CacheKeys(request, tools)
        if let elf = cache?.value(for: keys.program) { return AssembledImage(elf: elf) }
        let elf = try build(request, tools, keys)
        cache?.store(elf, for: keys.program)
        return AssembledImage(elf: elf)
    }

    private func build(
        _ request: AssemblyRequest, _ tools: ToolChain, _ keys: CacheKeys
    ) throws(AssemblyError) -> [UInt8] {
        let bench = try Workbench(request, tools)
        var problems: [AssemblyDiagnostic] = []
        for index in request.units.indices {
            if let object = cache?.value(for: keys.objects[index]) {
                try bench.put(object: object, for: index)
                continue
            }
            let found = try bench.assemble(unit: index)
            problems += found
            guard found.isEmpty, let cache, let object = bench.object(of: index) else { continue }
            cache.store(object, for: keys.objects[index])
        }
        guard problems.isEmpty else { throw .diagnostics(problems) }
        return try bench.link()
    }
}
