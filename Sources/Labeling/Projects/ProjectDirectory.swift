public import Domain
import Learning
import Storage
import Synchronization

/// A project with what is shown of it at a glance.
public struct ProjectOverview: Sendable {
  /// The project.
  public var project: Project
  /// The state of its pool.
  public var counts: PoolCounts
  /// Its newest round that is under way or serving.
  public var round: RoundGlance?
  /// The quality of the model that serves.
  public var model: ModelGlance?
}

/// A round at a glance.
public struct RoundGlance: Sendable, Equatable {
  /// Its number.
  public var number: Int
  /// Where it stands.
  public var state: RoundState
  /// How much of its present state is done, from 0 to 1.
  public var progress: Double
}

/// A model's quality on the evaluation stream.
public struct ModelGlance: Sendable, Equatable {
  /// The round that trained it.
  public var round: Int
  /// Share of right predictions.
  public var accuracy: Double?
  /// 95 % interval of the accuracy.
  public var interval: ClosedRange<Double>?
  /// F1 over all labels of all items together, where an item may have several.
  public var microF1: Double?
  /// The mean F1 of the labels, where an item may have several.
  public var macroF1: Double?
  /// Label-ranking average precision, where an item may have several.
  public var rankingPrecision: Double?
  /// Labels of the evaluation stream that it was measured on.
  public var evaluationLabels: Int
}

/// What requests need to know of projects, without asking the database.
final class ProjectDirectory: Sendable {
  private struct State {
    var overviews: [ProjectID: ProjectOverview] = [:]
    var members: [ProjectID: Set<UserID>] = [:]
  }

  private let store: Store
  private let state = Mutex(State())

  init(store: Store) throws {
    self.store = store
    for project in try store.read({ try $0.projects() }) { try load(project) }
  }

  private static func counts(of project: ProjectID, _ connection: Connection) throws -> PoolCounts {
    let states = try connection.stateCounts(of: project)
    return PoolCounts(
      items: states.values.reduce(0, +), unlabelled: states[.unlabelled, default: 0],
      labelled: states[.labelled, default: 0], skipped: states[.skipped, default: 0],
      excluded: states[.excluded, default: 0],
      leased: Set(try connection.activeLeases(of: project).map(\.row)).count)
  }

  /// Shows what the database says of a pool.
  ///
  /// - Complexity: O(items), over an index.
  func recount(_ project: ProjectID) throws {
    publish(try store.read { try Self.counts(of: project, $0) }, of: project)
  }

  private func load(_ project: Project) throws {
    let (counts, members, rounds) = try store.read { connection in
      let counts = try Self.counts(of: project.id, connection)
      return (
        counts, Set(try connection.members(of: project.id).map(\.id)),
        try connection.rounds(in: project.id, before: nil, limit: 1)
          + [try connection.newestRound(in: project.id, state: .serving)].compactMap { $0 }
      )
    }
    state.withLock {
      $0.overviews[project.id] = ProjectOverview(project: project, counts: counts, round: nil, model: nil)
      $0.members[project.id] = members
    }
    if let serving = rounds.last(where: { $0.state == .serving }) { publish(serving, of: project.id) }
    if let newest = rounds.first { publish(newest, of: project.id) }
  }

  var all: [ProjectOverview] {
    state.withLock { $0.overviews.values.sorted { $0.project.id < $1.project.id } }
  }

  func overview(_ id: ProjectID) -> ProjectOverview? { state.withLock { $0.overviews[id] } }

  /// Whether a user is a member; memberships given by another process are found in the database.
  func isMember(_ user: UserID, of project: ProjectID) throws -> Bool {
    if state.withLock({ $0.members[project]?.contains(user) }) == true { return true }
    guard try store.read({ try $0.isMember(user, of: project) }) else { return false }
    state.withLock { _ = $0.members[project, default: []].insert(user) }
    return true
  }

  func setMember(_ user: UserID, of project: ProjectID, _ isMember: Bool) {
    state.withLock {
      if isMember { $0.members[project, default: []].insert(user) } else { $0.members[project]?.remove(user) }
    }
  }

  func publish(_ project: Project) {
    state.withLock {
      if $0.overviews[project.id] == nil {
        $0.overviews[project.id] = ProjectOverview(project: project, counts: PoolCounts(), round: nil, model: nil)
      } else {
        $0.overviews[project.id]?.project = project
      }
    }
  }

  func publish(_ counts: PoolCounts, of project: ProjectID) {
    state.withLock { $0.overviews[project]?.counts = counts }
  }

  func publish(_ round: Round, of project: ProjectID, progress: Double = 0) {
    let report = RoundReport(text: round.report)
    state.withLock {
      $0.overviews[project]?.round = RoundGlance(
        number: round.number, state: round.state, progress: round.state.isPending ? progress : 1)
      guard round.state == .serving else { return }
      $0.overviews[project]?.model =
        report.model == nil
        ? nil
        : ModelGlance(
          round: round.number, accuracy: report.metrics?.accuracy,
          interval: report.metrics.map { $0.accuracyInterval.lower...$0.accuracyInterval.upper },
          microF1: report.labelMetrics?.microF1, macroF1: report.labelMetrics?.macroF1,
          rankingPrecision: report.labelMetrics?.labelRankingAveragePrecision,
          evaluationLabels: report.labels.evaluation)
    }
  }

  func forget(_ project: ProjectID) {
    state.withLock {
      $0.overviews[project] = nil
      $0.members[project] = nil
    }
  }
}
