/// The right of one annotator to answer for an item until a moment.
public struct Lease: Sendable, Equatable {
  /// Its identifier; a later lease has a larger one.
  public let id: LeaseID
  /// The item it holds.
  public let item: ItemID
  /// The item's row in the pool.
  public let row: Int
  /// Whose it is.
  public let annotator: UserID
  /// When it ends by itself.
  public var expiresAt: Timestamp
  /// Why the item was asked.
  public let provenance: Provenance

  /// Puts a lease together.
  public init(
    id: LeaseID, item: ItemID, row: Int, annotator: UserID, expiresAt: Timestamp, provenance: Provenance
  ) {
    self.id = id
    self.item = item
    self.row = row
    self.annotator = annotator
    self.expiresAt = expiresAt
    self.provenance = provenance
  }
}

/// How a lease ended.
public enum LeaseEnd: Int, Sendable {
  /// Its item was annotated by its owner.
  case answered = 1
  /// Its owner gave it back.
  case released = 2
  /// Its time ran out.
  case expired = 3
  /// The item left the pool or was answered by others.
  case withdrawn = 4
}
