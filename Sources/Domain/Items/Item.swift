/// One thing to be labelled, as the pool knows it.
public struct Item: Sendable {
  /// Its identifier.
  public let id: ItemID
  /// The caller's own identifier, unique in the project.
  public let key: String
  /// Its place in the project's pool: the row of the feature matrix.
  public let row: Int
  /// Whether it is open, labelled, skipped or excluded.
  public let state: ItemState
  /// Whether it belongs to the evaluation reserve: served at random, never trained on.
  public let evaluation: Bool
  /// The caller's own data about it, as JSON text.
  public let meta: String?
  /// When it joined the pool.
  public let createdAt: Timestamp

  /// Puts an item together, as storage does.
  public init(
    id: ItemID, key: String, row: Int, state: ItemState, evaluation: Bool, meta: String?, createdAt: Timestamp
  ) {
    self.id = id
    self.key = key
    self.row = row
    self.state = state
    self.evaluation = evaluation
    self.meta = meta
    self.createdAt = createdAt
  }
}

/// Where an item stands.
///
/// Whether it is leased follows from the leases.
public enum ItemState: Int, Sendable, CaseIterable {
  /// Still wants opinions.
  case unlabelled = 0
  /// Has as many opinions as the project asks for.
  case labelled = 1
  /// Somebody could not decide, and nobody else has yet.
  case skipped = 2
  /// Flagged as unfit by an annotator.
  case excluded = 3

  /// The word that the contract uses.
  public var name: String {
    switch self {
    case .unlabelled: "unlabelled"
    case .labelled: "labelled"
    case .skipped: "skipped"
    case .excluded: "excluded"
    }
  }

  /// The state of that name.
  public init?(name: String) {
    guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = state
  }
}

/// What an item consists of.
public enum ItemContent: Sendable, Equatable {
  /// A piece of text.
  case text(String)
  /// A picture, by the SHA-256 of its bytes in hexadecimal: the name of its blob.
  case image(hash: String, format: String)
  /// Numbers.
  case vector([Float])
}
