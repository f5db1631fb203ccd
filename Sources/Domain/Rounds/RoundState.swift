/// Where a round stands: `queued → training → scoring → selecting → serving → superseded`, or an early end.
public enum RoundState: String, Sendable, CaseIterable {
  /// Waits for the trainer.
  case queued
  /// Features are brought up to date and the model is trained.
  case training
  /// The pool is scored.
  case scoring
  /// The queue is chosen.
  case selecting
  /// Its queue is being served.
  case serving
  /// A later round took over.
  case superseded
  /// It ended with an error.
  case failed
  /// Somebody stopped it.
  case cancelled

  /// Whether the round still has work to do.
  public var isPending: Bool {
    switch self {
    case .queued, .training, .scoring, .selecting: true
    case .serving, .superseded, .failed, .cancelled: false
    }
  }

  /// Whether a round may go from this state to another.
  ///
  /// A pending round may fall back to `queued`: that is how a server that was killed takes it up again.
  public func canBecome(_ next: RoundState) -> Bool {
    switch (self, next) {
    case (.queued, .training), (.training, .scoring), (.scoring, .selecting), (.selecting, .serving): true
    case (.serving, .superseded): true
    case (_, .queued), (_, .failed), (_, .cancelled): isPending
    default: false
    }
  }
}
