import Glibc

/// Milliseconds since the machine started, right to a few of them and several times cheaper to read than an exact clock.
enum CoarseClock {
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}

extension Duration {
  /// The duration in milliseconds, rounded down.
  var milliseconds: Int { Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000) }
}
