/// What somebody said about an item.
///
/// It is never changed: undoing or changing it adds to its history.
public struct Annotation: Sendable {
  /// Its identifier.
  public let id: AnnotationID
  /// The item that it is about.
  public let item: ItemID
  /// Who said it.
  public let annotator: UserID
  /// Labelled, skipped or flagged.
  public let outcome: Outcome
  /// The chosen labels; empty unless the outcome is a label.
  public let labels: [LabelID]
  /// A remark.
  public let note: String?
  /// How long the annotator looked, in milliseconds.
  public let durationMilliseconds: Int?
  /// Where the question came from.
  public let provenance: Provenance
  /// When it was said.
  public let createdAt: Timestamp
  /// When it was taken back or replaced, if it was.
  public let retractedAt: Timestamp?
  /// The annotation that replaced it.
  public let replacedBy: AnnotationID?

  /// Puts an annotation together, as storage does.
  public init(
    id: AnnotationID, item: ItemID, annotator: UserID, outcome: Outcome, labels: [LabelID], note: String?,
    durationMilliseconds: Int?, provenance: Provenance, createdAt: Timestamp, retractedAt: Timestamp?,
    replacedBy: AnnotationID?
  ) {
    self.id = id
    self.item = item
    self.annotator = annotator
    self.outcome = outcome
    self.labels = labels
    self.note = note
    self.durationMilliseconds = durationMilliseconds
    self.provenance = provenance
    self.createdAt = createdAt
    self.retractedAt = retractedAt
    self.replacedBy = replacedBy
  }
}

/// What an annotator did with an item.
public enum Outcome: Int, Sendable, CaseIterable {
  /// Chose labels.
  case label = 0
  /// Could not decide.
  case skip = 1
  /// Reported the item as unfit.
  case flag = 2

  /// The word that the contract uses.
  public var name: String {
    switch self {
    case .label: "label"
    case .skip: "skip"
    case .flag: "flag"
    }
  }

  /// The outcome of that name.
  public init?(name: String) {
    guard let outcome = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = outcome
  }
}

/// Why an item was asked: kept with every lease and every label.
public struct Provenance: Sendable, Equatable {
  /// The strategy that chose it; `evaluation`, `import` and `direct` name the other ways in.
  public var strategy: String
  /// The round whose model ranked it.
  public var round: Int?
  /// Its place in that ranking, from 1.
  public var rank: Int?
  /// Its utility then.
  public var utility: Double?
  /// The probability with which it was drawn, where it was drawn at random.
  public var propensity: Double?
  /// Whether it belongs to the evaluation stream.
  public var evaluation: Bool

  /// Puts the reasons together.
  public init(
    strategy: String, round: Int? = nil, rank: Int? = nil, utility: Double? = nil, propensity: Double? = nil,
    evaluation: Bool = false
  ) {
    self.strategy = strategy
    self.round = round
    self.rank = rank
    self.utility = utility
    self.propensity = propensity
    self.evaluation = evaluation
  }
}
