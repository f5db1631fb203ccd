/// What an engineer settled about an item, whatever its annotators say.
///
/// It is never changed: a later one takes its place.
public struct Adjudication: Sendable {
  /// Its identifier.
  public let id: AdjudicationID
  /// The item that it is about.
  public let item: ItemID
  /// Who settled it.
  public let user: UserID
  /// The labels that hold, in ascending order of their identifiers; empty where none does, or where it is withdrawn.
  public let labels: [LabelID]
  /// Whether the item is given back to its annotators.
  public let isWithdrawn: Bool
  /// A remark.
  public let note: String?
  /// When it was settled.
  public let createdAt: Timestamp

  /// Puts an adjudication together, as storage does.
  public init(
    id: AdjudicationID, item: ItemID, user: UserID, labels: [LabelID], isWithdrawn: Bool, note: String?,
    createdAt: Timestamp
  ) {
    self.id = id
    self.item = item
    self.user = user
    self.labels = labels
    self.isWithdrawn = isWithdrawn
    self.note = note
    self.createdAt = createdAt
  }
}
