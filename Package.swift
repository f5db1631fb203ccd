// swift-tools-version: 6.3
import Foundation
import PackageDescription

// The vector kernels need the processor's level when they are compiled: without it a fused multiply-add is a library
// call per lane, over a hundred times slower. `WINNOW_MARCH` overrides what this machine reports (packagers: x86-64-v3).
let processorLevel: String? = {
  #if arch(x86_64)
    if let chosen = ProcessInfo.processInfo.environment["WINNOW_MARCH"] { return chosen.isEmpty ? nil : chosen }
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    if flags.contains("avx512vl") && flags.contains("avx512bw") && flags.contains("avx512dq") { return "x86-64-v4" }
    return flags.contains("avx2") && flags.contains("fma") ? "x86-64-v3" : nil
  #else
    return nil
  #endif
}()

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Numeric targets are optimised in debug builds too: a test that trains a model would otherwise take minutes.
let numeric: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    .unsafeFlags(["-Xcc", "-fno-math-errno"] + (processorLevel.map { ["-Xcc", "-march=\($0)"] } ?? [])),
  ]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

var targets: [Target] = [
  // Layer 0: C libraries, one target each.
  .target(name: "CWinnowMicroHTTPD", linkerSettings: [.linkedLibrary("microhttpd"), .linkedLibrary("gnutls")]),
  .target(name: "CWinnowOneDNN", linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
  .target(name: "CWinnowSodium", linkerSettings: [.linkedLibrary("sodium")]),
  .target(name: "CWinnowImages", linkerSettings: [.linkedLibrary("spng"), .linkedLibrary("turbojpeg")]),
  .target(name: "CWinnowZlib", linkerSettings: [.linkedLibrary("z")]),
  .target(name: "CWinnowArchive", linkerSettings: [.linkedLibrary("archive")]),
  // Layer 1: values, kernels, HTTP without sockets.
  .target(name: "Domain", swiftSettings: strict),
  .target(name: "Tensors", dependencies: ["CWinnowOneDNN"], swiftSettings: numeric),
  .target(name: "HTTPCore", swiftSettings: strict),
  .target(name: "Telemetry", swiftSettings: strict),
  // Layer 2: one capability each.
  .target(name: "Sampling", dependencies: ["Tensors"], swiftSettings: numeric),
  .target(name: "Learning", dependencies: ["Tensors"], swiftSettings: numeric),
  .target(name: "Consensus", swiftSettings: numeric),
  .target(name: "Features", dependencies: ["Tensors", "CWinnowImages"], swiftSettings: numeric),
  .target(name: "Formats", dependencies: ["CWinnowArchive", "CWinnowZlib"], swiftSettings: strict),
  .target(name: "Storage", dependencies: ["Domain", "Telemetry", grdb, sqlite], swiftSettings: strict),
  .target(name: "HTTPServer", dependencies: ["HTTPCore", "CWinnowMicroHTTPD", logging], swiftSettings: strict),
  // Layer 3: what the product does.
  .target(
    name: "Labeling",
    dependencies: [
      "Consensus", "Domain", "Storage", "Features", "Learning", "Sampling", "Telemetry", "Tensors", "CWinnowSodium",
      logging,
    ],
    swiftSettings: strict),
  .target(
    name: "Benchmarking", dependencies: ["Learning", "Sampling", "Simulation", "Tensors"], swiftSettings: numeric),
  .target(
    name: "Simulation", dependencies: ["Features", "Formats", "Learning", "Sampling", "Tensors"],
    swiftSettings: numeric),
  // Layer 4: the contract.
  .target(
    name: "RESTAPI",
    dependencies: [
      "Domain", "Formats", "HTTPCore", "HTTPServer", "Labeling", "Sampling", "Storage", "Telemetry", logging,
    ],
    swiftSettings: strict),
  // Layer 5: the command line.
  .executableTarget(
    name: "winnow",
    dependencies: [
      "Domain", "Formats", "HTTPServer", "Labeling", "Learning", "RESTAPI", "Simulation", "Storage", logging,
      argumentParser, "Benchmarking",
    ],
    swiftSettings: strict),
]
for name in [
  "Domain", "Tensors", "HTTPCore", "Telemetry", "Sampling", "Learning", "Consensus", "Features", "Formats", "Storage",
  "HTTPServer",
  "Labeling", "Simulation", "RESTAPI", "Benchmarking",
] {
  // Readers of compressed files and of images are tested on what the same libraries wrote; storage and the product by
  // asking the database beside them.
  let more: [Target.Dependency] =
    [
      "Formats": ["CWinnowZlib"], "Features": ["CWinnowImages", "Formats", "Tensors"], "Storage": ["Domain", grdb],
      "Labeling": [
        "Consensus", "Domain", "Storage", "Features", "Learning", "Sampling", "Telemetry", "Tensors", grdb, logging,
      ],
      "Benchmarking": ["Learning", "Simulation", "Tensors"],
      "Simulation": ["Features", "Formats", "Learning", "Sampling", "Tensors"],
      "RESTAPI": ["Domain", "HTTPCore", "Labeling", "Storage", "Telemetry", logging],
    ][name] ?? []
  targets.append(
    .testTarget(name: name + "Tests", dependencies: [.init(stringLiteral: name)] + more, swiftSettings: strict))
}

// Every reader of what comes from outside, on inputs that are meant to break it.
targets.append(
  .testTarget(
    name: "FuzzTests", dependencies: ["CWinnowImages", "CWinnowZlib", "Domain", "Features", "Formats", "HTTPCore"],
    swiftSettings: strict))

// A build with a sanitizer is of some tests, and of what they need.
if let chosen = ProcessInfo.processInfo.environment["WINNOW_TEST_TARGETS"] {
  var needed = chosen.split(separator: " ").map(String.init)
  var next = 0
  while next < needed.count {
    for dependency in targets.first(where: { $0.name == needed[next] })?.dependencies ?? [] {
      guard case .byNameItem(let name, _) = dependency, !needed.contains(name) else { continue }
      needed.append(name)
    }
    next += 1
  }
  targets.removeAll { !needed.contains($0.name) }
}

let package = Package(
  name: "winnow",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: targets
)
