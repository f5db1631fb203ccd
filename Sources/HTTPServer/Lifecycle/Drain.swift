import Synchronization

/// What a stop waits for: counts of exchanges by what they are at.
final class Drain: Sendable {
  /// Where an exchange counts.
  enum Account {
    /// Not at all: not begun, ended, or streaming, which does not hold a stop.
    case none
    /// Its answer is being made.
    case answering
    /// Its answer, of known length, is on its way to the client.
    case sending
  }

  private let draining = Atomic(false)
  private let answeringCount = Atomic(0)
  private let sendingCount = Atomic(0)

  /// Whether new requests are refused.
  var isDraining: Bool { draining.load(ordering: .sequentiallyConsistent) }
  /// Exchanges whose answer is being made.
  var answering: Int { answeringCount.load(ordering: .sequentiallyConsistent) }
  /// Exchanges whose answer is on its way.
  var sending: Int { sendingCount.load(ordering: .sequentiallyConsistent) }

  /// Refuses new requests from now on.
  func begin() { draining.store(true, ordering: .sequentiallyConsistent) }

  /// Counts an exchange elsewhere.
  func move(from old: Account, to new: Account) {
    switch new {
    case .none: break
    case .answering: answeringCount.add(1, ordering: .sequentiallyConsistent)
    case .sending: sendingCount.add(1, ordering: .sequentiallyConsistent)
    }
    switch old {
    case .none: break
    case .answering: answeringCount.subtract(1, ordering: .sequentiallyConsistent)
    case .sending: sendingCount.subtract(1, ordering: .sequentiallyConsistent)
    }
  }
}
