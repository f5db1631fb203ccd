import Domain
import Features
import Learning
import Storage
import Tensors

/// Works out the insights of one project.
struct InsightWork {
  let service: LabelingService
  let project: Project

  /// Labels of the evaluation stream that the random baseline is measured on, at most.
  private static let baselineLabels = 600
  /// Labelled items on the map, at most.
  private static let mappedItems = 2_000
  /// Rounds of the learning curve, at most.
  private static let rounds = 500

  func run() throws -> Insights {
    let (id, store) = (project.id, service.store)
    let (serving, rounds) = try store.read {
      (try $0.newestRound(in: id, state: .serving), try $0.rounds(in: id, before: nil, limit: Self.rounds))
    }
    let features = try service.features.current(id)
    let known = features?.view.rows ?? 0
    let data = try store.read { try TrainingData(project: project, rows: known, connection: $0) }
    var insights = Insights()
    insights.round = serving?.number
    insights.labels = counts(data)
    let reports = rounds.reversed().filter { $0.state == .serving || $0.state == .superseded }
      .map { (round: $0, report: RoundReport(text: $0.report)) }
    insights.costs = reports.compactMap(cost)
    insights.calibration = reports.last?.report.calibration
    insights.excluded = try excluded(reports.last { $0.report.outliers != nil }?.report.outliers)
    guard let serving, let features else {
      insights.notes.append("No round serves yet: curves and maps come with the first.")
      return insights
    }
    insights.learningCurve = try curve(reports, data: data, features: features, round: serving, &insights.notes)
    insights.stopping = try StopAdvice(service: service, project: project).advice(
      rounds: reports.map(\.round), features: features, gain: insights.learningCurve?.forecast)
    insights.datasetMap = try map(data, features: features, round: serving, &insights.notes)
    return insights
  }

  private func counts(_ data: TrainingData) -> [Insights.LabelCount] {
    let (training, evaluation) = (
      data.training.counts(labels: project.labels.count), data.evaluation.counts(labels: project.labels.count)
    )
    return project.labels.indices.map {
      Insights.LabelCount(label: project.labels[$0].name, training: training[$0], evaluation: evaluation[$0])
    }
  }

  private func cost(_ entry: (round: Round, report: RoundReport)) -> Insights.Cost? {
    let (round, report) = entry
    guard !report.cost.phases.isEmpty else { return nil }
    return Insights.Cost(
      round: round.number, labels: report.labels.training, value: report.value?.value, seconds: report.cost.seconds,
      operations: report.cost.operations, parameters: report.model?.parameters, peakMemory: report.cost.peakMemory)
  }

  private func excluded(_ newest: RoundReport.Outliers?) throws -> Insights.Excluded {
    let groups = try service.store.read { try $0.exclusionGroups(of: project.id, representatives: 0) }
    return Insights.Excluded(
      count: groups.reduce(0) { $0 + $1.count }, method: newest?.method, estimatedShare: newest?.estimatedShare,
      reason: newest?.reason, groups: groups.map { .init(group: $0.group, count: $0.count) })
  }

  // MARK: Active against random

  private func curve(
    _ reports: [(round: Round, report: RoundReport)], data: TrainingData, features: PoolFeatures, round: Round,
    _ notes: inout [String]
  ) throws -> Insights.Curve {
    let active = reports.compactMap { entry -> Insights.RoundPoint? in
      guard let measured = entry.report.value else { return nil }
      return Insights.RoundPoint(
        round: entry.round.number, labels: entry.report.labels.training, value: measured.value,
        interval: measured.interval, macroF1: entry.report.metrics?.macroF1 ?? entry.report.labelMetrics?.macroF1,
        negativeLogLikelihood: entry.report.metrics?.negativeLogLikelihood,
        expectedCalibrationError: entry.report.metrics?.expectedCalibrationError
          ?? entry.report.labelMetrics?.expectedCalibrationError, strategy: entry.round.strategyUsed)
    }
    let baseline = try service.insightLibrary.baseline(of: project.id, round: round.number) {
      try randomBaseline(data, features: features, seed: round.seed, &notes)
    }
    let points = active.map { MeasuredPoint(labels: $0.labels, value: $0.value, interval: $0.interval) }
    return Insights.Curve(
      metric: project.task == .multiLabel ? "label_ranking_average_precision" : "accuracy", active: active,
      random: baseline?.points ?? [], randomForecast: forecast(of: baseline, upTo: points.map(\.labels).max() ?? 0),
      forecast: Self.forecast(points), comparison: compare(active: points, with: baseline))
  }

  /// What labelling at random would have reached, by cross-fitting on the evaluation stream.
  private func randomBaseline(
    _ data: TrainingData, features: PoolFeatures, seed: UInt64, _ notes: inout [String]
  ) throws -> RandomBaselineCurve? {
    var order = Array(data.evaluation.rows.indices)
    var generator = SeededGenerator(seed: seed, stream: 0xBA5)
    generator.shuffle(&order)
    let part = data.evaluation.subset(order.prefix(Self.baselineLabels).sorted())
    let set = part.labelledSet(features: features.view, classes: project.labels.count)
    let configuration = project.settings.trainer.configuration(
      classes: set.classes, featurizer: features.featurizer, labels: set.count, seed: seed)
    do {
      return try randomBaselineCurve(set, configuration, pool: .shared)
    } catch LearningError.tooFewLabels(let needed, let actual) {
      notes.append(
        "Labelling at random can be measured from \(needed) labels of the evaluation stream on; there are \(actual).")
      return nil
    } catch LearningError.noLabels {
      notes.append("There is no label of the evaluation stream yet: labelling at random cannot be measured.")
      return nil
    }
  }

  /// The baseline's power law at five points between what was measured and what active learning has reached, as far as it holds.
  private func forecast(of baseline: RandomBaselineCurve?, upTo labels: Int) -> [MeasuredPoint] {
    guard let baseline, let last = baseline.points.last, labels > last.labels, let fit = baseline.extended() else {
      return []
    }
    let end = min(labels, baseline.reachedLabels)
    return (1...5).map { step in
      let at = last.labels + (end - last.labels) * step / 5
      let value = fit.value(at: at)
      return MeasuredPoint(labels: at, value: value.value, interval: value.interval)
    }
  }

  private static func forecast(_ points: [MeasuredPoint]) -> Insights.Forecast? {
    guard let last = points.map(\.labels).max(),
      let curve = try? LearningCurve(points.map { .init(labels: $0.labels, value: $0.value) }),
      let fit = try? PowerLawFit(curve)
    else { return nil }
    let gain = fit.expectedGain(of: 100, from: last)
    return Insights.Forecast(
      asymptote: fit.parameters.asymptote, scale: fit.parameters.scale, exponent: fit.parameters.exponent,
      gain: gain.value, gainInterval: gain.interval)
  }

  // MARK: The map of the data set

  private func map(
    _ data: TrainingData, features: PoolFeatures, round: Round, _ notes: inout [String]
  ) throws -> Insights.DatasetMap? {
    guard data.training.rows.count >= 2, data.isTrainable else {
      notes.append("The map of the data set needs two different answers.")
      return nil
    }
    let seed = round.seed &+ UInt64(round.number)
    let dynamics = try service.dynamics(
      of: data, features: features, in: project, round: round.number, seed: seed, isCancelled: { false })
    let regions = dynamics.regions
    let places = data.training.rows.indices
      .sorted { (dynamics.confidence[$0], $0) < (dynamics.confidence[$1], $1) }.prefix(Self.mappedItems)
    let items = try service.store.read { connection in
      try places.compactMap { place -> Insights.MappedItem? in
        guard let item = try connection.items(rows: [data.training.rows[place]], in: project.id).first else {
          return nil
        }
        let labels = data.training.sets.isEmpty ? [data.training.classes[place]] : data.training.sets[place]
        return Insights.MappedItem(
          item: "\(item.id)", key: item.key, labels: labels.map { project.labels[$0].name },
          confidence: dynamics.confidence[place], variability: dynamics.variability[place],
          correctness: dynamics.correctness[place], region: regions[place].rawValue)
      }
    }
    return Insights.DatasetMap(count: data.training.rows.count, checkpoints: dynamics.checkpoints, items: items)
  }
}

extension RoundReport {
  /// The figure that learning curves are drawn by, as measured on the evaluation stream.
  var value: MeasuredPoint? {
    if let metrics {
      return MeasuredPoint(labels: labels.training, value: metrics.accuracy, interval: metrics.accuracyInterval)
    }
    return labelMetrics.map {
      MeasuredPoint(
        labels: labels.training, value: $0.labelRankingAveragePrecision, interval: $0.labelRankingInterval)
    }
  }
}
