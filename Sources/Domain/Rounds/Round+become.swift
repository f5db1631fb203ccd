/// A step that a round's state does not allow.
public struct RoundTransitionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The round's number.
  public let round: Int
  /// Where it stands.
  public let from: RoundState
  /// Where it should have gone.
  public let to: RoundState

  /// Names a step.
  public init(round: Int, from: RoundState, to: RoundState) {
    self.round = round
    self.from = from
    self.to = to
  }

  /// Which step, of which round.
  public var description: String { "Round \(round) is \(from.rawValue) and cannot become \(to.rawValue)." }
}

extension Round {
  /// Goes to another state: the only way in which the product changes a round's state.
  ///
  /// - Throws: ``RoundTransitionError`` where ``RoundState/canBecome(_:)`` says no; the round is unchanged then.
  public mutating func become(_ next: RoundState) throws(RoundTransitionError) {
    guard state.canBecome(next) else { throw RoundTransitionError(round: number, from: state, to: next) }
    state = next
  }
}
