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
  private static let blockSize = 2048

  private enum Stream: UInt64 {
    case start = 0x5747
    case noise = 0x4E01
    case selection = 0x5E1E
    case scoring = 0x5C0E
    case filter = 0xF117
  }

  private var trainer: ReplayTrainer { ReplayTrainer(set: set, parameters: parameters, seed: seed) }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - script: the rows to ask, in order, chosen by somebody else; nil: the strategy chooses.
  ///   - onAsked: called with the rows of every round.
  ///   - progress: called after every round with the labels so far.
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  func run(
    script: [Int]? = nil, onAsked: ([Int]) -> Void = { _ in }, progress: (Int) -> Void,
    isCancelled: @Sendable () -> Bool
  ) throws -> [ReplayRow] {
    let answers = annotations()
    let budget = min(parameters.labels, set.pool.rows)
    // Random labelling is what one would do without the program, so nothing is filtered for it.
    var filter =
      strategy == RandomSampling.descriptor.name ? nil : try ReplayFilter(parameters.outlierFilter, trainer: trainer)
    var labelled: [Int] = []
    var isLabelled = [Bool](repeating: false, count: set.pool.rows)
    var rows: [ReplayRow] = []
    var model: ReplayModel?
    let clock = ContinuousClock()
    while labelled.count < budget {
      let started = clock.now
      let wanted = labelled.isEmpty ? min(parameters.start, budget) : min(parameters.batch, budget - labelled.count)
      var candidates = isLabelled.indices.filter { !isLabelled[$0] }
      if filter != nil {
        var generator = generator(.filter, round: labelled.count)
        try filter?.update(
          labelled: labelled, answers: answers, candidates: candidates, using: &generator, isCancelled: isCancelled)
        let kept = candidates.filter { filter?.excluded.contains($0) == false }
        // Where nothing else is left, what was kept out is asked after all.
        if kept.count >= wanted { candidates = kept }
      }
      let asked =
        if let script {
          Array(script.dropFirst(labelled.count).prefix(wanted))
        } else {
          try choose(
            wanted, of: candidates, labelled: labelled, answers: answers, model: model,
            outlierShare: filter?.estimatedShare ?? 0, isCancelled: isCancelled)
        }
      if asked.isEmpty { break }
      onAsked(asked)
      for row in asked { isLabelled[row] = true }
      labelled += asked
      let trained = try trainer.train(on: labelled, answers: answers, isCancelled: isCancelled)
      let seconds = (clock.now - started) / .seconds(1)
      rows.append(try measure(trained, labels: labelled.count, asked: asked, seconds: seconds))
      model = trained
      progress(labelled.count)
    }
    return rows
  }

  /// The accuracy with the labels of all items but planted ones, as a curve of one point.
  func ceiling(isCancelled: @Sendable () -> Bool) throws -> [ReplayRow] {
    let clock = ContinuousClock()
    let started = clock.now
    let all = (0..<set.pool.rows).filter { set.isOutlier.isEmpty || !set.isOutlier[$0] }
    let trained = try trainer.train(on: all, answers: annotations(), isCancelled: isCancelled)
    return [try measure(trained, labels: all.count, asked: [], seconds: (clock.now - started) / .seconds(1))]
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
    _ count: Int, of candidates: [Int], labelled: [Int], answers: [Int], model: ReplayModel?, outlierShare: Double,
    isCancelled: () -> Bool
  ) throws -> [Int] {
    let classes = labelled.map { answers[$0] }
    let named = try resolved(classes: classes, model: model, outlierShare: outlierShare)
    // Uncertainty needs a model: the first labels are drawn at random unless the strategy can do without.
    let chosen = model == nil && !Self.choosesItsStart(named.name) ? RandomSampling() : named
    var utilities: [Float] = []
    if let model, type(of: chosen).descriptor.needs.includeModel {
      utilities = try score(candidates, by: chosen, model: model, round: labelled.count, isCancelled: isCancelled)
    }
    let pool = ScoredPool(
      rows: candidates, utilities: utilities, members: model?.members ?? 1, features: set.pool.view,
      labelledRows: labelled, labelledClasses: classes, classes: set.classNames.count, model: model,
      estimatedOutlierShare: outlierShare)
    var selecting = generator(labelled.isEmpty ? .start : .selection, round: labelled.count)
    return try chosen.select(count, from: pool, using: &selecting).chosen.map(\.row)
  }

  /// What `auto` stands for at present; any other name as it is.
  private func resolved(classes: [Int], model: ReplayModel?, outlierShare: Double) throws -> any QueryStrategy {
    guard strategy == Auto.descriptor.name else { return try StrategyRegistry.make(name: strategy) }
    return try AutoPolicy.resolve(
      labels: classes, classes: set.classNames.count, hasModel: model != nil, hasCommittee: (model?.members ?? 1) > 1,
      estimatedUnlearnable: outlierShare
    ).strategy()
  }

  /// Whether a strategy can choose the first items by itself.
  static func choosesItsStart(_ name: String) -> Bool { name == TypiClust.descriptor.name }

  private func score(
    _ candidates: [Int], by strategy: any QueryStrategy, model: ReplayModel, round: Int, isCancelled: () -> Bool
  ) throws -> [Float] {
    var generator = generator(.scoring, round: round)
    let needsViews = type(of: strategy).descriptor.needs.contains(.views)
    var utilities: [Float] = []
    utilities.reserveCapacity(candidates.count)
    for start in stride(from: 0, to: candidates.count, by: Self.blockSize) {
      if isCancelled() { throw CancellationError() }
      let block = Array(candidates[start..<min(start + Self.blockSize, candidates.count)])
      let predictions =
        needsViews ? try model.committee(ofViews: parameters.members, of: block) : try model.committee(of: block)
      utilities += try strategy.utilities(of: predictions, using: &generator)
    }
    return utilities
  }

  private func measure(_ model: ReplayModel, labels: Int, asked: [Int], seconds: Double) throws -> ReplayRow {
    let probabilities = try model.predictions(of: set.test.view).mean()
    guard let metrics = ClassificationMetrics(probabilities: probabilities, labels: set.testLabels) else {
      throw SimulationError.parameter(name: "test", reason: "there are no held-out items to measure on.")
    }
    let outliers = set.isOutlier.isEmpty ? 0 : asked.count { set.isOutlier[$0] }
    return ReplayRow(
      labels: labels, accuracy: metrics.accuracy, macroF1: metrics.macroF1, nll: metrics.negativeLogLikelihood,
      ece: metrics.expectedCalibrationError, outlierShare: Double(outliers) / Double(max(1, asked.count)),
      seconds: seconds)
  }

  private func generator(_ stream: Stream, round: Int = 0) -> SeededGenerator {
    SeededGenerator(seed: UInt64(seed), stream: stream.rawValue << 32 | UInt64(round))
  }
}
