private import Glibc
public import Tensors

/// Ranks items by the entropy of a committee's votes: `−Σ (v/t) ln (v/t)`, `v` the votes for each class.
///
/// Members vote for their likeliest class, however sure they are.
/// Source: Dagan and Engelson, "Committee-Based Sampling for Training Probabilistic Classifiers", 1995.
public struct VoteEntropy: CommitteeStrategy {
  /// What `vote_entropy` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "vote_entropy", summary: "Asks first where the votes of a committee's members are spread most evenly.",
    needs: [.committee],
    reference: StrategyReference(
      paper: "Dagan and Engelson, Committee-Based Sampling for Training Probabilistic Classifiers", year: 1995,
      url: "https://doi.org/10.1016/b978-1-55860-377-6.50027-x"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the entropy of their votes.
  ///
  /// - Returns: utilities `(n)` in nats, in `0...log(min(c, t))`.
  /// - Complexity: O(t·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] {
    let (members, classes) = (predictions.members, predictions.classes)
    // There are only t + 1 different shares of votes.
    let terms = (0...members).map { votes -> Float in
      let share = Double(votes) / Double(members)
      return votes == 0 ? 0 : Float(-share * log(share))
    }
    return predictions.valuesByBlock { block, result in
      terms.withUnsafeBufferPointer { terms in
        block.reduceVotes(into: result) { votes in
          var entropy: Float = 0
          for column in 0..<classes { entropy += terms[Int(votes[column])] }
          return max(0, entropy)
        }
      }
    }
  }
}
