// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "swift-chat",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: "../../bindings-uniffi/swift")],
    targets: [
        .executableTarget(
            name: "swift-chat", dependencies: [.product(name: "Rejoin", package: "swift")], path: "Sources")
    ]
)
