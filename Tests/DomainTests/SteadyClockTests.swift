import Synchronization
import Testing

@testable import Domain

@Suite struct SteadyClockTests {
  /// A wall clock that can be set, and the pace of time.
  private final class Clocks: Sendable {
    let wall = Mutex<Int64>(1_800_000_000_000)
    let pace = Mutex<Int64>(5_000)
    func pass(_ milliseconds: Int64) {
      wall.withLock { $0 += milliseconds }
      pace.withLock { $0 += milliseconds }
    }
    func set(by milliseconds: Int64) { wall.withLock { $0 += milliseconds } }
    func clock() -> SteadyClock {
      SteadyClock(wall: { [self] in wall.withLock { $0 } }, pace: { [self] in pace.withLock { $0 } })
    }
  }

  @Test func followsTheWallClockWhileThatIsSteady() {
    let clocks = Clocks()
    let clock = clocks.clock()
    for step in 1...20 {
      clocks.pass(700)
      #expect(clock.now.milliseconds == 1_800_000_000_000 + Int64(step) * 700)
    }
    // Little corrections are followed, and never make time go back.
    clocks.set(by: -300)
    let before = clock.now
    clocks.pass(1000)
    #expect(clock.now.milliseconds == before.milliseconds + 700)
    clocks.set(by: 300)
    #expect(clock.now.milliseconds == before.milliseconds + 1000)
  }

  @Test func anHourBackIsNotAnHourWithoutLeases() {
    let clocks = Clocks()
    let clock = clocks.clock()
    clocks.pass(1000)
    let before = clock.now
    clocks.set(by: -3_600_000)
    #expect(clock.now == before)
    // A lease of ten minutes ends after ten minutes.
    for _ in 0..<600 {
      clocks.pass(1000)
      _ = clock.now
    }
    #expect(clock.now == before.adding(seconds: 600))
    // Set right again, it is the wall clock that counts.
    clocks.set(by: 3_600_000 + 5000)
    #expect(clock.now == before.adding(seconds: 605))
    clocks.pass(1000)
    #expect(clock.now.milliseconds == clocks.wall.withLock { $0 })
  }

  @Test func theRealOneMoves() async throws {
    let clock = SteadyClock()
    let first = clock.now
    try await Task.sleep(for: .milliseconds(20))
    #expect(clock.now > first)
  }
}
