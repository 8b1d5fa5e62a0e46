// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors in Swift and in C. An arrow in `dependencies` is an import that a module may make; nothing points back.
let swift: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

/// A Swift module and its tests.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: swift),
        .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)], swiftSettings: swift),
    ]
}

let machine: [Target] =
    [.systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])])]
    + module("IA32")
    + module("Chipset")
    + module("PC", ["IA32", "Chipset", "CXXHash"])

let tools: [Target] =
    [
        .systemLibrary(name: "CZydis", providers: [.apt(["libzydis-dev"])]),
        .systemLibrary(name: "CMessageDigest", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
        .target(name: "CConfinement", cSettings: c),
    ]
    + module("Disassembly", ["CZydis"])
    + [.testTarget(name: "DecodingTests", dependencies: ["IA32", "CZydis"], swiftSettings: swift)]
    + module("Confinement", ["CConfinement"])
    + module("Assembly", ["Confinement", "CMessageDigest"])

let lua: [Target] =
    [
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaShim", dependencies: ["CLua"], cSettings: c),
    ]
    + module("LuaHost", ["CLuaShim"])

let teaching: [Target] =
    module("Lessons", ["LuaHost"])
    + module("LessonScripting", ["LuaHost", "PC", "Lessons", "Assembly", "Disassembly"])
    + module("PluginHost", ["LessonScripting"])
    + module("Grading", ["LessonScripting", "PluginHost", "Confinement"])
    + module("Reporting", ["Grading"])

let commandLine: [Target] =
    module(
        "CLICommands",
        ["Reporting", "Grading", "PC", .product(name: "ArgumentParser", package: "swift-argument-parser")])
    + [.executableTarget(name: "traplab", dependencies: ["CLICommands"], swiftSettings: swift)]

let package = Package(
    name: "traplab",
    products: [.executable(name: "traplab", targets: ["traplab"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: machine + tools + lua + teaching + commandLine,
    swiftLanguageModes: [.v6]
)
