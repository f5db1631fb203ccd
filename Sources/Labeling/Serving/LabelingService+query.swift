public import Domain
import Features
import Sampling
import Storage
import Tensors

/// A batch that a strategy chose, leased to who asked.
public struct QueryBatch: Sendable {
  /// An item of the batch.
  public struct Entry: Sendable {
    /// The item and its lease.
    public var served: ServedItem
    /// What the model says about it.
    public var prediction: Prediction?
  }

  /// The round whose model ranked the pool.
  public var round: Int?
  /// The strategy that really chose.
  public var strategyUsed: String
  /// Why it is another than the one asked for, or why there are fewer items.
  public var reason: String?
  /// The items, best first.
  public var items: [Entry]
  /// Near-duplicates that were left out.
  public var duplicates: Int
  /// Items that the outlier filter kept out.
  public var outliers = 0
}

extension LabelingService {
  /// Ranks the pool under a strategy now, and leases the best items.
  ///
  /// - Parameters:
  ///   - strategy: the project's own where missing.
  ///   - leaseSeconds: how long the items are the caller's.
  ///   - evenExcluded: whether what the outlier filter keeps out may be asked all the same.
  /// - Complexity: O(pool); it runs on a compute thread.
  public func query(
    in project: ProjectID, by user: User, count: Int, strategy: StrategyChoice?, leaseSeconds: Int?,
    evenExcluded: Bool = false
  ) async throws -> QueryBatch {
    let definition = try overview(of: project).project
    if let complaint = strategy.flatMap(Self.queryComplaint(about:)) {
      throw LabelingError.invalid([complaint.under("/strategy")])
    }
    if strategy?.name == AskAgain.strategy {
      return try await queryAgain(in: definition, by: user, count: count, leaseSeconds: leaseSeconds)
    }
    let (ground, drawn, reason) = try await onBoard(project) { [clock] board, connection in
      let now = clock()
      try board.expireLeases(now: now, connection: connection)
      return (
        QueryGround(board, for: user.id), board.served.all, board.exhaustionReason(for: user.id, now: now)
      )
    }
    let (candidates, outliers, rows) = try await compute.run {
      let all = ground.candidates()
      let open = evenExcluded ? all : all.filter { ground.pool.isOpen($0) }
      return (open, all.count - open.count, ground.pool.rowCount)
    }
    guard !candidates.isEmpty, !ground.holdsEnough else {
      return QueryBatch(
        round: nil, strategyUsed: (strategy ?? definition.settings.strategy).name, reason: reason, items: [],
        duplicates: 0, outliers: outliers)
    }
    let question = PoolQuestion(
      strategy: strategy ?? definition.settings.strategy, project: definition,
      seed: definition.settings.seed &+ UInt64(drawn))
    let (selection, choice, round) = try await compute.run { [self] in
      let features = try features.current(project)
      let serving = try models.current(project).flatMap { $0.featureVersion == features?.version ? $0 : nil }
      let known = features?.view.rows ?? 0
      // Items that came after the last round have no features yet: they wait for the next.
      let ranked = features == nil ? candidates : candidates.filter { $0 < known }
      let data = try store.read { try TrainingData(project: definition, rows: rows, connection: $0) }
      let usable = ranked.isEmpty ? nil : features
      let scored = try question.score(
        ranked.isEmpty ? candidates : ranked,
        on: PoolQuestion.Ground(
          model: serving?.model, features: usable, views: views(of: usable, in: definition), data: data,
          unlearnable: Double(outliers) / Double(outliers + candidates.count)),
        progress: { _ in }, isCancelled: { false })
      // Some may be taken by others meanwhile, so a few more are chosen than are needed.
      var selection = try question.plan(scored, head: count, total: count + 64)
      if usable == nil { try collapseRepetitions(in: &selection, of: definition) }
      return (selection, scored.strategy, serving?.round)
    }
    var batch = try await lease(
      selection, round: round, count: count, in: project, to: user, leaseSeconds: leaseSeconds,
      evenExcluded: evenExcluded)
    batch.outliers = outliers
    if batch.items.count == count, selection.strategyUsed == choice.name {
      // That the few more which nobody needed were fewer is nothing to tell.
      batch.reason = choice.reason
    }
    return batch
  }

  /// Leaves out items that say the same as one before them, where there are no features yet to tell that by.
  private func collapseRepetitions(in selection: inout Selection, of project: Project) throws {
    let rows = selection.chosen.map(\.row)
    let contents = try store.read { try $0.contents(in: project.id, at: rows) }
    let keys = contents.compactMapValues { features.rawItem($0.content, embedding: $0.embedding)?.nearDuplicateKey }
    var first: [UInt64: Int] = [:]
    selection.chosen = selection.chosen.filter { item in
      guard let key = keys[item.row] else { return true }
      guard let standIn = first[key] else {
        first[key] = item.row
        return true
      }
      selection.collapsed.append(Collapsed(row: item.row, standIn: standIn))
      return false
    }
  }

  private func lease(
    _ selection: Selection, round: Int?, count: Int, in project: ProjectID, to user: User, leaseSeconds: Int?,
    evenExcluded: Bool
  ) async throws -> QueryBatch {
    let now = clock()
    let (served, bound) = try await onBoard(project) { board, connection in
      let expiry = now.adding(seconds: leaseSeconds ?? board.project.settings.leaseSeconds)
      var items: [ServedItem] = []
      for (position, ranked) in selection.chosen.enumerated() where items.count < count {
        if board.holdsEnough(user.id) { break }
        guard board.isAvailable(ranked.row, to: user.id, evenFiltered: evenExcluded) else { continue }
        let id = board.pool.id(ranked.row)
        guard let item = try connection.item(id, in: project), let content = try connection.content(of: id) else {
          continue
        }
        let provenance = Provenance(
          strategy: selection.strategyUsed, round: round, rank: position + 1, utility: Double(ranked.utility))
        let lease = try board.issue(
          Choice(row: ranked.row, provenance: provenance), to: user.id, now: now, expiresAt: expiry,
          connection: connection)
        items.append(ServedItem(lease: lease, item: item, content: content, project: project))
      }
      return (items, board.holdsEnough(user.id) ? board.exhaustionReason(for: user.id, now: now) : nil)
    }
    let predictions = try predictions(forRows: served.map(\.item.row), in: project)
    var reason = selection.reason
    if served.count < count { reason = bound ?? reason ?? "Fewer items are left than were asked for." }
    return QueryBatch(
      round: round, strategyUsed: selection.strategyUsed, reason: reason,
      items: served.map { QueryBatch.Entry(served: $0, prediction: predictions[$0.item.row]) },
      duplicates: selection.duplicatesCollapsed)
  }
}
