private import Synchronization
public import Tensors

extension TrainedModel {
  /// The probabilities of `t` Monte-Carlo dropout passes `(t, n, c)` over rows `(n, d)`.
  ///
  /// Masks depend on the seed and the pass alone (shared), or on the row as well, so that a pool can be scored block by
  /// block. What lies before the first dropout is computed once. A model without dropout gives a committee of one,
  /// whatever `t` is.
  ///
  /// Source: Gal and Ghahramani, "Dropout as a Bayesian Approximation", 2016; Kirsch et al., "BatchBALD", 2019.
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``.
  /// - Complexity: O(n · (parameters before the first dropout + t · parameters behind it)).
  public func committee(
    of x: MatrixView, passes t: Int, seed: UInt64, masks: DropoutMasks = .shared, pool: ComputePool? = nil
  ) throws(LearningError) -> CommitteePredictions {
    try checkWidth(x)
    if !architecture.hasDropout || t < 1 { return CommitteePredictions(try probabilities(of: x, pool: pool)) }
    let (plan, kind) = (plan(passes: t, seed: seed, masks: masks), outputKind)
    let values = [Float](unsafeUninitializedCapacity: plan.passes * x.rows * classes) { result, initialized in
      nonisolated(unsafe) let result = result  // Blocks write disjoint rows of every pass.
      forEachBlock(of: x.rows, blockSize: network.blockRows, on: pool) { rows in
        plan.write(
          of: x.rowRange(rows), ids: .from(rows.lowerBound), kind, firstRow: rows.lowerBound, items: x.rows,
          into: result)
      }
      initialized = plan.passes * x.rows * classes
    }
    return CommitteePredictions(members: plan.passes, items: x.rows, classes: classes, values: values)
  }

  /// Computes the committee of a pool block by block, and hands every block to `body`: memory stays bounded whatever the
  /// pool's size.
  ///
  /// Blocks run on all threads of the pool at once, in any order; the same masks apply as in
  /// ``committee(of:passes:seed:masks:pool:)``.
  /// - Parameters:
  ///   - rows: which rows of `x` to score, in this order; nil scores all. Consecutive rows are not copied.
  ///   - blockRows: rows of a block, at least 1.
  ///   - isCancelled: asked before every block.
  ///   - body: gets the positions of the block in `rows` and its predictions, on any thread.
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``, and the first error of
  ///   `body` by position, after the blocks under way.
  public func forEachCommitteeBlock(
    of x: MatrixView, rows: [Int]? = nil, passes t: Int, seed: UInt64, masks: DropoutMasks = .shared,
    blockRows: Int = 4096, pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false },
    _ body: @Sendable (_ positions: Range<Int>, _ predictions: CommitteePredictions) throws -> Void
  ) throws {
    let (plan, kind) = (plan(passes: t, seed: seed, masks: masks), outputKind)
    try forEachScoredBlock(of: x, rows: rows, blockRows: blockRows, pool: pool, isCancelled: isCancelled) {
      positions, block, ids in
      try body(positions, plan.predictions(of: block, ids: ids, kind))
    }
  }

  /// How `t` members are computed.
  func plan(passes t: Int, seed: UInt64, masks: DropoutMasks) -> any CommitteePlan {
    if masks == .shared, let folded = FoldedCommittee(inference, passes: t, seed: seed) { return folded }
    return MaskedCommittee(inference, passes: t, seed: seed, masks: masks) ?? SingleMember(inference: inference)
  }

  /// Calls `body` with blocks of rows on the pool's threads; stops at the first error.
  func forEachScoredBlock(
    of x: MatrixView, rows: [Int]?, blockRows: Int, pool: ComputePool?, isCancelled: @Sendable () -> Bool,
    _ body: @Sendable (_ positions: Range<Int>, _ block: MatrixView, _ ids: RowIDs) throws -> Void
  ) throws {
    try checkWidth(x)
    let failure = Mutex<(position: Int, error: any Error)?>(nil)
    forEachBlock(of: rows?.count ?? x.rows, blockSize: blockRows, on: pool) { positions in
      if failure.withLock({ $0 != nil }) { return }
      do {
        if isCancelled() { throw LearningError.cancelled }
        try Self.withBlock(of: x, rows, positions) { try body(positions, $0, $1) }
      } catch {
        failure.withLock {
          if $0.map({ $0.position > positions.lowerBound }) ?? true { $0 = (positions.lowerBound, error) }
        }
      }
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
  }

  /// Shows the rows at some positions of a list as a block, without a copy where they are consecutive.
  private static func withBlock(
    of x: MatrixView, _ rows: [Int]?, _ positions: Range<Int>, _ body: (MatrixView, RowIDs) throws -> Void
  ) rethrows {
    guard let rows else { return try body(x.rowRange(positions), .from(positions.lowerBound)) }
    let part = rows[positions]
    guard let first = part.first else { return }
    if zip(part, first...).allSatisfy(==) {
      try body(x.rowRange(first..<first + part.count), .from(first))
    } else {
      let copy = x.gatherRows(Array(part))
      try body(copy.view, .listed(part))
    }
  }
}
