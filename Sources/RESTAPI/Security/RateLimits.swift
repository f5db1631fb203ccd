import HTTPCore
import Storage

/// How often somebody may ask: `perSecond` requests in the long run, `burst` of them at once.
public struct Rate: Sendable, Hashable {
  /// Requests a second.
  public var perSecond: Double
  /// Requests at once after a pause.
  public var burst: Double

  /// Makes a rate; without a burst, that of two seconds.
  public init(perSecond: Double, burst: Double? = nil) {
    self.perSecond = perSecond
    self.burst = max(1, burst ?? 2 * perSecond)
  }
}

/// How often each token, and each address without one, may ask.
public struct RateLimits: Sendable, Hashable {
  /// Of a token, or of a person over all of their sessions; `nil`: as often as they like.
  public var token: Rate?
  /// Of an address, or a /64 of IPv6, without valid credentials.
  public var stranger: Rate?

  /// Limits that no person reaches, nor a program that waits for its answers over a network.
  public init(
    token: Rate? = Rate(perSecond: 1000), stranger: Rate? = Rate(perSecond: 200, burst: 1000)
  ) {
    self.token = token
    self.stranger = stranger
  }

  /// No limits.
  public static let none = RateLimits(token: nil, stranger: nil)
}

/// Counts requests against the limits.
final class RateLimiter: Sendable {
  private let limits: RateLimits
  private let tokens: TokenBuckets<Int64>?
  private let strangers: TokenBuckets<IPAddress>?

  init(_ limits: RateLimits) {
    self.limits = limits
    tokens = limits.token.map { TokenBuckets(rate: $0) }
    strangers = limits.stranger.map { TokenBuckets(rate: $0) }
  }

  /// The answer to somebody who asks too often; `nil` to everybody else.
  func refusal(_ head: RequestHead, caller: Caller?) -> HTTPResponse? {
    let now = ContinuousClock.now
    if let caller {
      guard let tokens, let rate = limits.token, let wait = tokens.take(caller.account, now: now) else {
        return nil
      }
      return Self.refusal(wait, rate, of: "token")
    }
    // Whoever has no address came over no network.
    guard let strangers, let rate = limits.stranger, let address = IPAddress(head.remoteAddress),
      let wait = strangers.take(address.subscriber, now: now)
    else { return nil }
    return Self.refusal(wait, rate, of: "address")
  }

  private static func refusal(_ wait: Duration, _ rate: Rate, of whom: String) -> HTTPResponse {
    // Rounded up: who comes back then is let in.
    let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
    var response = ProblemDocument(
      status: .tooManyRequests,
      detail:
        "This \(whom) may send \(Int(rate.perSecond.rounded())) requests a second, \(Int(rate.burst)) at once. Try again in \(seconds) s."
    ).response()
    response.headers["Retry-After"] = "\(seconds)"
    response.headers["RateLimit-Limit"] = "\(Int(rate.burst))"
    response.headers["RateLimit-Remaining"] = "0"
    response.headers["RateLimit-Reset"] = "\(seconds)"
    return response
  }
}
