import Foundation
import Glibc
import Synchronization

/// The finished runs of a folder, one JSON line each, appended in one write and synced: a cut leaves whole lines and at most
/// one broken one, which the next start passes over.
final class Journal: Sendable {
  /// One line.
  private struct Line: Codable {
    let key: RunKey
    let rows: [ReplayRow]
  }

  private let path: String
  private let descriptor: Int32
  private let known: Mutex<[RunKey: [ReplayRow]]>

  /// Opens the journal of a folder, and makes both where they are missing.
  ///
  /// - Throws: ``SimulationError/folder(path:reason:)``.
  init(directory: String) throws(SimulationError) {
    func reason() -> String { String(cString: strerror(errno)) }
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch { throw .folder(path: directory, reason: "it can't be made; is there a file of that name?") }
    path = directory + "/journal.jsonl"
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .folder(path: directory, reason: "journal.jsonl can't be opened: \(reason())") }
    let content = FileManager.default.contents(atPath: path) ?? Data()
    var runs: [RunKey: [ReplayRow]] = [:]
    let decoder = JSONDecoder()
    for bytes in content.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? decoder.decode(Line.self, from: Data(bytes)) else { continue }
      runs[line.key] = line.rows
    }
    known = Mutex(runs)
    // What a cut left without a line end must not run into the next line.
    if let last = content.last, last != UInt8(ascii: "\n") { try append(Data("\n".utf8)) }
  }

  deinit { close(descriptor) }

  /// The rows of a run that is done; nil where it is not.
  func rows(of key: RunKey) -> [ReplayRow]? { known.withLock { $0[key] } }

  /// Keeps the rows of a finished run.
  ///
  /// - Throws: ``SimulationError/folder(path:reason:)``.
  func keep(_ rows: [ReplayRow], of key: RunKey) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = try encoder.encode(Line(key: key, rows: rows)) + Data("\n".utf8)
    try known.withLock { known in
      try append(line)
      known[key] = rows
    }
  }

  private func append(_ bytes: Data) throws(SimulationError) {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      throw .folder(path: path, reason: "writing failed: \(String(cString: strerror(errno)))")
    }
  }
}
