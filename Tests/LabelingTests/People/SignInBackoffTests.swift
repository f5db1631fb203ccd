import Domain
import Testing

@testable import Labeling

@Suite struct SignInBackoffTests {
  private let start = Timestamp(milliseconds: 1_800_000_000_000)

  private func seconds(_ verdict: SignInBackoff.Verdict) -> Int {
    if case .wait(let seconds, _) = verdict { seconds } else { 0 }
  }

  @Test func waitsDoubleUpToAQuarterOfAnHour() {
    let backoff = SignInBackoff()
    var now = start
    for _ in 0..<3 { #expect(backoff.begin(name: "ada", address: "10.0.0.1", at: now) == .go) }
    var waits: [Int] = []
    for _ in 0..<14 {
      let wait = seconds(backoff.begin(name: "ada", address: "10.0.0.1", at: now))
      waits.append(wait)
      #expect(seconds(backoff.begin(name: "ada", address: "10.0.0.1", at: now.adding(seconds: wait - 1))) == 1)
      // Long enough for what the address alone is bounded by, too.
      now = now.adding(seconds: max(wait, 30))
      #expect(backoff.begin(name: "ada", address: "10.0.0.1", at: now) == .go)
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
  }

  @Test func aNameIsHeldUpForAMinuteAtMostWhoeverTries() {
    let backoff = SignInBackoff()
    for number in 0..<500 {
      // As many addresses as an attacker likes, each a new one.
      _ = backoff.begin(
        name: "Ada", address: "10.1.\(number / 250).\(number % 250)", at: start.adding(seconds: number * 70))
    }
    let after = start.adding(seconds: 500 * 70 - 69)
    let wait = seconds(backoff.begin(name: "ada", address: "192.0.2.9", at: after))
    #expect((1...60).contains(wait))
    #expect(backoff.begin(name: "ada", address: "192.0.2.9", at: after.adding(seconds: wait)) == .go)
  }

  @Test func whereANameHasSignedInFromStrangersDoNotHoldItUp() {
    let backoff = SignInBackoff()
    #expect(backoff.begin(name: "ada", address: "192.0.2.9", at: start) == .go)
    backoff.succeed(name: "ada", address: "192.0.2.9", at: start)
    for number in 0..<100 {
      _ = backoff.begin(name: "ada", address: "10.1.0.\(number)", at: start.adding(seconds: number))
    }
    let now = start.adding(seconds: 100)
    #expect(backoff.begin(name: "ada", address: "198.51.100.1", at: now) != .go)
    #expect(backoff.begin(name: "ada", address: "192.0.2.9", at: now) == .go)
  }

  @Test func anAddressIsBoundedWhateverNamesItTries() {
    let backoff = SignInBackoff()
    let passed = (0..<200).filter { backoff.begin(name: "n\($0)", address: "10.0.0.1", at: start) == .go }
    #expect(passed.count == 20)
    #expect(backoff.begin(name: "other", address: "10.0.0.2", at: start) == .go)
    #expect(seconds(backoff.begin(name: "x", address: "10.0.0.1", at: start)) == 30)
    #expect(backoff.begin(name: "x", address: "10.0.0.1", at: start.adding(seconds: 30)) == .go)
    #expect(seconds(backoff.fail(address: "10.0.0.1", at: start.adding(seconds: 31))) > 0)
  }

  @Test func oneNetworkOfTheSixthVersionIsOneAddress() {
    #expect(SignInBackoff.network(of: "2001:db8:1:2:3:4:5:6") == SignInBackoff.network(of: "2001:db8:1:2::1"))
    #expect(SignInBackoff.network(of: "2001:db8:1:2::1") != SignInBackoff.network(of: "2001:db8:1:3::1"))
    #expect(SignInBackoff.network(of: "2001:db8::1") == SignInBackoff.network(of: "2001:db8:0:0:ffff::"))
    #expect(SignInBackoff.network(of: "::ffff:192.0.2.1") == "192.0.2.1")
    #expect(SignInBackoff.network(of: "fe80::1%eth0") == SignInBackoff.network(of: "fe80::2"))
    #expect(SignInBackoff.network(of: "192.0.2.1") == "192.0.2.1")
  }

  @Test func triesAtOnceGainNothing() async {
    let backoff = SignInBackoff()
    let moment = start
    let passed = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 { group.addTask { backoff.begin(name: "ada", address: "10.0.0.1", at: moment) == .go } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(passed == 3)
  }

  @Test func aTryThatCameToNothingIsTakenBack() {
    let backoff = SignInBackoff()
    for _ in 0..<100 {
      #expect(backoff.begin(name: "ada", address: "10.0.0.1", at: start) == .go)
      backoff.withdraw(name: "ada", address: "10.0.0.1")
    }
  }

  @Test func memoryIsBounded() {
    let backoff = SignInBackoff()
    for number in 0..<(3 * SignInBackoff.capacity) {
      let address = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
      _ = backoff.begin(name: "n\(number)", address: address, at: start.adding(seconds: number))
      backoff.succeed(name: "n\(number)", address: address, at: start.adding(seconds: number))
      if number % 1000 == 0 { #expect(backoff.size <= SignInBackoff.capacity) }
    }
    #expect(backoff.size <= SignInBackoff.capacity && backoff.size > SignInBackoff.capacity / 4)
  }
}
