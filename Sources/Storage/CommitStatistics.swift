import Synchronization
public import Telemetry

/// What the one writer has done, and whether it is getting on.
public final class CommitStatistics: Sendable {
  /// Seconds of each transaction, its fsync among them.
  public let seconds = Histogram(bounds: Histogram.latencies)
  /// Writes that shared each transaction.
  public let batches = Histogram(bounds: Histogram.sizes)

  private let clock = ContinuousClock()
  private let origin = ContinuousClock.now
  /// Nanoseconds after `origin` at which the transaction under way began; 0 where there is none.
  private let begun = Atomic<Int64>(0)

  private let ended = Atomic(false)

  /// Whether the writer's thread is gone, so that no write can ever be done.
  public var hasEnded: Bool { ended.load(ordering: .relaxed) }

  func end() { ended.store(true, ordering: .relaxed) }

  /// How long the transaction under way has taken so far; `nil` where the writer is idle.
  public var busyFor: Duration? {
    let begun = begun.load(ordering: .relaxed)
    return begun == 0 ? nil : .nanoseconds(max(0, nanoseconds() - begun))
  }

  func measure(jobs: Int, _ commit: () -> Void) {
    let start = max(1, nanoseconds())
    begun.store(start, ordering: .relaxed)
    commit()
    begun.store(0, ordering: .relaxed)
    seconds.record(Double(nanoseconds() - start) / 1e9)
    batches.record(Double(jobs))
  }

  private func nanoseconds() -> Int64 {
    let (seconds, attoseconds) = (clock.now - origin).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
