import Foundation

/// The path of a file of one test, removed when the test lets go of it.
final class TemporaryFile {
  let path = FileManager.default.temporaryDirectory.path + "/winnow-features-\(UUID().uuidString).f32"

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var size: Int { (try? Data(contentsOf: URL(fileURLWithPath: path)).count) ?? -1 }

  func append(_ bytes: [UInt8]) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }
}
