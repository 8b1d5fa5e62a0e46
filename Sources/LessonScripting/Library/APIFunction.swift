/// One parameter of an API function.
struct APIParameter {
    let name: String
    /// What is accepted; the words of the argument checks are in the library's `support`.
    let type: String
    let isOptional: Bool

    init(_ name: String, _ type: String, optional: Bool = false) {
        self.name = name
        self.type = type
        isOptional = optional
    }
}

/// One function that lessons and plugins see: the source of argument checks and of the editor's stubs.
struct APIFunction {
    let name: String
    let parameters: [APIParameter]
    /// LuaLS type of the result; nil: none.
    let result: String?
    /// One sentence: what it does, with units and errors.
    let summary: String
    /// More arguments of the last kind may follow.
    let isVariadic: Bool

    init(
        _ name: String, _ parameters: [APIParameter], returns result: String? = nil, variadic: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.parameters = parameters
        self.result = result
        isVariadic = variadic
        self.summary = summary
    }
}

/// The functions of one object.
struct APIClass {
    /// The name in the library.
    let name: String
    /// The LuaLS class.
    let stub: String
    /// How scripts usually call the object.
    let owner: String
    /// ":" for methods, "." for plain functions.
    let separator: String
    let summary: String
    /// Fields: name, LuaLS type, one sentence.
    let fields: [(name: String, type: String, summary: String)]
    let functions: [APIFunction]
}
