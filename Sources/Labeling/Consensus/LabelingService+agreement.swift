import Consensus
public import Domain
import Storage

extension LabelingService {
  /// Annotators whose pairs are compared, at most: those with most labels.
  static let comparedAnnotators = 50

  /// How far the annotators of a project agree.
  ///
  /// - Complexity: O(opinions · classes) and O(Σ mᵢ²) for `mᵢ` opinions on an item; it runs on a compute thread, from one
  ///   snapshot.
  public func agreement(in project: ProjectID) async throws -> AgreementReport {
    let definition = try overview(of: project).project
    return try await compute.run { [self] in
      let (consensus, ways) = try store.read {
        let consensus = try ProjectConsensus(project: definition, connection: $0)
        return (
          consensus,
          Ways(consensus, durations: try $0.durations(in: project), activity: try $0.activity(in: project))
        )
      }
      let table = consensus.table
      var report = AgreementReport(
        items: table.items.count { !$0.opinions.isEmpty }, several: table.several,
        disputed: table.items.indices.count { table.isDisputed($0) }, opinions: table.said.count, alpha: nil,
        alphaPerLabel: [], fleiss: nil, pairs: [], annotators: [], method: consensus.method.rawValue,
        reason: consensus.reason)
      switch definition.task {
      case .singleLabel: try describe(consensus, ways, &report)
      case .multiLabel: try describeSets(consensus, definition, ways, &report)
      }
      // Who has only skipped and flagged is told of too.
      for user in Set(ways.activity.keys).subtracting(table.annotators) {
        report.annotators.append(
          ways.annotator(user, labels: 0, consensus: nil, others: nil, reliability: nil))
      }
      report.annotators.sort { $0.user < $1.user }
      return report
    }
  }

  private func describe(
    _ consensus: ProjectConsensus, _ ways: Ways, _ report: inout AgreementReport
  ) throws {
    let table = consensus.table
    let opinions = try table.single()
    report.alpha = krippendorffAlpha(opinions)
    report.fleiss = fleissKappa(opinions).map { .init(value: $0.value, raters: $0.raters, items: $0.items) }
    let compared = busiest(table)
    report.pairs = pairwiseCohenKappa(
      try Opinions(
        opinions.opinions.filter { compared.contains($0.annotator) }, items: opinions.items,
        annotators: opinions.annotators, classes: opinions.classes)
    ).map {
      .init(
        first: table.annotators[$0.first], second: table.annotators[$0.second], items: $0.items,
        agreement: $0.agreement, kappa: $0.kappa)
    }
    let settled = try LabelConsensus(consensus)
    // Reliability is worth knowing under the majority too.
    let quality = annotatorQuality(
      opinions, consensus: settled, model: consensus.model ?? (table.several > 0 ? DawidSkene.fit(opinions) : nil))
    report.annotators = quality.map { entry in
      ways.annotator(
        table.annotators[entry.annotator], labels: entry.opinions, consensus: entry.agreementWithConsensus,
        others: entry.agreementWithOthers, reliability: entry.reliability)
    }
  }

  private func describeSets(
    _ consensus: ProjectConsensus, _ project: Project, _ ways: Ways, _ report: inout AgreementReport
  ) throws {
    let table = consensus.table
    let sets = try table.sets()
    report.alpha = krippendorffAlpha(sets)
    report.alphaPerLabel = zip(project.labels, krippendorffAlphaPerLabel(sets)).map { ($0.name, $1) }
    // Each label is a question of its own; what is shown of an annotator is the mean over them.
    let perLabel = (0..<table.labels).map { label in
      let opinions = sets.binary(label)
      return annotatorQuality(
        opinions, consensus: Consensus.majority(opinions), model: table.several > 0 ? DawidSkene.fit(opinions) : nil)
    }
    func mean(_ value: (Int) -> Double?) -> Double? {
      let values = perLabel.indices.compactMap(value)
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    report.annotators = table.annotators.enumerated().map { number, user in
      let own = table.said.filter { $0.annotator == number }
      let right = own.count { consensus.answers[$0.item]?.indices == $0.labels }
      return ways.annotator(
        user, labels: own.count, consensus: own.isEmpty ? nil : Double(right) / Double(own.count),
        others: mean { perLabel[$0][number].agreementWithOthers },
        reliability: mean { perLabel[$0][number].reliability })
    }
  }

  /// How people went about their work.
  private struct Ways {
    let durations: [UserID: [Int]]
    let activity: [UserID: Activity]
    /// Items that each person labelled and that were settled by hand, and how many of them they had right.
    private var settled: [UserID: (items: Int, right: Int)] = [:]

    init(_ consensus: ProjectConsensus, durations: [UserID: [Int]], activity: [UserID: Activity]) {
      (self.durations, self.activity) = (durations, activity)
      let table = consensus.table
      for opinion in table.said {
        guard let settled = table.items[opinion.item].settled else { continue }
        let isRight = opinion.labels.sorted() == settled
        self.settled[table.annotators[opinion.annotator], default: (0, 0)].items += 1
        self.settled[table.annotators[opinion.annotator], default: (0, 0)].right += isRight ? 1 : 0
      }
    }

    func annotator(
      _ user: UserID, labels: Int, consensus: Double?, others: Double?, reliability: Double?
    ) -> AgreementReport.Annotator {
      let judged = settled[user]
      return .init(
        user: user, labels: labels, agreementWithConsensus: consensus, agreementWithOthers: others,
        reliability: reliability, medianMilliseconds: LabelingService.median(durations[user] ?? []),
        activity: activity[user] ?? Activity(), adjudicated: judged?.items ?? 0,
        rightByAdjudication: judged.map { Double($0.right) / Double($0.items) })
    }
  }

  /// The annotators with most labels.
  private func busiest(_ table: OpinionTable) -> Set<Int> {
    var counts = [Int](repeating: 0, count: table.annotators.count)
    for opinion in table.said { counts[opinion.annotator] += 1 }
    return Set(counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(Self.comparedAnnotators))
  }

  /// The median of values in growing order.
  static func median(_ values: [Int]) -> Double? {
    guard !values.isEmpty else { return nil }
    return Double(values[(values.count - 1) / 2] + values[values.count / 2]) / 2
  }
}
