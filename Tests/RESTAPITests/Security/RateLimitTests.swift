import Domain
import HTTPCore
import Testing

@testable import RESTAPI

/// Whoever asks too often waits, and nobody else.
@Suite struct RateLimitTests {
  private static let tight = APILimits(
    rates: RateLimits(token: Rate(perSecond: 0.01, burst: 3), stranger: Rate(perSecond: 0.02, burst: 2)))

  @Test func bucketsFillAtTheirRate() {
    let buckets = TokenBuckets<Int>(rate: Rate(perSecond: 10, burst: 5))
    let start = ContinuousClock.now
    for _ in 0..<5 { #expect(buckets.take(1, now: start) == nil) }
    let wait = buckets.take(1, now: start)
    #expect(wait.map { abs($0 / .seconds(1) - 0.1) < 1e-6 } == true, "\(String(describing: wait))")
    #expect(buckets.take(2, now: start) == nil)
    // What is refused costs nothing; who comes back in time is let in, once.
    #expect(buckets.take(1, now: start + .milliseconds(99)) != nil)
    #expect(buckets.take(1, now: start + .milliseconds(100)) == nil)
    #expect(buckets.take(1, now: start + .milliseconds(100)) != nil)
    for _ in 0..<5 { #expect(buckets.take(1, now: start + .seconds(1)) == nil) }
    #expect(buckets.take(1, now: start + .seconds(1)) != nil)
  }

  @Test func steadyUseAtTheRateIsNeverRefused() {
    let buckets = TokenBuckets<Int>(rate: Rate(perSecond: 3, burst: 1))
    let start = ContinuousClock.now
    for step in 0..<10_000 { #expect(buckets.take(1, now: start + .seconds(1) * (Double(step) / 3)) == nil) }
  }

  @Test func memoryIsBoundedAndTheGreedyAreRemembered() {
    let buckets = TokenBuckets<Int>(rate: Rate(perSecond: 1, burst: 10), limit: 100)
    let now = ContinuousClock.now
    for _ in 0..<10 { _ = buckets.take(-1, now: now) }
    for key in 0..<100_000 {
      _ = buckets.take(key, now: now)
      #expect(buckets.count <= 101)
    }
    #expect(buckets.take(-1, now: now) != nil)
  }

  @Test func tokensAreCountedEachForItself() async throws {
    try await withServer(limits: Self.tight) { server in
      let (eve, ann) = (try await server.client(.engineer, "Eve"), try await server.client(.annotator, "Ann"))
      for _ in 0..<3 { #expect(try await eve.get("projects").status == 200) }
      let refused = try await eve.get("projects")
      #expect(refused.status == 429)
      #expect(refused.headers["Retry-After"] == "100")
      #expect(refused.headers["RateLimit-Limit"] == "3")
      #expect(refused.headers["RateLimit-Remaining"] == "0")
      #expect(refused.headers["RateLimit-Reset"] == "100")
      #expect(refused.headers["X-Content-Type-Options"] == "nosniff")
      #expect(try await ann.get("projects").status == 200)
    }
  }

  @Test func strangersAreCountedByTheirAddress() async throws {
    try await withServer(limits: Self.tight) { server in
      let eve = try await server.client(.engineer, "Eve")
      var stranger = server.stranger
      // Open routes, pages, what does not exist, and credentials that are tried out: all count together.
      #expect(try await stranger.get("/healthz").status == 200)
      var guess = stranger
      guess.token = "wnw_guess"
      #expect(try await guess.get("projects").status == 401)
      for path in ["/healthz", "/", "/nothing", "/api/v1/projects"] {
        let refused = try await stranger.get(path)
        #expect(refused.status == 429 && refused.headers["Retry-After"] == "50", "\(path)")
      }
      #expect(try await guess.get("projects").status == 429)
      // Whoever is known is not a stranger, wherever they come from.
      #expect(try await eve.get("projects").status == 200)
      stranger.address = "192.0.2.1"
      #expect(try await stranger.get("/healthz").status == 200)
      // One subscriber has a whole /64.
      for index in 1...3 {
        stranger.address = "2001:db8::\(index)"
        #expect(try await stranger.get("/healthz").status == (index < 3 ? 200 : 429))
      }
      stranger.address = "2001:db8:0:1::1"
      #expect(try await stranger.get("/healthz").status == 200)
    }
  }

  @Test func withoutLimitsNobodyWaits() async throws {
    try await withServer(limits: APILimits(rates: .none)) { server in
      for _ in 0..<3000 {
        let answer = try await server.stranger.get("/healthz")
        #expect(answer.status == 200)
      }
    }
  }
}
