import Foundation
import Synchronization

/// The wall clock, except that it never goes back while the process runs.
///
/// Leases end at moments: a wall clock that is set back an hour would keep every item from everybody for that hour. Small
/// corrections, as of a time service, are followed; after a jump back this clock goes on at the pace of time itself, and
/// follows the wall clock again once that has caught up. A jump ahead is followed at once: leases end early then, and
/// answers that come late are kept all the same.
public final class SteadyClock: Sendable {
  private struct State {
    /// What was told last, and when, by a clock that nobody can set.
    var told: Int64
    var at: Int64
  }

  private let wall: @Sendable () -> Int64
  private let pace: @Sendable () -> Int64
  private let state: Mutex<State>

  /// Begins at the wall clock's present time.
  ///
  /// - Parameters:
  ///   - wall: milliseconds since 1970, as the machine's clock says.
  ///   - pace: milliseconds since some moment, at the pace of time, whatever is set.
  public init(
    wall: @escaping @Sendable () -> Int64 = { Timestamp.now.milliseconds },
    pace: @escaping @Sendable () -> Int64 = SteadyClock.uptime
  ) {
    self.wall = wall
    self.pace = pace
    state = Mutex(State(told: wall(), at: pace()))
  }

  /// The present moment; never before one that was told.
  ///
  /// - Complexity: O(1): two readings of clocks that the kernel answers without being entered.
  public var now: Timestamp {
    state.withLock { state in
      let (wall, pace) = (wall(), pace())
      let expected = state.told + max(0, pace - state.at)
      // Within a second of what is expected the wall clock is right, as long as time does not stand still for that.
      let isBack = wall < expected - 1000
      state.told = isBack ? expected : max(wall, state.told)
      state.at = pace
      return Timestamp(milliseconds: state.told)
    }
  }

  /// Milliseconds since the machine was started, those in which it slept among them.
  public static let uptime: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
