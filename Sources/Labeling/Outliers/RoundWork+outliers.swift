import Domain
import Learning
import Sampling
import Storage
import Tensors

extension RoundWork {
  /// Exclusions written in one transaction, so that nobody waits long for theirs.
  private static let part = 1_000
  /// With fewer labels there is nothing to tell unlearnable items by.
  private static let minimumLabels = 40

  /// Finds the items that no model learns and keeps them out of queries, every second round.
  ///
  /// Each run starts anew: an item is asked again as soon as the labels around it speak for it.
  /// - Returns: the share of the pool that seems unlearnable, as of this run or the last.
  mutating func filterOutliers(on ground: Ground) throws -> Double {
    let filter = ground.definition.settings.outlierFilter
    if filter.method == "none" {
      try replaceExclusions(with: OutlierReport(method: "none"))
      return 0
    }
    let isDue = round.number.isMultiple(of: 2) || round.trigger == "requested"
    guard isDue, let features = ground.features, ground.data.isTrainable,
      ground.data.training.rows.count >= Self.minimumLabels
    else { return try standingShare() }
    let seed = round.seed &+ UInt64(round.number)
    let found = try timed("outliers") { work in
      try work.report(by: filter, on: ground, features: features, seed: seed)
    }
    try replaceExclusions(with: found)
    report.outliers = RoundReport.Outliers(found)
    return found.estimatedShare
  }

  /// What the filter makes of the labels.
  private func report(
    by filter: Domain.OutlierFilter, on ground: Ground, features: PoolFeatures, seed: UInt64
  ) throws -> OutlierReport {
    let (service, project, rows) = (service, project, min(ground.rows, features.view.rows))
    let (pool, rejected, restored) = try service.store.writeAndWait { connection in
      try service.withBoard(project, connection) { board, connection in
        (board.pool, board.rejectedRows().filter { $0 < rows }, try connection.restoredRows(of: project))
      }
    }
    // On a copy, so that no label waits while the pool is walked.
    let candidates = pool.candidatesBeforeFilter().filter { $0 < rows }
    let method = try OutlierFilterRegistry.make(
      name: filter.method,
      parameters: filter.method == "confidence_variability" ? ["share": filter.fraction] : [:])
    let kinds = ground.data.training.kinds(labels: ground.definition.labels.count)
    let dynamics = try service.dynamics(
      of: ground.data, features: features, in: ground.definition, round: round.number, seed: seed,
      isCancelled: { service.scheduler.isCancelled })
    let evidence = LearnabilityEvidence(
      features: features.view, labelledRows: ground.data.training.rows, labelledClasses: kinds.kinds,
      learnability: dynamics.correctness, confidence: dynamics.confidence, variability: dynamics.variability,
      rejectedRows: rejected, candidates: candidates, restoredRows: restored, classes: kinds.count)
    var generator = SeededGenerator(seed: seed, stream: 0x0C7)
    return try method.report(on: evidence, using: &generator, pool: .shared)
  }

  /// Lets go what is no longer excluded, and writes what is.
  private func replaceExclusions(with found: OutlierReport) throws {
    let (service, project, number) = (service, project, round.number)
    let groups = Dictionary(
      found.groups.enumerated().flatMap { index, group in group.rows.map { ($0, index + 1) } },
      uniquingKeysWith: { first, _ in first })
    // What a person left out is no filter's to judge.
    let byHand = Set(try service.store.read { try $0.excludedRows(of: project, method: Exclusion.byHand) })
    let wanted = found.excluded.filter { !byHand.contains($0.row) }.map { item in
      Exclusion(
        row: item.row, round: number, method: found.method, probability: item.probability, reason: item.reason,
        neighbours: item.neighbours, group: groups[item.row])
    }
    let kept = byHand.union(wanted.map(\.row))
    let released = try service.store.read { try $0.excludedRows(of: project) }.filter { !kept.contains($0) }
    for start in stride(from: 0, to: released.count, by: Self.part) {
      if isCancelled { throw CancellationError() }
      let part = Array(released[start..<min(start + Self.part, released.count)])
      try service.store.writeAndWait { connection in
        try service.withBoard(project, connection) { try $0.release(part, connection: $1) }
      }
    }
    for start in stride(from: 0, to: wanted.count, by: Self.part) {
      if isCancelled { throw CancellationError() }
      let part = Array(wanted[start..<min(start + Self.part, wanted.count)])
      try service.store.writeAndWait { connection in
        try service.withBoard(project, connection) { try $0.exclude(part, connection: $1) }
      }
    }
  }

  /// The share of the pool that is excluded now, where the filter does not run.
  private func standingShare() throws -> Double {
    let (service, project) = (service, project)
    let pool = try service.store.writeAndWait { connection in
      try service.withBoard(project, connection) { board, _ in board.pool }
    }
    let all = pool.candidatesBeforeFilter()
    return all.isEmpty ? 0 : Double(all.count { pool.isFiltered($0) }) / Double(all.count)
  }
}

extension ServingBoard {
  /// Rows that annotators skipped or flagged: they speak against items like them.
  func rejectedRows() -> [Int] {
    let flagged = flags.filter { $0.value > 0 }.map(\.key)
    return Set(flagged).union(skippedRows.rows).filter { pool.contains($0) && !pool.isReserved($0) }.sorted()
  }
}

extension RoundReport {
  /// What the outlier filter found.
  struct Outliers: Codable, Sendable, Equatable {
    var method: String
    /// Items kept out of queries.
    var excluded: Int
    /// Groups of items that are alike among them.
    var groups: Int
    /// The share of the pool that seems unlearnable.
    var estimatedShare: Double
    /// Why nothing was looked for, or what was passed over.
    var reason: String?

    init(_ report: OutlierReport) {
      method = report.method
      excluded = report.excluded.count
      groups = report.groups.count
      estimatedShare = report.estimatedShare
      reason = report.reason
    }
  }
}
