/// What a stream manager remembers between items; kept by the server as JSON.
///
/// Deciding reads it, only ``commit(_:)`` changes it.
public struct StreamState: Codable, Sendable, Hashable {
  /// Seed of the random draws; the draw for an item depends on this and on `seen` alone.
  public let seed: UInt64
  /// Items decided so far.
  public private(set) var seen: Int
  /// Items asked so far.
  public private(set) var asked: Int
  /// The decaying count of what was asked over the last window, `û`.
  public private(set) var spent: Double
  /// Questions that may be asked at once: grows by the budget with each item, shrinks by 1 with each question.
  ///
  /// Nil before the first item, when it is as full as it gets.
  public private(set) var allowance: Double?
  /// How much of the budget may be lost to waiting before an item is asked that the manager would let go.
  ///
  /// Nil, which counts as 0, before the first item and in states that were kept before there was a floor.
  public private(set) var patience: Double?
  /// The utilities of the last items, oldest first; kept by `balanced_incremental_quantile` alone, nil for the others.
  public private(set) var recentUtilities: [Double]?
  /// The confidence below which an item is asked, `θ`; moved by the managers whose threshold varies.
  public private(set) var confidenceThreshold: Double

  /// A stream that hasn't begun.
  public init(seed: UInt64) {
    self.seed = seed
    seen = 0
    asked = 0
    spent = 0
    allowance = nil
    patience = nil
    recentUtilities = nil
    confidenceThreshold = 1
  }

  /// Takes a decision as carried out.
  ///
  /// - Throws: ``SamplingError/staleDecision(decidedAt:stateIsAt:)`` where another decision was committed since it was made;
  ///   the state is unchanged then.
  public mutating func commit(_ decision: StreamDecision) throws {
    guard decision.position == seen else {
      throw SamplingError.staleDecision(decidedAt: decision.position, stateIsAt: seen)
    }
    seen += 1
    if decision.isQuery { asked += 1 }
    spent = decision.gate.spent(after: decision.isQuery)
    allowance = decision.gate.allowance(after: decision.isQuery)
    patience = decision.gate.patience(after: decision.isQuery)
    if let utilities = decision.recentUtilities { recentUtilities = utilities }
    confidenceThreshold = decision.confidenceThreshold
  }
}
