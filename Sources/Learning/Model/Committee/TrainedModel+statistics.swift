public import Tensors

/// What most strategies need of a committee, per item, without all members' probabilities.
public struct CommitteeStatistics: Sendable, Equatable {
  /// The number of members or passes, `t`.
  public let members: Int
  /// The mean over members, `(n, c)`.
  public let mean: Matrix
  /// The entropy of that mean, `(n)`, in nats; of independent labels the sum of their binary entropies.
  public let entropyOfMean: [Float]
  /// The mean over members of each one's entropy, `(n)`, in nats.
  public let meanEntropy: [Float]

  /// The mutual information of label and member, `(n)`, at least 0: what BALD ranks by (Houlsby et al., 2011).
  public var mutualInformation: [Float] { zip(entropyOfMean, meanEntropy).map { max(0, $0 - $1) } }
}

extension TrainedModel {
  /// The statistics of a committee over a pool, fused behind the matrix products: nothing of size `t · n` is held.
  ///
  /// - Parameters: as for ``forEachCommitteeBlock(of:rows:passes:seed:masks:blockRows:pool:isCancelled:_:)``.
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``.
  /// - Complexity: that of ``committee(of:passes:seed:masks:pool:)``, O(n · c) memory.
  public func committeeStatistics(
    of x: MatrixView, rows: [Int]? = nil, passes t: Int, seed: UInt64, masks: DropoutMasks = .shared,
    pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws -> CommitteeStatistics {
    let (plan, kind, classes, count) = (
      plan(passes: t, seed: seed, masks: masks), outputKind, classes, rows?.count ?? x.rows
    )
    var mean = Matrix(rows: count, columns: classes)
    var entropies = [Float](repeating: 0, count: 2 * count)
    try mean.withUnsafeMutableBufferPointer { mean in
      try entropies.withUnsafeMutableBufferPointer { entropies in
        guard let means = mean.baseAddress, let entropies = entropies.baseAddress else { return }
        nonisolated(unsafe) let (means2, entropies2) = (means, entropies)  // Blocks write disjoint rows.
        try forEachScoredBlock(of: x, rows: rows, blockRows: 4096, pool: pool, isCancelled: isCancelled) {
          positions, block, ids in
          plan.forEachPart(of: block, ids: ids) { part, logits in
            let first = positions.lowerBound + part.lowerBound
            let summary = MemberSummary(
              mean: means2 + first * classes, entropyOfMean: entropies2 + first,
              meanEntropy: entropies2 + count + first)
            switch kind {
            case .softmax:
              summarizeSoftmaxColumns(
                logits, members: plan.passes, columns: classes, rows: part.count, into: summary)
            case .sigmoid:
              summarizeSigmoidColumns(
                logits, members: plan.passes, columns: classes, rows: part.count, into: summary)
            }
          }
        }
      }
    }
    return CommitteeStatistics(
      members: plan.passes, mean: mean, entropyOfMean: Array(entropies[..<count]),
      meanEntropy: Array(entropies[count...]))
  }
}
