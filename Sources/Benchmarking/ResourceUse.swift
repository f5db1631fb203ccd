private import Glibc

/// What a piece of work took.
public struct ResourceUse: Codable, Sendable {
  /// Processor seconds of all threads, the system's share included.
  public let cpu: Double
  /// Seconds on the wall.
  public let wall: Double

  /// Runs `body` once and measures it.
  static func measure(_ body: () throws -> Void) rethrows -> ResourceUse {
    let (cpu, wall) = (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
    try body()
    return ResourceUse(cpu: seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, wall: seconds(CLOCK_MONOTONIC) - wall)
  }

  /// The most memory that the process has had resident so far, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
