import Foundation
import HTTPCore
import Testing

@testable import HTTPServer

private let opensslTool = "/usr/bin/openssl"

/// HTTPS, seen by the `openssl` tool; skipped where there is none.
@Suite(
  .timeLimit(.minutes(5)),
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

  /// Files of a certificate for localhost, made for this test.
  private static func credentials(_ name: String, in folder: URL, kind: [String] = ["rsa:2048"]) async throws
    -> ServerConfiguration.TLSFiles
  {
    let files = ServerConfiguration.TLSFiles(
      certificate: folder.appendingPathComponent("\(name).pem").path,
      key: folder.appendingPathComponent("\(name).key").path)
    _ = try await blocking {
      try openssl(
        ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", files.key, "-out"]
          + [files.certificate, "-newkey"] + kind)
    }
    return files
  }

  private static func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("winnow-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  /// What the tool gets over one connection.
  private static func answer(port: UInt16, _ options: [String]) async throws -> String {
    try await blocking {
      try openssl(
        ["s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + options,
        input: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    }
  }

  @Test func takesModernVersionsOnly() async throws {
    try await Self.withFolder { folder in
      let configuration = ServerConfiguration(tls: try await Self.credentials("a", in: folder))
      try await withServer(configuration: configuration) { head in
        collecting { _ in HTTPResponse(text: "over TLS: \(head.isSecure)") }
      } _: { port, _, _ in
        for (version, isTaken) in [("-tls1", false), ("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
          let answer = try await Self.answer(port: port, [version, "-cipher", "ALL:@SECLEVEL=0"])
          #expect(answer.contains("over TLS: true") == isTaken, "\(version)")
        }
      }
    }
  }

  @Test(arguments: [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]])
  func takesStrongCiphersOnly(kind: [String]) async throws {
    try await Self.withFolder { folder in
      let configuration = ServerConfiguration(tls: try await Self.credentials("a", in: folder, kind: kind))
      try await withServer(configuration: configuration) { _ in
        collecting { _ in HTTPResponse(text: "over TLS") }
      } _: { port, _, _ in
        let signer = kind[0] == "ec" ? "ECDSA" : "RSA"
        for (cipher, isTaken) in [
          ("ECDHE-\(signer)-AES256-GCM-SHA384", true), ("ECDHE-\(signer)-AES128-GCM-SHA256", true),
          ("ECDHE-\(signer)-CHACHA20-POLY1305", true), ("ECDHE-\(signer)-AES256-SHA384", false),
          ("ECDHE-\(signer)-AES128-SHA", false), ("AES256-GCM-SHA384", false), ("AES128-SHA", false),
          ("DHE-RSA-AES256-GCM-SHA384", false), ("aNULL", false), ("eNULL", false), ("3DES", false), ("RC4", false),
        ] {
          let answer = try await Self.answer(port: port, ["-tls1_2", "-cipher", "\(cipher):@SECLEVEL=0"])
          #expect(answer.contains("over TLS") == isTaken, "\(cipher)")
        }
      }
    }
  }

  @Test func saysWhatIsWrongWithItsFiles() async throws {
    try await Self.withFolder { folder in
      let (one, other) = (try await Self.credentials("a", in: folder), try await Self.credentials("b", in: folder))
      let junk = folder.appendingPathComponent("junk.pem").path
      try Data("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8).write(to: URL(filePath: junk))
      let missing = folder.appendingPathComponent("missing.pem").path
      for (files, word) in [
        (ServerConfiguration.TLSFiles(certificate: one.certificate, key: other.key), "cannot be used"),
        (.init(certificate: junk, key: one.key), "cannot be used"),
        (.init(certificate: one.certificate, key: one.certificate), "cannot be used"),
        (.init(certificate: missing, key: one.key), "Cannot read"),
        (.init(certificate: folder.path, key: one.key), "Cannot read"),
      ] {
        let server = HTTPServer(
          configuration: ServerConfiguration(tls: files),
          application: TestApplication { _ in .respond(.init(text: "a")) },
          logger: quietLogger)
        let error = #expect(throws: ServerError.self) { try server.start() }
        #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
        await server.stop()
      }
    }
  }

  @Test func clientsThatNeverShakeHandsAreCut() async throws {
    try await Self.withFolder { folder in
      let configuration = ServerConfiguration(
        patience: Patience(head: .seconds(4)), tls: try await Self.credentials("a", in: folder))
      try await withServer(configuration: configuration) { _ in
        collecting { _ in HTTPResponse(text: "over TLS") }
      } _: { port, _, _ in
        try await blocking {
          // The beginning of a record of 4 KiB that never ends.
          let client = try TestClient(port: port)
          try client.send([22, 3, 1, 16, 0, 1, 0, 15, 252, 3, 3])
          _ = try client.drip("x")
        }
        #expect(try await Self.answer(port: port, []).contains("over TLS"))
      }
    }
  }
}
