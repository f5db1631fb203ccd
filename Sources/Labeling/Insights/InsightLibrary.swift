import Domain
import Learning
import Synchronization

/// What was worked out about projects, so that it is not worked out again for the same round.
final class InsightLibrary: Sendable {
  /// How models that did not train on them see labelled items.
  struct Dynamics: Sendable {
    /// The round whose labels they are.
    let round: Int
    /// The items' rows.
    let rows: [Int]
    let dynamics: TrainingDynamics
  }

  private let dynamics = Mutex<[ProjectID: Dynamics]>([:])
  private let baselines = Mutex<[ProjectID: (round: Int, curve: RandomBaselineCurve?)]>([:])

  /// The dynamics of a round; `nil` where they are of another or were never worked out.
  func dynamics(of project: ProjectID, round: Int) -> Dynamics? {
    dynamics.withLock { $0[project].flatMap { $0.round == round ? $0 : nil } }
  }

  func keep(_ value: Dynamics, of project: ProjectID) { dynamics.withLock { $0[project] = value } }

  /// What labelling at random reaches, worked out once for each round.
  func baseline(
    of project: ProjectID, round: Int, _ make: () throws -> RandomBaselineCurve?
  ) rethrows -> RandomBaselineCurve? {
    if let known = baselines.withLock({ $0[project] }), known.round == round { return known.curve }
    let curve = try make()
    baselines.withLock { $0[project] = (round, curve) }
    return curve
  }

  /// Forgets a project.
  func forget(_ project: ProjectID) {
    dynamics.withLock { $0[project] = nil }
    baselines.withLock { $0[project] = nil }
  }
}
