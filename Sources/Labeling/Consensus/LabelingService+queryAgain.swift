public import Domain
import Storage

extension LabelingService {
  /// What is wrong with a query's choice of strategy, its pointer below the choice; `nil` for nothing.
  ///
  /// A query may also ask again about labelled items, which a project's own strategy cannot be.
  public static func queryComplaint(about choice: StrategyChoice) -> FieldError? {
    guard choice.name == AskAgain.strategy else { return complaint(about: choice) }
    return choice.parameters.isEmpty ? nil : FieldError("/parameters", "\(AskAgain.strategy) takes no parameters.")
  }

  /// Leases the labelled items of which one more opinion, by this annotator, is wanted most.
  func queryAgain(in project: Project, by user: User, count: Int, leaseSeconds: Int?) async throws -> QueryBatch {
    let ranked = try await compute.run { [self] in try askAgain(in: project) }
    let round = directory.overview(project.id)?.model?.round
    let now = clock()
    let served = try await onBoard(project.id) { board, connection in
      try board.expireLeases(now: now, connection: connection)
      let expiry = now.adding(seconds: leaseSeconds ?? board.project.settings.leaseSeconds)
      var items: [ServedItem] = []
      for (position, entry) in ranked.enumerated() where items.count < count {
        guard board.isAskable(entry.row, again: user.id), !board.holdsEnough(user.id) else { continue }
        let id = board.pool.id(entry.row)
        guard let item = try connection.item(id, in: project.id), let content = try connection.content(of: id) else {
          continue
        }
        let provenance = Provenance(
          strategy: AskAgain.strategy, round: round, rank: position + 1, utility: entry.utility)
        let lease = try board.issue(
          Choice(row: entry.row, provenance: provenance), to: user.id, now: now, expiresAt: expiry,
          connection: connection)
        items.append(ServedItem(lease: lease, item: item, content: content, project: project.id))
      }
      return items
    }
    let predictions = try predictions(forRows: served.map(\.item.row), in: project.id)
    let reason: String? =
      if served.count == count {
        nil
      } else if ranked.isEmpty {
        "No labelled item is in doubt: annotators and model agree."
      } else {
        "No further item in doubt can be asked: you have answered it, somebody holds it, or it has \(project.settings.askAgain.maxOpinions) opinions."
      }
    return QueryBatch(
      round: round, strategyUsed: AskAgain.strategy, reason: reason,
      items: served.map { QueryBatch.Entry(served: $0, prediction: predictions[$0.item.row]) }, duplicates: 0)
  }
}
