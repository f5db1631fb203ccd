import Foundation
import Learning
public import Tensors

/// The pool that all programs of a comparison work on: float32 rows in a file, and their classes.
public struct BenchmarkPool: Sendable {
  /// Features `(n, d)`.
  public let features: Matrix
  /// The class of every row, `(n)`.
  public let labels: [Int]
  /// The number of classes.
  public let classes: Int
  /// How many rows have a label: the first ones.
  public let labelled: Int

  /// What `pool.json` says about `pool.f32`.
  private struct Description: Codable {
    let rows: Int
    let columns: Int
    let classes: Int
    let labelled: Int
    let labels: [Int]
  }

  /// Reads `pool.json` and `pool.f32` of a folder.
  ///
  /// - Throws: what reading and decoding throw, and ``BenchmarkError/poolSize(expected:found:)``.
  public init(folder: String) throws {
    let base = URL(filePath: folder, directoryHint: .isDirectory)
    let description = try JSONDecoder().decode(
      Description.self, from: Data(contentsOf: base.appending(path: "pool.json")))
    let data = try Data(contentsOf: base.appending(path: "pool.f32"), options: .alwaysMapped)
    let count = description.rows * description.columns
    guard data.count == 4 * count else { throw BenchmarkError.poolSize(expected: 4 * count, found: data.count) }
    var features = Matrix(rows: description.rows, columns: description.columns)
    features.withUnsafeMutableBufferPointer { _ = data.copyBytes(to: $0) }
    self.features = features
    labels = description.labels
    classes = description.classes
    labelled = description.labelled
  }

  /// Draws a pool in memory: normal clusters, one for each class, the first `labelled` rows labelled.
  ///
  /// - Complexity: O(n·d), on all processors.
  public init(rows: Int, columns: Int, classes: Int, labelled: Int, seed: UInt64) {
    var centres = SeededGenerator(seed: seed, stream: 1)
    let centre = (0..<classes * columns).map { _ in centres.normal() * 0.5 }
    var features = Matrix(rows: rows, columns: columns)
    features.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      nonisolated(unsafe) let base2 = base  // Blocks write disjoint rows.
      ComputePool.shared.forEachBlock(of: rows, blockSize: 1024) { range in
        var generator = SeededGenerator(seed: seed, stream: UInt64(2 + range.lowerBound))
        for row in range {
          let start = row % classes * columns
          for column in 0..<columns {
            // The sum of four 16-bit integers is close enough to normal, and costs one draw.
            let bits = generator.next()
            let sum = (bits & 0xFFFF) + (bits &>> 16 & 0xFFFF) + (bits &>> 32 & 0xFFFF) + (bits &>> 48)
            base2[row &* columns &+ column] = centre[start + column] + (Float(sum) - 131_070) * (1 / 37_837)
          }
        }
      }
    }
    self.features = features
    self.classes = classes
    self.labelled = labelled
    labels = (0..<rows).map { $0 % classes }
  }

  /// The rows without a label, in ascending order.
  var candidates: [Int] { Array(labelled..<features.rows) }

  /// The first `count` rows with their classes.
  func trainingSet(_ count: Int) -> LabelledSet {
    let rows = Array(0..<min(count, features.rows))
    return LabelledSet(features: features.gatherRows(rows), labels: rows.map { labels[$0] }, classes: classes)
  }
}

/// Why a benchmark cannot run.
public enum BenchmarkError: Error, CustomStringConvertible {
  /// The pool's file is shorter or longer than its description says.
  case poolSize(expected: Int, found: Int)
  /// There is no workload of that name.
  case unknownWorkload(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .poolSize(let expected, let found):
      "pool.f32 has \(found) bytes, but pool.json describes \(expected): write both again"
    case .unknownWorkload(let name):
      "there is no workload '\(name)': use train, limits, kmeans, or the name of a strategy"
    }
  }
}
