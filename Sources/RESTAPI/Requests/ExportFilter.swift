public import Domain
import HTTPCore
import Labeling
import Storage

/// Which rows an export holds; what is not said does not matter, and what is said holds together.
///
/// A row is an item with everything that was said about it, or one annotation: filters ask what stands in the row.
public struct ExportFilter: Sendable, Equatable {
  /// Only items in this state.
  public var state: ItemState?
  /// Only rows whose answer has this label, by name.
  public var label: String?
  /// Only rows with a word of this person.
  public var annotator: UserID?
  /// Only rows with a flag, or only those without.
  public var isFlagged: Bool?
  /// Only items that were settled by hand, or only others.
  public var isAdjudicated: Bool?
  /// Only items of the evaluation reserve, or only others.
  public var isEvaluation: Bool?
  /// Only rows with something said from this moment on.
  public var since: Timestamp?
  /// Only rows with something said before this moment.
  public var until: Timestamp?

  /// Holds everything.
  public init() {}

  /// Whether a row is held.
  ///
  /// - Parameters:
  ///   - item: the item, with its consensus where `label` is asked for.
  ///   - said: what was said about it that stands in the row.
  ///   - answer: the labels that the row gives, as indices in the project's order.
  ///   - wanted: the place of `label` in that order.
  func holds(
    _ item: borrowing ExportedItem, _ said: ArraySlice<ExportRecord.Said>, answer: [Int]?, wanted: Int?
  ) -> Bool {
    if let state, item.record.state != state { return false }
    if let isEvaluation, item.record.evaluation != isEvaluation { return false }
    if let isAdjudicated, item.isAdjudicated != isAdjudicated { return false }
    if let isFlagged, said.contains(where: { $0.outcome == .flag }) != isFlagged { return false }
    if let wanted, answer?.contains(wanted) != true { return false }
    guard annotator != nil || since != nil || until != nil else { return true }
    // Person and time are asked of one and the same word: what Ada said in March.
    return said.contains { entry in
      annotator.map { entry.annotator == $0 } ?? true && since.map { entry.createdAt >= $0 } ?? true
        && until.map { entry.createdAt < $0 } ?? true
    }
  }

  /// What the audit log keeps of it, beside who took the labels away.
  var audited: [(key: String, value: JSONValue)] {
    var told: [(key: String, value: JSONValue)] = []
    if let state { told.append(("state", .string(state.name))) }
    if let label { told.append(("label", .string(label))) }
    if let annotator { told.append(("annotator", .string("\(annotator)"))) }
    for (name, value) in [("flagged", isFlagged), ("adjudicated", isAdjudicated), ("evaluation", isEvaluation)] {
      if let value { told.append((name, .bool(value))) }
    }
    for (name, value) in [("since", since), ("until", until)] {
      if let value { told.append((name, .string("\(value)"))) }
    }
    return told
  }
}

extension Schema {
  /// The parameters that say which rows an export holds.
  static let exportFilter: [Endpoint.Parameter] = [
    .init(
      name: "state", schema: choice(["unlabelled", "labelled", "skipped", "excluded"]),
      summary:
        "Only items in this state; unlabelled ones with an answer still want more of them, flagged ones are excluded"),
    .init(name: "label", schema: addressText, summary: "Only rows whose answer has this label"),
    .init(name: "annotator", schema: addressText, summary: "Only rows with a word of this person, by name"),
    .init(name: "flagged", schema: boolean, summary: "Only rows with a flag, or only those without"),
    .init(name: "adjudicated", schema: boolean, summary: "Only items that were settled by hand, or only others"),
    .init(name: "evaluation", schema: boolean, summary: "Only items of the evaluation reserve, or only others"),
    .init(name: "since", schema: time, summary: "Only rows with something said from this moment on"),
    .init(name: "until", schema: time, summary: "Only rows with something said before this moment"),
  ]
}

extension Call {
  /// Which rows an export is to hold.
  func exportFilter(in project: ProjectID) throws -> ExportFilter {
    var filter = ExportFilter()
    if let name = head.query["state"] {
      guard let state = ItemState(name: name) else {
        throw LabelingError.invalid("/state", "A state is unlabelled, labelled, skipped or excluded.")
      }
      filter.state = state
    }
    if let name = head.query["label"] {
      let labels = try service.project(project, visibleTo: try principal).project
      guard labels.label(named: name) != nil else {
        throw LabelingError.invalid("/label", "“\(name.prefix(200))” is not a label of this project.")
      }
      filter.label = name
    }
    filter.annotator = try person("annotator")
    filter.isFlagged = try flag("flagged")
    filter.isAdjudicated = try flag("adjudicated")
    filter.isEvaluation = try flag("evaluation")
    (filter.since, filter.until) = (try moment("since"), try moment("until"))
    return filter
  }

  /// A parameter of the query that names a person; `nil` where it is missing.
  func person(_ name: String) throws -> UserID? {
    guard let text = head.query[name] else { return nil }
    guard let user = try service.userNames().first(where: { $0.value == text })?.key else {
      throw LabelingError.invalid("/\(name)", "Nobody here is called “\(text.prefix(200))”.")
    }
    return user
  }

  /// A parameter of the query that is a moment; `nil` where it is missing.
  func moment(_ name: String) throws -> Timestamp? {
    guard let text = head.query[name] else { return nil }
    guard let moment = Timestamp(rfc3339: text) else {
      throw LabelingError.invalid("/\(name)", "A moment is written like 2026-03-01T09:30:00Z.")
    }
    return moment
  }
}
