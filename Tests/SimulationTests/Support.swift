import Foundation
import Simulation
import Tensors

/// A folder of one test, removed when the test lets go of it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/winnow-simulation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    return path + "/" + name
  }

  func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
  }
}

enum Sets {
  /// Three overlapping clouds in the plane; item `i` is of class `i % 3`.
  static func clouds(_ count: Int = 240, seed: UInt64 = 5) -> LabelledItems {
    var generator = SeededGenerator(seed: seed)
    let corners: [(Float, Float)] = [(0, 0), (2.5, 0), (0, 2.5)]
    var values: [Float] = []
    for item in 0..<count {
      let corner = corners[item % 3]
      values += [corner.0 + 0.7 * generator.normal(), corner.1 + 0.7 * generator.normal()]
    }
    return LabelledItems(
      content: .numbers(Matrix(rows: count, columns: 2, values: values), nil), labels: (0..<count).map { $0 % 3 },
      classNames: ["a", "b", "c"])
  }

  /// A small simulation, of a second or so.
  static let parameters = SimulationParameters(
    strategies: ["random", "margin"], model: .linear, batch: 5, start: 6, labels: 26, seeds: 3, holdout: 0.3)
}

/// Curves without the seconds that they took, which differ from run to run.
func timeless(_ curves: [ReplayCurve]) -> [ReplayCurve] {
  curves.map { curve in
    var curve = curve
    for index in curve.rows.indices { curve.rows[index].seconds = 0 }
    return curve
  }
}
