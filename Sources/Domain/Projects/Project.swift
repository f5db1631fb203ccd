/// A labelling job: what is labelled, with which labels, and how.
public struct Project: Sendable {
  /// Its identifier.
  public let id: ProjectID
  /// Its name, unique on the server, for people and for the command line.
  public var name: String
  /// What kind of item its pool holds.
  public let modality: Modality
  /// What is asked about each item.
  public let task: LabelingTask
  /// The labels in the order in which they are shown.
  public var labels: [LabelDefinition]
  /// Instructions for annotators, in Markdown.
  public var guidelines: String
  /// How it is run.
  public var settings: ProjectSettings
  /// Counts changes, for `ETag` and `If-Match`.
  public var version: Int64
  /// When it was made.
  public let createdAt: Timestamp

  /// Puts a project together, as storage does.
  public init(
    id: ProjectID, name: String, modality: Modality, task: LabelingTask, labels: [LabelDefinition], guidelines: String,
    settings: ProjectSettings, version: Int64, createdAt: Timestamp
  ) {
    self.id = id
    self.name = name
    self.modality = modality
    self.task = task
    self.labels = labels
    self.guidelines = guidelines
    self.settings = settings
    self.version = version
    self.createdAt = createdAt
  }

  /// The label of that name.
  public func label(named name: String) -> LabelDefinition? { labels.first { $0.name == name } }

  /// The label with that identifier.
  public func label(_ id: LabelID) -> LabelDefinition? { labels.first { $0.id == id } }
}

/// What an item is made of.
public enum Modality: String, Sendable, Codable, CaseIterable {
  /// A piece of text.
  case text
  /// A PNG or JPEG picture.
  case image
  /// An array of numbers.
  case vector
}

/// What is asked about an item.
public enum LabelingTask: String, Sendable, Codable, CaseIterable {
  /// Exactly one of the labels.
  case singleLabel = "single_label"
  /// Any number of the labels; that none of them applies is an answer too.
  case multiLabel = "multi_label"
}

/// One of the answers that an annotator can choose.
public struct LabelDefinition: Sendable, Hashable {
  /// Its identifier, stable when it is renamed or moved.
  public let id: LabelID
  /// Its name, unique in the project: what exports hold.
  public var name: String
  /// What it means, for the annotator.
  public var description: String?
  /// The key that chooses it, one character.
  public var hotkey: String?
  /// Its colour as `#rrggbb`.
  public var color: String?

  /// Puts a label together.
  public init(id: LabelID, name: String, description: String?, hotkey: String?, color: String?) {
    self.id = id
    self.name = name
    self.description = description
    self.hotkey = hotkey
    self.color = color
  }
}
