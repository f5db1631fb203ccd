import Domain
import Learning
import Tensors

/// What a round trained: one network or several, and where the opinions come from whose differences are its doubt.
struct RoundModel: Sendable {
  /// The networks, at least one; several are an ensemble.
  let members: [TrainedModel]
  /// What the committee's members are, and how many.
  let committee: TrainerSettings.Committee

  init(members: [TrainedModel], committee: TrainerSettings.Committee) {
    precondition(!members.isEmpty, "a round's model has a network")
    self.members = members
    self.committee = committee
  }

  private var first: TrainedModel { members[0] }

  /// Features that it reads.
  var inputs: Int { first.inputs }
  /// Labels that it knows.
  var classes: Int { first.classes }
  /// Whether an item may have several labels, so that rows of probabilities do not sum to 1.
  var isMultiLabel: Bool { first.outputKind == .sigmoid }
  /// Parameters of all networks.
  var parameterCount: Int { members.reduce(0) { $0 + $1.parameterCount } }

  /// How many opinions ``opinions(on:seed:)`` gives.
  var size: Int {
    if members.count > 1 { return members.count }
    return committee.kind == .dropout && first.architecture.hasDropout ? committee.size : 1
  }

  /// What each network, or each pass of dropout, says about rows `(n, d)`: `(t, n, c)`.
  ///
  /// Passes keep their masks for all calls with a seed, so that a pool can be scored block by block.
  /// - Throws: `LearningError` where the features have another width than the model takes.
  func opinions(on features: MatrixView, seed: UInt64) throws -> CommitteePredictions {
    guard members.count > 1 else {
      return try first.committee(of: features, passes: size, seed: seed, pool: .shared)
    }
    return try Ensemble(members: members).committee(of: features, pool: .shared)
  }

  /// The committee's mean probabilities `(n, c)`.
  ///
  /// - Throws: `LearningError` where the features have another width than the model takes.
  func probabilities(of features: MatrixView, seed: UInt64) throws -> Matrix {
    try opinions(on: features, seed: seed).mean()
  }

  /// The networks' mean probabilities `(n, c)` with nothing dropped.
  func plainProbabilities(of features: MatrixView) throws -> Matrix {
    members.count == 1
      ? try first.probabilities(of: features, pool: .shared)
      : try Ensemble(members: members).probabilities(of: features, pool: .shared)
  }

  /// The last hidden representation `(n, h)`, of an ensemble that of its first network.
  func hidden(of features: MatrixView) throws -> Matrix { try first.hidden(of: features, pool: .shared) }

  /// Floating-point operations of asking about so many items.
  func operations(items: Int, views: Int = 1) -> Double {
    members.reduce(0) { $0 + $1.predictionOperations(rows: items * views, passes: members.count > 1 ? 1 : size) }
  }
}
