import Synchronization

/// A token bucket a key, each in one number: when it would be full again.
///
/// A bucket that is full is like one that was never touched, so it need not be kept; memory is bounded by those that were
/// used within the last `burst / perSecond` seconds, and by ``limit``.
/// Source: the generic cell rate algorithm, ITU-T I.371, in its virtual scheduling form.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
  /// Buckets that are kept; past it the emptiest stay.
  private let limit: Int
  /// Seconds until one token comes back.
  private let interval: Double
  /// How far ahead the time of being full may lie.
  private let tolerance: Double
  private let origin = ContinuousClock.now
  /// Seconds after `origin` at which each bucket is full.
  private let full = Mutex<[Key: Double]>([:])

  init(rate: Rate, limit: Int = 20_000) {
    interval = 1 / rate.perSecond
    tolerance = (rate.burst - 1) * interval
    self.limit = limit
  }

  /// Takes a token.
  ///
  /// - Returns: `nil`, or how long until there is one.
  /// - Complexity: O(1), but for a sweep each time that as many keys as are kept are new.
  func take(_ key: Key, now: ContinuousClock.Instant) -> Duration? {
    let elapsed = (now - origin).components
    let now = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return full.withLock { full in
      let due = max(full[key] ?? 0, now)
      // A hair of rounding must not refuse what comes in time.
      guard due - now <= tolerance + 1e-9 else { return .seconds(due - now - tolerance) }
      full[key] = due + interval
      if full.count > limit { Self.sweep(&full, to: limit / 2, now: now) }
      return nil
    }
  }

  /// How many buckets are kept.
  var count: Int { full.withLock { $0.count } }

  private static func sweep(_ full: inout [Key: Double], to count: Int, now: Double) {
    full = full.filter { $0.value > now }
    guard full.count > count else { return }
    full = Dictionary(
      uniqueKeysWithValues: full.sorted { $0.value > $1.value }.prefix(count).map { ($0.key, $0.value) })
  }
}
