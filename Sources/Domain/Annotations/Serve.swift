/// When and why an item was in somebody's hands.
public struct Serve: Sendable {
  /// The lease, with why the item was asked.
  public let lease: Lease
  /// When it was given.
  public let issuedAt: Timestamp
  /// How it ended; `nil` while it lasts.
  public let end: LeaseEnd?

  /// Puts it together, as storage does.
  public init(lease: Lease, issuedAt: Timestamp, end: LeaseEnd?) {
    self.lease = lease
    self.issuedAt = issuedAt
    self.end = end
  }
}
