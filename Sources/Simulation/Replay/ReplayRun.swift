import Learning
import Sampling
import Tensors

/// Replays one strategy under one seed: choose, label, train, measure, until the labels are spent.
///
/// Single-threaded, so that a core is one run. Everything random depends on the seed alone, not on the strategy: runs of
/// one seed share test items, start, annotators' slips and the seeds of training, and differ by what is asked alone.
struct ReplayRun {
  let set: ReplaySet
  let parameters: SimulationParameters
  let strategy: String
  let seed: Int

  /// Items scored at once.
  private static let blockSize = 4096

  private enum Stream: UInt64 {
    case start = 0x5747
    case noise = 0x4E01
    case selection = 0x5E1E
    case scoring = 0x5C0E
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - script: the rows to ask, in order, chosen by somebody else; nil: the strategy chooses.
  ///   - onAsked: called with the rows of every round.
  ///   - progress: called after every round with the labels so far.
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  func run(
    script: [Int]? = nil, onAsked: ([Int]) -> Void = { _ in }, progress: (Int) -> Void, isCancelled: () -> Bool
  ) throws -> [ReplayRow] {
    let answers = annotations()
    let budget = min(parameters.labels, set.pool.rows)
    var labelled: [Int] = []
    var rows: [ReplayRow] = []
    var model: ReplayModel?
    let clock = ContinuousClock()
    while labelled.count < budget {
      let started = clock.now
      let wanted = labelled.isEmpty ? min(parameters.start, budget) : min(parameters.batch, budget - labelled.count)
      let asked =
        if let script {
          Array(script.dropFirst(labelled.count).prefix(wanted))
        } else {
          try choose(wanted, labelled: labelled, answers: answers, model: model, isCancelled: isCancelled)
        }
      if asked.isEmpty { break }
      onAsked(asked)
      labelled += asked
      let trained = try train(on: labelled, answers: answers, isCancelled: isCancelled)
      let seconds = (clock.now - started) / .seconds(1)
      rows.append(try measure(trained, labels: labelled.count, seconds: seconds))
      model = trained
      progress(labelled.count)
    }
    return rows
  }

  /// The accuracy with all labels of the pool, as a curve of one point.
  func ceiling(isCancelled: () -> Bool) throws -> [ReplayRow] {
    let clock = ContinuousClock()
    let started = clock.now
    let all = Array(0..<set.pool.rows)
    let trained = try train(on: all, answers: annotations(), isCancelled: isCancelled)
    return [try measure(trained, labels: all.count, seconds: (clock.now - started) / .seconds(1))]
  }

  /// What annotators would say of every pool item, `(n)`: the truth, but for their slips.
  private func annotations() -> [Int] {
    guard parameters.annotatorNoise > 0, set.classNames.count > 1 else { return set.poolLabels }
    var generator = generator(.noise)
    return set.poolLabels.map { label in
      let slips = Double(generator.uniform()) < parameters.annotatorNoise
      let other = generator.index(below: set.classNames.count - 1)
      return slips ? (other < label ? other : other + 1) : label
    }
  }

  // MARK: A round

  /// The rows to ask next.
  private func choose(
    _ count: Int, labelled: [Int], answers: [Int], model: ReplayModel?, isCancelled: () -> Bool
  ) throws -> [Int] {
    let taken = Set(labelled)
    let candidates = (0..<set.pool.rows).filter { !taken.contains($0) }
    let classes = labelled.map { answers[$0] }
    let name = resolvedName(classes: classes, hasModel: model != nil)
    // Uncertainty needs a model: the first labels are drawn at random unless the strategy can do without.
    let chosen = try StrategyRegistry.make(name: model == nil && !Self.choosesItsStart(name) ? "random" : name)
    var utilities: [Float] = []
    let needs = type(of: chosen).descriptor.needs
    if let model, !needs.isDisjoint(with: [.probabilities, .committee]) {
      utilities = try score(candidates, by: chosen, model: model, round: labelled.count, isCancelled: isCancelled)
    }
    let pool = ScoredPool(
      rows: candidates, utilities: utilities, members: model?.members ?? 1, features: set.pool.view,
      labelledRows: labelled, labelledClasses: classes, classes: set.classNames.count, model: model)
    var selecting = generator(labelled.isEmpty ? .start : .selection, round: labelled.count)
    return try chosen.select(count, from: pool, using: &selecting).chosen.map(\.row)
  }

  /// What `auto` stands for at present; any other name as it is.
  private func resolvedName(classes: [Int], hasModel: Bool) -> String {
    guard strategy == Auto.descriptor.name else { return strategy }
    return AutoPolicy.resolve(labels: classes, classes: set.classNames.count, hasModel: hasModel).name
  }

  /// Whether a strategy can choose the first items by itself.
  static func choosesItsStart(_ name: String) -> Bool { name == TypiClust.descriptor.name }

  private func score(
    _ candidates: [Int], by strategy: any QueryStrategy, model: ReplayModel, round: Int, isCancelled: () -> Bool
  ) throws -> [Float] {
    var generator = generator(.scoring, round: round)
    var utilities: [Float] = []
    utilities.reserveCapacity(candidates.count)
    for start in stride(from: 0, to: candidates.count, by: Self.blockSize) {
      if isCancelled() { throw CancellationError() }
      let block = Array(candidates[start..<min(start + Self.blockSize, candidates.count)])
      utilities += try strategy.utilities(of: try model.committee(of: block), using: &generator)
    }
    return utilities
  }

  private func train(on rows: [Int], answers: [Int], isCancelled: () -> Bool) throws -> ReplayModel {
    let labelled = LabelledSet(
      features: set.pool.gatherRows(rows), labels: rows.map { answers[$0] }, classes: set.classNames.count)
    let trainingSeed = UInt64(seed) &* 1_000_003 &+ UInt64(rows.count)
    let configuration = TrainingConfiguration(architecture: parameters.model.architecture, seed: trainingSeed)
    let model: TrainedModel
    do {
      model = try Learning.train(labelled, configuration, isCancelled: isCancelled)
    } catch {
      if error == .cancelled { throw CancellationError() }
      throw error
    }
    return ReplayModel(model: model, passes: parameters.passes, seed: trainingSeed, features: set.pool.view)
  }

  private func measure(_ model: ReplayModel, labels: Int, seconds: Double) throws -> ReplayRow {
    let probabilities = try model.predictions(of: set.test.view).mean()
    guard let metrics = ClassificationMetrics(probabilities: probabilities, labels: set.testLabels) else {
      throw SimulationError.parameter(name: "test", reason: "there are no held-out items to measure on.")
    }
    return ReplayRow(
      labels: labels, accuracy: metrics.accuracy, macroF1: metrics.macroF1, nll: metrics.negativeLogLikelihood,
      ece: metrics.expectedCalibrationError, outlierShare: 0, seconds: seconds)
  }

  private func generator(_ stream: Stream, round: Int = 0) -> SeededGenerator {
    SeededGenerator(seed: UInt64(seed), stream: stream.rawValue << 32 | UInt64(round))
  }
}

extension ReplayModel {
  /// Members of the committee.
  var members: Int {
    guard case .perceptron(_, let dropout) = model.architecture, dropout > 0 else { return 1 }
    return passes
  }
}

extension SimulationParameters.Model {
  /// The network's shape.
  var architecture: Architecture {
    switch self {
    case .mlp: .perceptron(hidden: [128], dropout: 0.5)
    case .linear: .linear
    }
  }
}
