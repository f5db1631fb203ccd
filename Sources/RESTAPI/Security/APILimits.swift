/// What the API grants those who use it.
public struct APILimits: Sendable {
  /// How often somebody may ask.
  public var rates: RateLimits
  /// How long an export may take: as long as it is read, the database keeps the state that it began with.
  public var exportTime: Duration

  /// Makes limits; an hour is enough for gigabytes over a slow line.
  public init(rates: RateLimits = RateLimits(), exportTime: Duration = .seconds(3600)) {
    self.rates = rates
    self.exportTime = exportTime
  }
}
