import Foundation
import HTTPCore
import Testing

@testable import HTTPServer

private let opensslTool = "/usr/bin/openssl"

/// HTTPS, seen by the `openssl` tool; skipped where there is none.
@Suite(
  .timeLimit(.minutes(1)),
  .enabled(if: FileManager.default.isExecutableFile(atPath: opensslTool), "openssl is missing"))
struct TLSTests {
  /// Runs the tool with a text on its standard input; returns what it writes.
  private static func openssl(_ arguments: [String], input: String = "") throws -> String {
    let process = Process()
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: opensslTool)
    process.arguments = arguments
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = standardOutput
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    if input.isEmpty { try standardInput.fileHandleForWriting.close() }
    let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  @Test func takesModernVersionsOnly() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("winnow-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (key, certificate) = (
      folder.appendingPathComponent("key.pem").path, folder.appendingPathComponent("c.pem").path
    )
    _ = try await blocking {
      try Self.openssl([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out",
        certificate,
      ])
    }
    let configuration = ServerConfiguration(tls: .init(certificate: certificate, key: key))
    try await withServer(configuration: configuration) { _ in
      collecting { _ in HTTPResponse(text: "over TLS") }
    } _: { port, _, _ in
      for (version, isTaken) in [("-tls1", false), ("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
        let answer = try await blocking {
          try Self.openssl(
            ["s_client", "-connect", "127.0.0.1:\(port)", version, "-cipher", "ALL:@SECLEVEL=0", "-ign_eof"],
            input: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        }
        #expect(answer.contains("over TLS") == isTaken, "\(version)")
      }
    }
  }
}
