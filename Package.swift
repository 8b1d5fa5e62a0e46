// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors. An arrow in `dependencies` is an import that a module may make; nothing points back.
let swift: [SwiftSetting] = [.treatAllWarnings(as: .error)]

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

let package = Package(name: "traplab", targets: machine, swiftLanguageModes: [.v6])
