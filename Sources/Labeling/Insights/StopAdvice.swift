import Domain
import Features
import Learning
import Sampling
import Storage
import Tensors

/// Says whether more labels still change the model, from what the last rounds' models predict for the same items.
struct StopAdvice {
  let service: LabelingService
  let project: Project

  /// Items that the models are asked about.
  private static let stopSet = 1_000

  /// The advice, with what 100 more labels would bring where that is known.
  ///
  /// Models are compared where they read the same features and know the same labels: a refit begins a new history.
  func advice(
    rounds: [Round], features: PoolFeatures, gain: Insights.Forecast?
  ) throws -> Insights.Stopping {
    let rows = try stopRows(features)
    var history: [StopSetRound] = []
    var known: Set<Int> = []
    // Rounds on the same labels are no steps: some more are looked at than the criterion needs.
    for round in rounds.reversed() where known.count <= StoppingAdvice.window {
      let labels = RoundReport(text: round.report).labels.training
      guard let artifact = round.artifact, known.insert(labels).inserted else { continue }
      guard let model = try? service.models.load(artifact, round: round.number, project: project.id),
        model.featureVersion == features.version, model.labels == project.labels.map(\.id), !model.model.isMultiLabel
      else { break }
      let probabilities = try model.model.plainProbabilities(of: features.view.gatherRows(rows).view)
      history.append(
        try StopSetRound(round: round.number, labels: labels, rows: rows, probabilities: probabilities))
    }
    let advice = StoppingAdvice(rounds: history.reversed())
    let judged = advice.criteria.first?.value != nil
    var sentence = advice.sentence
    if project.task == .multiLabel { sentence = "Stopping advice is given for projects of one label an item." }
    if let gain {
      let points = (gain.gain * 1000).rounded() / 10
      sentence += " By the curve so far, 100 more labels would add about \(points) points."
    }
    return Insights.Stopping(
      advice: advice.isStopAdvised ? "stop" : judged ? "go_on" : "too_early", sentence: sentence,
      criteria: advice.criteria.map {
        .init(name: $0.name, value: $0.value, threshold: $0.threshold, isMet: $0.isMet)
      })
  }

  /// A uniform draw from the pool that stays the same as long as the pool does.
  private func stopRows(_ features: PoolFeatures) throws -> [Int] {
    let (service, id, count) = (service, project.id, features.view.rows)
    let rows = try service.store.writeAndWait { connection in
      try service.withBoard(id, connection) { board, _ in
        (0..<min(count, board.pool.rowCount)).filter { board.pool.contains($0) && !board.pool.isReserved($0) }
      }
    }
    // By a number that belongs to each row, so that a growing pool changes a few of them only.
    let seed = project.settings.seed
    let keyed = rows.map { row -> (key: UInt64, row: Int) in
      var generator = SeededGenerator(seed: seed ^ 0x5709, stream: UInt64(row))
      return (generator.next(), row)
    }
    return keyed.sorted { ($0.key, $0.row) < ($1.key, $1.row) }.prefix(Self.stopSet).map(\.row).sorted()
  }
}
