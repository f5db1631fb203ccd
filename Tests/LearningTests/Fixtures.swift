import Foundation
import Learning
import Tensors

/// Data sets for the tests of this target.
enum Fixtures {
  /// Gaussian blobs around distinct corners; row `i` is of class `i % classes`.
  static func blobs(
    rows: Int, inputs: Int, classes: Int, seed: UInt64, spread: Float = 0.5, scale: Float = 1, shift: Float = 0
  ) -> LabelledSet {
    var centers = SeededGenerator(seed: 1234)
    let corners = (0..<classes * inputs).map { _ in 2 * centers.normal() }
    var generator = SeededGenerator(seed: seed)
    var values: [Float] = []
    for row in 0..<rows {
      for column in 0..<inputs {
        values.append(shift + scale * (corners[row % classes * inputs + column] + spread * generator.normal()))
      }
    }
    return LabelledSet(
      features: Matrix(rows: rows, columns: inputs, values: values), labels: (0..<rows).map { $0 % classes },
      classes: classes)
  }

  /// The file of handwritten digits beside the repository, if it is there.
  static let digitsFile: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let places = ["../shared", "../../shared"].map { root.appending(path: "\($0)/data/digits/digits.csv.gz") }
    return places.first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  /// The 1,797 digits with pixels in 0...1.
  static func digits() throws -> LabelledSet {
    guard let file = digitsFile else { throw CocoaError(.fileNoSuchFile) }
    let text = try output(of: "gzip", ["-dc", file.path])
    var values: [Float] = []
    var labels: [Int] = []
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let numbers = line.split(separator: ",").compactMap { Int($0) }
      values.append(contentsOf: numbers.dropLast().map { Float($0) / 16 })
      labels.append(numbers[numbers.count - 1])
    }
    return LabelledSet(
      features: Matrix(rows: labels.count, columns: 64, values: values), labels: labels, classes: 10)
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
