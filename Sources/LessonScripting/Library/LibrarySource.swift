/// The `traplab` module, written in Lua over the host table; one file for each idea.
enum LibrarySource {
    static let all: [(name: String, text: String)] = [
        ("support", support), ("processor", processor), ("machine", machine), ("events", events), ("run", run),
        ("expect", expect), ("lesson", lesson),
    ]
}
