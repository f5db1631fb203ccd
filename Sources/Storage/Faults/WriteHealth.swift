public import Domain
import Synchronization

/// Whether a data folder can be written, as far as the last attempts tell.
public final class WriteHealth: Sendable {
  /// A write that the disk refused.
  public struct Failure: Sendable, Equatable {
    /// What kept it.
    public let fault: StorageFault
    /// What was said of it.
    public let reason: String
    /// When.
    public let at: Timestamp
  }

  private struct State {
    var current: Failure?
    var last: Failure?
  }

  private let state = Mutex(State())

  /// Makes a record without failures.
  public init() {}

  /// The failure that has not been overcome; `nil` while writes succeed.
  public var current: Failure? { state.withLock(\.current) }

  /// The newest failure, overcome or not.
  public var last: Failure? { state.withLock(\.last) }

  /// Notes a failed write.
  public func note(_ fault: StorageFault, _ reason: String) {
    let failure = Failure(fault: fault, reason: reason, at: .now)
    state.withLock {
      $0.current = failure
      $0.last = failure
    }
  }

  /// Notes that writing succeeds again.
  public func recovered() { state.withLock { $0.current = nil } }
}
