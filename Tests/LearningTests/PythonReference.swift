import Foundation

/// Other people's implementations in Python, which results are checked against where they are installed.
enum PythonReference {
  /// `WINNOW_PYTHON` names another interpreter, such as that of a virtual environment.
  static let interpreter = ProcessInfo.processInfo.environment["WINNOW_PYTHON"] ?? "python3"

  static let hasScipy = has("scipy.stats")
  static let hasSafetensors = has("safetensors.numpy")
  static let hasScikitLearn = has("sklearn.metrics")

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
}
