import Foundation
import Learning
import Tensors

/// Python programs that compute the same with other libraries, on files that both sides read.
enum PythonReference {
  /// `WINNOW_PYTHON` names another interpreter, such as that of a virtual environment.
  static let interpreter = ProcessInfo.processInfo.environment["WINNOW_PYTHON"] ?? "python3"

  static func has(_ modules: String) -> Bool {
    (try? Fixtures.output(of: interpreter, ["-c", "import \(modules)"])) != nil
  }

  static let hasTorch = has("torch, safetensors.torch")
  static let hasScikitLearn = has("sklearn, safetensors.numpy")

  /// Writes files to a directory of their own, runs `script` with its path and `arguments`, and returns what it prints.
  static func run(_ script: String, files: [String: [UInt8]], arguments: [String] = []) throws -> String {
    let directory = FileManager.default.temporaryDirectory.appending(path: "winnow-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, bytes) in files { try Data(bytes).write(to: directory.appending(path: name)) }
    return try Fixtures.output(of: interpreter, ["-c", script, directory.path] + arguments)
  }

  /// A set as a tensor file with `x` and `y`.
  static func file(_ set: LabelledSet) throws -> [UInt8] {
    var file = SafeTensors()
    file.tensors["x"] = .init(
      shape: [set.features.rows, set.features.columns], values: .float32(set.features.values))
    switch set.targets {
    case .classes(let labels):
      file.tensors["y"] = .init(shape: [labels.count], values: .int64(labels.map { Int64($0) }))
    case .distributions(let rows), .labels(let rows):
      file.tensors["y"] = .init(shape: [rows.rows, rows.columns], values: .float32(rows.values))
    }
    return try file.encode()
  }
}
