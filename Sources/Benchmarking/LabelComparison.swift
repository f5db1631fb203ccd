import Foundation
public import Simulation
import Synchronization
import Tensors

/// Label efficiency against other programs: features go out to a folder, rows that were chosen come back, and one head
/// judges all of them.
///
/// For every seed the folder has `seed-S/pool.npy` `(n, d)`, `pool_labels.npy`, `test.npy`, `test_labels.npy`; other
/// programs add `seed-S/NAME.rows.json` with `{"rows": [...]}`, rows of the pool in the order in which they were asked for.
public struct LabelComparison: Sendable {
  private let study: LabelStudy
  private let parameters: SimulationParameters
  private let folder: URL

  /// One curve of the result.
  public struct Curve: Codable, Sendable {
    /// The strategy, or the name of another program's file.
    public let name: String
    /// The seed.
    public let seed: Int
    /// The points, by growing number of labels.
    public let points: [ReplayRow]
    /// Rows of the pool in the order in which they were asked for.
    public let rows: [Int]
  }

  /// What is written to `curves.json`.
  public struct Result: Codable, Sendable {
    /// All curves.
    public var curves: [Curve]
    /// The accuracy with all labels of the pool, for each seed.
    public var ceilings: [Double]
  }

  /// Prepares a comparison in a folder, which is made where it is missing.
  public init(study: LabelStudy, parameters: SimulationParameters, folder: String) {
    self.study = study
    self.parameters = parameters
    self.folder = URL(filePath: folder, directoryHint: .isDirectory)
  }

  /// Writes the features and classes of every seed, and what the protocol is.
  public func export() throws {
    for seed in 0..<parameters.seeds {
      let place = place(of: seed)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let set = try study.set(seed: seed)
      try ArrayFile.write(set.pool, to: place.appending(path: "pool.npy"))
      try ArrayFile.write(set.poolLabels, to: place.appending(path: "pool_labels.npy"))
      try ArrayFile.write(set.test, to: place.appending(path: "test.npy"))
      try ArrayFile.write(set.testLabels, to: place.appending(path: "test_labels.npy"))
      study.release(seed: seed)
    }
    try JSONEncoder().encode(parameters).write(to: folder.appending(path: "protocol.json"))
  }

  /// Replays this program's strategies and the rows of all others, and writes `curves.json`.
  ///
  /// - Parameter replaysOwn: false keeps this program's curves of an earlier run.
  public func judge(replaysOwn: Bool = true) throws {
    let file = folder.appending(path: "curves.json")
    var result = Result(curves: [], ceilings: [])
    if !replaysOwn, let data = try? Data(contentsOf: file) {
      result = try JSONDecoder().decode(Result.self, from: data)
      result.curves.removeAll { !parameters.strategies.contains($0.name) }
    }
    for seed in 0..<parameters.seeds {
      var tasks: [(name: String, rows: [Int]?)] = []
      if result.ceilings.count <= seed { result.ceilings.append(try study.ceiling(seed: seed)) }
      if replaysOwn { tasks += parameters.strategies.map { ($0, nil) } }
      tasks += try othersRows(seed)
      let curves = Mutex<[Int: Curve]>([:])
      let failure = Mutex<(any Error)?>(nil)
      let work = tasks
      _ = try study.set(seed: seed)
      ComputePool(threads: ComputePool.processorCount).forEachBlock(of: work.count, blockSize: 1) { block in
        let task = work[block.lowerBound]
        do {
          let run =
            if let rows = task.rows {
              try study.replay(rows: rows, seed: seed)
            } else {
              try study.replay(strategy: task.name, seed: seed)
            }
          curves.withLock {
            $0[block.lowerBound] = Curve(name: task.name, seed: seed, points: run.curve, rows: run.rows)
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
      result.curves += curves.withLock { curves in work.indices.compactMap { curves[$0] } }
      study.release(seed: seed)
    }
    try JSONEncoder().encode(result).write(to: file)
  }

  private struct Chosen: Codable { let rows: [Int] }

  private func othersRows(_ seed: Int) throws -> [(name: String, rows: [Int]?)] {
    let suffix = ".rows.json"
    let names = try FileManager.default.contentsOfDirectory(atPath: place(of: seed).path)
    return try names.filter { $0.hasSuffix(suffix) }.sorted().map { name in
      let data = try Data(contentsOf: place(of: seed).appending(path: name))
      return (String(name.dropLast(suffix.count)), try JSONDecoder().decode(Chosen.self, from: data).rows)
    }
  }

  private func place(of seed: Int) -> URL { folder.appending(path: "seed-\(seed)", directoryHint: .isDirectory) }
}
