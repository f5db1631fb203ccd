public import Tensors

/// What a strategy may ask of the model behind a pool, about a few candidates at a time.
///
/// Utilities are computed block by block and forgotten; strategies that look at candidates jointly (BatchBALD, BADGE,
/// contrastive) come back through this for the rows that they really compare.
public protocol PoolModel: Sendable {
  /// Probabilities `(t, n, c)` of the items at some rows of the feature matrix, in that order.
  ///
  /// All calls use the same dropout masks or members, so that a member's predictions belong together across items.
  /// - Complexity: that of a prediction per row and member.
  func committee(of rows: [Int]) throws -> CommitteePredictions

  /// The last hidden representation `(n, h)` of the items at some rows, in that order.
  func hidden(of rows: [Int]) throws -> Matrix
}
