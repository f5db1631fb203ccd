private import Synchronization
public import Tensors

extension TrainedModel {
  /// Rows that are predicted and scored together: their predictions stay in the cache until they are scored.
  private static let scoringBlock = 256

  /// Scores any number of rows of a feature matrix by their predictions, block by block, on all threads of a pool.
  ///
  /// The predictions of a block are dropped once `score` has seen them, so that a pool of millions takes no more memory than
  /// its utilities. Blocks depend on the rows alone: where `score` is a pure function of predictions and block, the result is
  /// the same on any number of threads.
  /// - Parameters:
  ///   - rows: which rows of `features`, in any order.
  ///   - features: the whole feature matrix `(N, d)`.
  ///   - passes: dropout passes, see ``committee(of:passes:seed:pool:)``; 1 switches dropout off.
  ///   - seed: what the dropout masks are drawn from.
  ///   - progress: the share that is done, from any thread, in no strict order.
  ///   - score: gives one number for each item of a block, from any thread; the block's number is a stream of randomness.
  /// - Returns: `(rows.count)` scores, aligned with `rows`.
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``, and what `score` throws, of the
  ///   first block that failed.
  /// - Complexity: O(n · parameters) time, O(n) memory.
  public func scores(
    of rows: [Int], in features: MatrixView, passes: Int, seed: UInt64, pool: ComputePool? = nil,
    progress: @Sendable (Double) -> Void = { _ in }, isCancelled: @Sendable () -> Bool = { false },
    score: @Sendable (_ predictions: CommitteePredictions, _ block: Int) throws -> [Float]
  ) throws -> [Float] {
    try checkWidth(features)
    let failure = Mutex<(block: Int, error: any Error)?>(nil)
    let stopped = Atomic<Bool>(false)
    let done = Atomic<Int>(0)
    let predictor = CommitteePredictor(model: self, passes: passes, seed: seed)
    let scores = [Float](unsafeUninitializedCapacity: rows.count) { result, initialized in
      result.initialize(repeating: 0)
      initialized = rows.count
      nonisolated(unsafe) let result = result  // Blocks write disjoint elements.
      forEachBlock(of: rows.count, blockSize: Self.scoringBlock, on: pool) { range in
        if stopped.load(ordering: .relaxed) { return }
        let block = range.lowerBound / Self.scoringBlock
        do {
          if isCancelled() { throw LearningError.cancelled }
          let predictions = try predictor.predictions(of: features.contiguousRows(rows[range]))
          let values = try score(predictions, block)
          precondition(values.count == range.count, "\(values.count) scores for \(range.count) items")
          for (offset, value) in values.enumerated() { result[range.lowerBound + offset] = value }
        } catch {
          stopped.store(true, ordering: .relaxed)
          failure.withLock { if block < $0?.block ?? .max { $0 = (block, error) } }
        }
        let count = done.wrappingAdd(range.count, ordering: .relaxed).newValue
        progress(Double(count) / Double(rows.count))
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return scores
  }
}

extension MatrixView {
  /// The rows at `indices`: a window where they follow each other, else a copy.
  fileprivate func contiguousRows(_ indices: ArraySlice<Int>) -> MatrixView {
    guard let first = indices.first else { return rowRange(0..<0) }
    for (offset, index) in indices.enumerated() where index != first + offset {
      return gatherRows(Array(indices)).view
    }
    return rowRange(first..<first + indices.count)
  }
}
