import Foundation

/// Runs a script of this package, for checks that well-known Python packages do best.
///
/// `WINNOW_PYTHON` names another interpreter than `python3`, such as that of a virtual environment.
enum Python {
  /// Whether the script finds what it needs.
  static let canCheckOpenAPI =
    (try? run("Tests/OpenAPI/check.py", input: #"{"document": {}, "answers": []}"#))
    .map { $0.status != 77 && $0.status != 127 } ?? false

  static func run(_ script: String, input: String) throws -> (status: Int32, output: String) {
    let file = NSTemporaryDirectory() + "winnow-python-\(UUID().uuidString).json"
    try Data(input.utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      ProcessInfo.processInfo.environment["WINNOW_PYTHON"] ?? "python3", TestServer.root + "/" + script,
    ]
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
