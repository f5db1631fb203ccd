import Learning
import Sampling
import Tensors

/// One query as the product runs it: the pool is scored by the model, and a strategy chooses a batch.
struct QueryWorkload {
  let strategy: any QueryStrategy
  let model: TrainedModel
  let pool: BenchmarkPool
  let candidates: [Int]
  let batch: Int
  let passes: Int

  /// Runs the query and returns the rows that it chose.
  func run(seed: UInt64) throws -> [Int] {
    let needs = type(of: strategy).descriptor.needs
    let members = needs.contains(.committee) ? passes : 1
    var utilities: [Float] = []
    if !needs.isDisjoint(with: [.probabilities, .committee]) {
      var result = [Float](repeating: 0, count: candidates.count)
      try result.withUnsafeMutableBufferPointer { result in
        nonisolated(unsafe) let result = result  // Blocks write disjoint elements.
        // 0 passes: dropout is off.
        try model.forEachCommitteeBlock(
          of: pool.features.view, rows: candidates, passes: members == 1 ? 0 : members, seed: seed, blockRows: 512,
          pool: .shared
        ) { positions, predictions in
          var generator = SeededGenerator(seed: seed, stream: UInt64(positions.lowerBound))
          let values = try strategy.utilities(of: predictions, using: &generator)
          for (offset, value) in values.enumerated() { result[positions.lowerBound + offset] = value }
        }
      }
      utilities = result
    }
    let scored = ScoredPool(
      rows: candidates, utilities: utilities, members: members, features: pool.features.view,
      labelledRows: Array(0..<pool.labelled), labelledClasses: Array(pool.labels.prefix(pool.labelled)),
      classes: pool.classes,
      model: CommitteeModel(model: model, features: pool.features.view, passes: members, seed: seed))
    var generator = SeededGenerator(seed: seed, stream: .max)
    return try strategy.select(batch, from: scored, using: &generator).chosen.map(\.row)
  }
}

/// A model and the features it predicts from, as strategies may ask them.
private struct CommitteeModel: PoolModel {
  let model: TrainedModel
  let features: MatrixView
  let passes: Int
  let seed: UInt64

  func committee(of rows: [Int]) throws -> CommitteePredictions {
    if passes == 1 {
      return CommitteePredictions(try model.probabilities(of: features.gatherRows(rows).view, pool: .shared))
    }
    return try model.committee(of: features.gatherRows(rows).view, passes: passes, seed: seed, pool: .shared)
  }

  func hidden(of rows: [Int]) throws -> Matrix {
    try model.hidden(of: features.gatherRows(rows).view, pool: .shared)
  }
}
