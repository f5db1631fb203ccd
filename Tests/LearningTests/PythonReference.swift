import Foundation
import Learning
import Tensors

/// Other people's implementations in Python, which results are checked against where they are installed.
enum PythonReference {
  /// `WINNOW_PYTHON` names another interpreter, such as that of a virtual environment.
  static let interpreter = ProcessInfo.processInfo.environment["WINNOW_PYTHON"] ?? "python3"

  static let hasScipy = has("scipy.stats")
  static let hasSafetensors = has("safetensors.numpy")
  static let hasScikitLearn = has("sklearn.metrics")
  static let hasTorch = has("torch, safetensors.torch")

  private static func has(_ module: String) -> Bool {
    (try? Fixtures.output(of: interpreter, ["-c", "import \(module)"])) != nil
  }

  /// Runs `script`, which finds `input` as `x` and prints one JSON value, and decodes what it printed.
  static func run<Input: Encodable, Output: Decodable>(_ script: String, _ input: Input) throws -> Output {
    let file = FileManager.default.temporaryDirectory.appending(path: "winnow-\(UUID().uuidString).json")
    try JSONEncoder().encode(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let text = try Fixtures.output(
      of: interpreter, ["-c", "import json, sys\nx = json.load(open(sys.argv[1]))\n" + script, file.path])
    return try JSONDecoder().decode(Output.self, from: Data(text.utf8))
  }

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
