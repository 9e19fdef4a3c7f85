// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "MoltbotProtocol",
    platforms: [.macOS(.v13), .iOS(.v16), .watchOS(.v9)],
    products: [
        .library(name: "MoltbotProtocol", targets: ["MoltbotProtocol"])
    ],
    targets: [
        .target(name: "MoltbotProtocol"),
        .testTarget(name: "MoltbotProtocolTests", dependencies: ["MoltbotProtocol"]),
    ]
)
