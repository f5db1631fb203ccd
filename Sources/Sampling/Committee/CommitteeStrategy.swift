public import Tensors

/// A strategy over what the members of a committee disagree about: networks, dropout passes, or views of an item.
///
/// With one member there is nothing to disagree about and all such utilities would be 0: margin stands in, and the selection
/// says so.
public protocol CommitteeStrategy: QueryStrategy {
  /// Scores items by their members' disagreement.
  ///
  /// - Parameter predictions: probabilities `(t, n, c)` on the simplex, with two or more members, two or more classes and at
  ///   least one item.
  /// - Returns: utilities `(n)`, none below 0; higher means ask sooner.
  func disagreement(of predictions: CommitteePredictions) -> [Float]
}

extension CommitteeStrategy {
  /// Scores items by their members' disagreement; by margin where there is one member.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`, rows on the simplex.
  ///   - generator: unused.
  /// - Returns: utilities `(n)`; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    if predictions.members == 1 { return try Margin().utilities(of: predictions, using: &generator) }
    try predictions.requireDistributions()
    if predictions.items == 0 || predictions.classes <= 1 { return [Float](repeating: 0, count: predictions.items) }
    return disagreement(of: predictions)
  }

  /// Takes the highest utilities; says so where they are margins because there was one member only.
  ///
  /// - Complexity: O(n).
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    if let alone = withoutCommittee(count, from: pool, using: &generator) { return alone }
    return Selection(chosen: pool.ranked(count, using: &generator), strategyUsed: name)
  }

  /// What is chosen where there is one member: the highest margins, which is what the utilities are then; nil where there are
  /// more.
  public func withoutCommittee(
    _ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator
  ) -> Selection? {
    guard pool.members < 2 else { return nil }
    let wanted =
      Self.descriptor.needs.contains(.views)
      ? "two or more views of each item" : "two or more committee members or dropout passes"
    return standIn(
      count, from: pool, used: Margin.descriptor.name,
      reason: "\(name) needs \(wanted) and there was one; the batch is ranked by margin.", using: &generator)
  }
}
