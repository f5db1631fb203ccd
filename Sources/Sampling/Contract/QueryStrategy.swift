public import Tensors

/// A rule that says which items of a pool a person should label next.
///
/// Two stages, so that a pool of millions is scored in blocks: ``utilities(of:using:)`` scores a block of predictions,
/// ``select(_:from:using:)`` chooses from all the utilities together. Both are pure: all randomness comes from the generator.
///
/// What every strategy keeps to: higher means sooner; `p ln p` is 0 at `p = 0`; with one class every utility is 0; ties are
/// broken by the generator, then by row; the order in which candidates are listed never matters; a batch of the pool's size or
/// more is the whole pool; an empty pool gives a reason, not an error; what can't be done is replaced and said so in
/// ``Selection/strategyUsed`` and ``Selection/reason``.
public protocol QueryStrategy: Sendable {
  /// Name, parameters, needs, paper and cost.
  static var descriptor: StrategyDescriptor { get }

  /// Scores a block of items, each by itself.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`: `t` members or dropout passes, rows on the simplex.
  ///   - generator: used only by strategies whose utilities are random.
  /// - Returns: utilities `(n)`; higher means ask sooner.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)`` with the first row that is none.
  func utilities(of predictions: CommitteePredictions, using generator: inout SeededGenerator) throws -> [Float]

  /// Chooses a batch from the pool.
  ///
  /// - Parameters:
  ///   - count: how many, `b`; more than there are gives all.
  ///   - pool: the candidates with their utilities.
  ///   - generator: breaks ties and starts clusterings.
  /// - Returns: `min(b, n)` distinct candidates, best first.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree or hold a value that is no number.
  func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection
}

extension QueryStrategy {
  /// The strategy's name, as in its descriptor.
  public var name: String { Self.descriptor.name }

  /// The highest utilities in place of what the strategy would do, and why.
  ///
  /// - Parameters:
  ///   - used: the strategy that the utilities belong to.
  ///   - reason: a sentence for a person.
  public func standIn(
    _ count: Int, from pool: ScoredPool, used: String, reason: String, using generator: inout SeededGenerator
  ) -> Selection {
    Selection(chosen: pool.ranked(count, using: &generator), strategyUsed: used, reason: reason)
  }

  /// Takes the `count` highest utilities: what a strategy does unless it says otherwise.
  ///
  /// Where the pool has no utilities, as before the first model, a random draw stands in and the selection says so.
  /// - Complexity: O(n).
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    return Selection(chosen: pool.ranked(count, using: &generator), strategyUsed: name)
  }

  /// Answers the cases in which there is nothing to choose, the same for all strategies; nil where there is.
  ///
  /// A strategy with a `select` of its own calls this first.
  /// - Throws: ``SamplingError`` where the count is negative or the pool's arrays disagree.
  /// - Complexity: O(n + L).
  public func settled(
    _ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator
  ) throws -> Selection? {
    guard count >= 0 else { throw SamplingError.negativeBatch(count) }
    try pool.validate()
    if pool.rows.isEmpty {
      return Selection(chosen: [], strategyUsed: name, reason: "The pool is empty: no candidates are left to ask.")
    }
    if count == 0 { return Selection(chosen: [], strategyUsed: name) }
    if count >= pool.rows.count {
      return Selection(
        chosen: pool.ranked(count, using: &generator), strategyUsed: name,
        reason: "All \(pool.rows.count) candidates were taken: the batch of \(count) leaves nothing to choose.")
    }
    if pool.utilities.isEmpty, Self.descriptor.needs.includeModel {
      return Selection(
        chosen: pool.ranked(count, using: &generator), strategyUsed: RandomSampling.descriptor.name,
        reason: "\(name) needs a trained model's predictions and there are none yet; the batch is a random draw.")
    }
    return nil
  }
}
