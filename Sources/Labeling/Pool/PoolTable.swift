public import Domain
import Features
import Storage
import Synchronization
import Tensors

/// What is looked for in a pool.
public struct PoolFilter: Sendable {
  /// What a disagreement is between.
  public enum Disagreement: String, Sendable, CaseIterable {
    /// People who said different things.
    case annotators
    /// What people said, and the label that the model holds likeliest.
    case model
  }

  /// Only items in this state.
  public var state: ItemState?
  /// Only items that somebody holds, or that nobody does.
  public var leased: Bool?
  /// Only items that bear this label, by name.
  public var label: String?
  /// Only items whose likeliest label this is, by name.
  public var predicted: String?
  /// Only items that this person has answered.
  public var annotator: UserID?
  /// Only items in dispute.
  public var disagreement: Disagreement?
  /// Only items that somebody flagged, or only others.
  public var isFlagged: Bool?
  /// Only items whose key or text contains all of these words, whatever their case.
  public var query: String?

  /// Looks for nothing in particular.
  public init() {}
}

/// An item as a table of the pool shows it.
public struct PoolRow: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// The labels that people gave it and that stand, each once, in the project's order.
  public var labels: [String]
  /// Who answered.
  public var annotators: [UserID]
  /// Who flagged it, with what they noted and when, oldest first.
  public var flags: [(annotator: UserID, note: String?, createdAt: Timestamp)]
  /// The label that the model holds likeliest, and its probability.
  public var guess: (label: String, probability: Double)?
}

/// The likeliest label of each row of a pool, worked out in blocks as it is asked for.
final class GuessLibrary: Sendable {
  /// A label by its place in the model, and its probability; a place below 0 is not worked out yet.
  struct Guess: Sendable {
    var place: Int32 = -1
    var probability: Float = 0
  }

  private struct Table {
    var round: Int
    var featureVersion: Int
    var guesses: [Guess]
  }

  static let block = 4096
  private let tables = Mutex<[ProjectID: Table]>([:])

  /// The guess for a row; `nil` where it is to be worked out.
  func guess(_ row: Int, of project: ProjectID, by model: ServingModel) -> Guess? {
    tables.withLock { tables in
      guard let table = tables[project], table.round == model.round, table.featureVersion == model.featureVersion,
        row < table.guesses.count, table.guesses[row].place >= 0
      else { return nil }
      return table.guesses[row]
    }
  }

  func keep(_ guesses: [Guess], at start: Int, of project: ProjectID, by model: ServingModel) {
    tables.withLock { tables in
      var table = tables.removeValue(forKey: project) ?? Table(round: 0, featureVersion: 0, guesses: [])
      if table.round != model.round || table.featureVersion != model.featureVersion {
        table = Table(round: model.round, featureVersion: model.featureVersion, guesses: [])
      }
      let missing = start + guesses.count - table.guesses.count
      if missing > 0 { table.guesses += Array(repeating: Guess(), count: missing) }
      for (offset, guess) in guesses.enumerated() { table.guesses[start + offset] = guess }
      tables[project] = table
    }
  }

  func forget(_ project: ProjectID) { tables.withLock { $0[project] = nil } }
}

/// Says which label the serving model holds likeliest, row by row.
struct Guesser {
  let service: LabelingService
  let project: Project
  private let serving: ServingModel
  private let features: PoolFeatures

  /// `nil` while there is no model, or none that reads the present features.
  init?(service: LabelingService, project: Project) throws {
    guard let serving = try service.models.current(project.id), let features = try service.features.current(project.id),
      features.version == serving.featureVersion
    else { return nil }
    (self.service, self.project, self.serving, self.features) = (service, project, serving, features)
  }

  /// The label and its probability; `nil` for an item that came after the features were made.
  ///
  /// - Complexity: O(1) where the row's block is known; else a block of rows is scored.
  func guess(_ row: Int) throws -> (label: LabelID, probability: Double)? {
    guard row < features.view.rows else { return nil }
    if let known = service.guesses.guess(row, of: project.id, by: serving) { return named(known) }
    let start = row / GuessLibrary.block * GuessLibrary.block
    let rows = Array(start..<min(start + GuessLibrary.block, features.view.rows))
    let probabilities = try serving.probabilities(
      of: features.view.gatherRows(rows).view, seed: project.settings.seed)
    let guesses = rows.indices.map { index in
      var best = GuessLibrary.Guess(place: 0, probability: probabilities[index, 0])
      for column in 1..<max(1, probabilities.columns) where probabilities[index, column] > best.probability {
        best = GuessLibrary.Guess(place: Int32(column), probability: probabilities[index, column])
      }
      return best
    }
    service.guesses.keep(guesses, at: start, of: project.id, by: serving)
    return named(guesses[row - start])
  }

  private func named(_ guess: GuessLibrary.Guess) -> (label: LabelID, probability: Double)? {
    let place = Int(guess.place)
    return serving.labels.indices.contains(place) ? (serving.labels[place], Double(guess.probability)) : nil
  }
}
