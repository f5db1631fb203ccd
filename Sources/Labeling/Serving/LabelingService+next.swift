public import Domain
import Storage

/// An item in the hands of an annotator.
public struct ServedItem: Sendable {
  /// The annotator's right to it.
  public var lease: Lease
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent
  /// The project it belongs to.
  public var project: ProjectID
}

/// What an annotator may work on next.
public struct Serving: Sendable {
  /// Items, best first.
  public var items: [ServedItem]
  /// Why there are fewer than asked for.
  public var reason: String?
  /// Leases that the caller said to have, and has no longer.
  public var lost: [LeaseID]
  /// The strategy behind the ranking that is being served.
  public var strategy: String
  /// Items on which the annotator has an opinion that stands.
  public var mine: Int
  /// Labels that count towards the next round.
  public var sinceRound: Int
  /// The project at a glance.
  public var overview: ProjectOverview
}

extension LabelingService {
  /// Leases the next items to an annotator.
  ///
  /// Items that the annotator holds already come first, unless the caller says that it has them (`held`); those are
  /// renewed. So a page that was closed finds its items again, and nobody piles up items by asking often.
  ///
  /// - Parameters:
  ///   - count: how many items the caller wants to have in all, those in `held` included.
  ///   - held: leases that the caller has; they are renewed and not repeated.
  ///   - opened: the one of them that is on screen: the others may go to people who wait with nothing.
  /// - Complexity: amortised O(count · log items), whether anything is left or not.
  public func next(
    in project: ProjectID, for annotator: UserID, count: Int, held: Set<LeaseID>, opened: LeaseID? = nil
  ) async throws -> Serving {
    let now = clock()
    let (items, lost, reason, strategy, mine, sinceRound) = try await onBoard(project) { board, connection in
      try board.expireLeases(now: now, connection: connection)
      let expiry = now.adding(seconds: board.project.settings.leaseSeconds)
      var items: [ServedItem] = []
      var mine = 0
      for id in board.leasesOf[annotator] ?? [] {
        guard var lease = board.leases[id] else { continue }
        mine += 1
        // Renewed from half its time on: a write for each call would be wasted.
        if lease.expiresAt < now.adding(seconds: board.project.settings.leaseSeconds / 2) {
          lease = try board.extend(lease, to: expiry, connection: connection)
        }
        if !held.contains(id), items.count < count, let served = try connection.served(lease, in: project) {
          items.append(served)
        }
      }
      while mine < count, !board.holdsEnough(annotator) {
        if mine > 0, board.leavesRestToOthers(annotator, now: now) { break }
        guard let choice = board.choose(for: annotator) else {
          if try mine == 0 && board.reassignUnopened(to: annotator, now: now, connection: connection) { continue }
          break
        }
        let lease = try board.issue(choice, to: annotator, now: now, expiresAt: expiry, connection: connection)
        mine += 1
        if let served = try connection.served(lease, in: project) { items.append(served) }
      }
      board.noteOpened(opened, by: annotator, now: now)
      board.noteWaiting(annotator, isWaiting: mine == 0, now: now)
      let lost = held.filter { board.leases[$0]?.annotator != annotator }.sorted()
      return (
        items, lost, mine < count ? board.exhaustionReason(for: annotator, now: now) : nil, board.ranking.strategy,
        board.answered[annotator]?.count ?? 0, board.labelsSinceRound
      )
    }
    guard let overview = directory.overview(project) else { throw LabelingError.notFound("project \(project)") }
    return Serving(
      items: items, reason: reason, lost: lost, strategy: strategy, mine: mine, sinceRound: sinceRound,
      overview: overview)
  }

  /// Gives a lease more time.
  ///
  /// - Throws: ``LabelingError/conflict(_:)`` where it has ended, ``LabelingError/notFound(_:)`` where it is not the caller's.
  public func renew(_ id: LeaseID, by annotator: UserID) async throws -> Lease {
    let (project, now) = (try await owned(id, by: annotator), clock())
    let renewed = try await onBoard(project) { board, connection -> Lease? in
      try board.expireLeases(now: now, connection: connection)
      guard let lease = board.leases[id] else { return nil }
      // A batch may have been leased for longer than the project's own time: renewing never shortens.
      let end = max(lease.expiresAt, now.adding(seconds: board.project.settings.leaseSeconds))
      return try board.extend(lease, to: end, connection: connection)
    }
    // Said outside of the write, which would otherwise take back that leases have expired.
    guard let renewed else {
      throw LabelingError.conflict(
        "Lease \(id) has ended. Ask for the next items again; a label for it is still taken.")
    }
    return renewed
  }

  /// Gives an item back unanswered; does nothing where the lease has ended.
  public func release(_ id: LeaseID, by annotator: UserID) async throws {
    let project = try await owned(id, by: annotator)
    try await onBoard(project) { board, connection in
      guard let lease = board.leases[id] else { return }
      try connection.endLease(id, .released)
      board.drop(lease, offerAgain: true)
    }
  }

  private func owned(_ id: LeaseID, by annotator: UserID) async throws -> ProjectID {
    guard let known = try store.read({ try $0.lease(id) }), known.lease.annotator == annotator else {
      throw LabelingError.notFound("lease \(id) of yours")
    }
    return known.project
  }
}

extension ServingBoard {
  /// Writes a lease for a choice and takes it into account.
  func issue(
    _ choice: Choice, to annotator: UserID, now: Timestamp, expiresAt: Timestamp, connection: Connection
  ) throws -> Lease {
    let lease = try connection.insertLease(
      item: pool.id(choice.row), row: choice.row, annotator: annotator, in: project.id, now: now, expiresAt: expiresAt,
      provenance: choice.provenance)
    hold(lease)
    shares[annotator, default: ServedShare()].all += 1
    if choice.provenance.evaluation { shares[annotator]?.evaluation += 1 }
    if lease.isAgain { shares[annotator]?.again += 1 }
    if project.settings.overlap > 1, leaseCount[choice.row] == 1, pool.opinions[choice.row] == 0 {
      partial.append(choice.row, partialProvenance(choice.row))
    }
    return lease
  }

  /// Why an annotator gets fewer items than they asked for.
  func exhaustionReason(for annotator: UserID, now: Timestamp) -> String {
    if holdsEnough(annotator) {
      return
        "You hold \(leasesOf[annotator]?.count ?? 0) items, and one person may hold \(project.settings.maxLeases) here (max_leases): answer some, or give them back."
    }
    if pool.itemCount == 0 { return "The pool is empty: push items first." }
    if leasesOf[annotator] != nil, freeCount > 0, leavesRestToOthers(annotator, now: now) {
      return "The last open items go to those who have none."
    }
    if leaseCount.isEmpty {
      if skippedRows.count > 0 {
        return
          "Every item has all its opinions, or yours; \(skippedRows.count) that were skipped wait for others, or for an engineer to settle."
      }
      let kept = pool.counts[.excluded, default: 0]
      return kept == 0
        ? "Every item has all its opinions, or yours."
        : "Every item has all its opinions, or yours, but for \(kept) that are excluded: see excluded to put them back."
    }
    return "Every open item is in somebody's hands or has your opinion already; items that are given back come again."
  }
}

extension Connection {
  /// A leased item with what it consists of.
  fileprivate func served(_ lease: Lease, in project: ProjectID) throws -> ServedItem? {
    guard let item = try item(lease.item, in: project), let content = try content(of: lease.item) else { return nil }
    return ServedItem(lease: lease, item: item, content: content, project: project)
  }
}
