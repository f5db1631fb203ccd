public import Tensors

/// Ranks items by the committee member farthest from the consensus: the largest `KL(pₜ ‖ p̄)` of all members.
///
/// One dissenter is enough, where ``BALD`` averages over all members.
/// Source: McCallum and Nigam, "Employing EM and Pool-Based Active Learning for Text Classification", 1998 (the mean over
/// members); the maximum as in the disagreement measures of modAL (Danka and Horvath, 2018).
public struct MaxKL: CommitteeStrategy {
  /// What `max_kl` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "max_kl", summary: "Asks first where one member of a committee is farthest from the others' mean.",
    needs: [.committee],
    reference: StrategyReference(
      paper: "McCallum and Nigam, Employing EM and Pool-Based Active Learning for Text Classification", year: 1998,
      url: "https://dl.acm.org/doi/10.5555/645527.757765"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the largest divergence of a member from the mean.
  ///
  /// - Returns: utilities `(n)` in nats, in `0...log(t)`, with rounding below 0 clamped.
  /// - Complexity: O(t·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] {
    predictions.valuesByBlock { block, result in
      let scale = Lanes(repeating: 1 / Float(block.members))
      let count = block.items * block.classes
      withUnsafeTemporaryAllocation(of: Float.self, capacity: block.items + count + 16) { memory in
        guard let divergence = memory.baseAddress else { return }
        let logOfMean = UnsafeMutableRawPointer(divergence + block.items)
        block.sumOverClasses(into: divergence) { index, at in
          var sum = Lanes(repeating: 0)
          for member in 0..<block.members { sum += at(member) }
          logOfMean.storeBytes(of: logOfProbability(sum * scale), toByteOffset: 4 &* index, as: Lanes.self)
          return sum
        }
        result.update(repeating: 0, count: block.items)
        for member in 0..<block.members {
          block.sumOverClasses(into: divergence) { index, at in
            let p = at(member)
            let logOfRatio =
              logOfProbability(p) - logOfMean.loadUnaligned(fromByteOffset: 4 &* index, as: Lanes.self)
            return p * logOfRatio
          }
          for item in 0..<block.items where divergence[item] > result[item] { result[item] = divergence[item] }
        }
      }
    }
  }
}
