import Consensus
import Foundation

/// Data sets and interpreters for the tests of this target.
enum Fixtures {
  /// A crowd data set beside the repository: opinions and the true labels of items.
  struct Crowd {
    let opinions: Opinions
    let truth: [Int: Int]
    let items: [String]
    let annotators: [String]
    let classes: [String]
  }

  /// The folder of a data set beside the repository, if it is there.
  static func folder(_ name: String) -> URL? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let places = ["../shared", "../../shared"].map { root.appending(path: "\($0)/data/\(name)") }
    return places.first { FileManager.default.fileExists(atPath: $0.appending(path: "labels.csv.gz").path) }
  }

  static let hasCrowds = folder("crowd-bluebird") != nil && folder("crowd-dogs") != nil

  /// Numbers are given in the order of names.
  static func crowd(_ name: String) throws -> Crowd {
    guard let folder = folder(name) else { throw CocoaError(.fileNoSuchFile) }
    func rows(_ file: String) throws -> [[String]] {
      try output(of: "gzip", ["-dc", folder.appending(path: file).path]).split(whereSeparator: \.isNewline).dropFirst()
        .map { $0.split(separator: ",").map(String.init) }
    }
    let (labels, gold) = (try rows("labels.csv.gz"), try rows("gold.csv.gz"))
    func numbered(_ names: [String]) -> (names: [String], numbers: [String: Int]) {
      let sorted = Set(names).sorted()
      return (sorted, Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) }))
    }
    let items = numbered(labels.map { $0[0] })
    let annotators = numbered(labels.map { $0[1] })
    let classes = numbered(labels.map { $0[2] } + gold.map { $0[1] })
    let opinions = try Opinions(
      labels.map {
        .init(
          item: items.numbers[$0[0]] ?? -1, annotator: annotators.numbers[$0[1]] ?? -1,
          label: classes.numbers[$0[2]] ?? -1)
      }, items: items.names.count, annotators: annotators.names.count, classes: classes.names.count)
    return Crowd(
      opinions: opinions,
      truth: Dictionary(
        uniqueKeysWithValues: gold.compactMap { row in
          items.numbers[row[0]].flatMap { item in classes.numbers[row[1]].map { (item, $0) } }
        }), items: items.names, annotators: annotators.names, classes: classes.names)
  }

  /// Opinions of annotators who are right with a probability of their own; each item has from 0 to all of them.
  static func random(
    items: Int, annotators: Int, classes: Int, coverage: Double = 0.6, seed: UInt64
  ) throws -> Opinions {
    var generator = SplitMix(state: seed)
    var opinions: [Opinions.Opinion] = []
    for item in 0..<items {
      let truth = Int(generator.next() % UInt64(classes))
      for annotator in 0..<annotators where generator.uniform() < coverage {
        let isRight = generator.uniform() < 0.35 + 0.6 * Double(annotator) / Double(annotators)
        let label = isRight ? truth : Int(generator.next() % UInt64(classes))
        opinions.append(.init(item: item, annotator: annotator, label: label))
      }
    }
    return try Opinions(opinions, items: items, annotators: annotators, classes: classes)
  }

  // MARK: Python

  /// `WINNOW_PYTHON` names another interpreter, such as that of a virtual environment.
  static let interpreter = ProcessInfo.processInfo.environment["WINNOW_PYTHON"] ?? "python3"

  static func pythonHas(_ modules: String) -> Bool {
    (try? output(of: interpreter, ["-W", "ignore", "-c", "import \(modules)"])) != nil
  }

  /// What a script prints, as numbers; it finds the opinions as `(item, annotator, label)` in `data`.
  static func python(_ script: String, _ opinions: Opinions) throws -> [Double] {
    let file = FileManager.default.temporaryDirectory.appending(path: "winnow-\(UUID().uuidString).json")
    let rows = opinions.opinions.map { "[\($0.item), \($0.annotator), \($0.label)]" }.joined(separator: ", ")
    try Data("[\(rows)]".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let preamble = """
      import json, sys
      data = json.load(open(sys.argv[1]))
      items, annotators, classes = (int(n) for n in sys.argv[2:5])

      """
    let printed = try output(
      of: interpreter,
      [
        "-W", "ignore", "-c", preamble + script, file.path, "\(opinions.items)", "\(opinions.annotators)",
        "\(opinions.classes)",
      ])
    return printed.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }

  /// What a program prints; throws where it cannot be started or fails.
  static func output(of program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return String(decoding: data, as: UTF8.self)
  }
}

/// Vigna's SplitMix64: enough randomness for test data.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
