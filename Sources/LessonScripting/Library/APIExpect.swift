extension APITable {
    private static let what = APIParameter("what", "string", optional: true)
    private static let runParameter = APIParameter("run", "run")
    private static let parameters = APIParameter("parameters", "table", optional: true)

    /// Expectations: each fails the check with expected and actual by name.
    static let expect = APIClass(
        name: "Expect", stub: "traplab.expect", owner: "expect", separator: ".",
        summary:
            "Expectations of a check; a failure names what was expected, what was found and the events that led there.",
        fields: [],
        functions: [
            APIFunction(
                "equal",
                [APIParameter("actual", "any", optional: true), APIParameter("expected", "any", optional: true), what],
                "Both values are the same."),
            APIFunction(
                "same",
                [APIParameter("actual", "any", optional: true), APIParameter("expected", "any", optional: true), what],
                "Both tables have the same fields."),
            APIFunction(
                "truthy", [APIParameter("value", "any", optional: true), what], "The value is neither nil nor false."),
            APIFunction(
                "at_most", [APIParameter("actual", "number"), APIParameter("bound", "number"), what],
                "The number is not above the bound."),
            APIFunction(
                "at_least", [APIParameter("actual", "number"), APIParameter("bound", "number"), what],
                "The number is not below the bound."),
            APIFunction(
                "status", [runParameter, APIParameter("code", "dword"), parameters], returns: "traplab.event",
                "The last dispatched exception has this status and begins with these parameters."),
            APIFunction(
                "bugcheck", [runParameter, APIParameter("code", "dword"), parameters], returns: "traplab.event",
                "The last bugcheck has this code and begins with these parameters."),
            APIFunction("no_status", [runParameter], "No exception was dispatched."),
            APIFunction("no_bugcheck", [runParameter], "There was no bugcheck."),
            APIFunction(
                "stop", [runParameter, APIParameter("name", "string")], "The run ended with this stop reason."),
            APIFunction(
                "event",
                [runParameter, APIParameter("kind", "string"), APIParameter("filter", "table", optional: true)],
                returns: "traplab.event", "There was such an event; returns the first."),
            APIFunction(
                "error_code", [APIParameter("event", "event"), APIParameter("value", "dword")],
                "The event has this error code; a failure says both in words."),
            APIFunction(
                "registers", [APIParameter("source", "table"), APIParameter("values", "table"), what],
                "The registers of a run, or of a table, have these values."),
            APIFunction(
                "memory", [runParameter, APIParameter("address", "address"), APIParameter("wanted", "any"), what],
                "Linear memory holds these bytes (a string) or dwords (a list)."),
            APIFunction("fail", [APIParameter("message", "string")], "Fails the check."),
        ])
}
