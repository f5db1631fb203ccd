public import Domain
import GRDB

extension Connection {
  /// Gives an item to an annotator.
  public func insertLease(
    item: ItemID, row: Int, annotator: UserID, in project: ProjectID, now: Timestamp, expiresAt: Timestamp,
    provenance: Provenance
  ) throws -> Lease {
    let id = try insert(
      """
      INSERT INTO lease(project_id, item_id, annotator_id, issued_at, expires_at, strategy, round, rank, utility, propensity,
        evaluation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, project.rawValue, item.rawValue, annotator.rawValue, now.milliseconds, expiresAt.milliseconds,
      provenance.strategy, provenance.round, provenance.rank, provenance.utility, provenance.propensity,
      provenance.evaluation ? 1 : 0)
    return Lease(
      id: LeaseID(id), item: item, row: row, annotator: annotator, expiresAt: expiresAt, provenance: provenance)
  }

  private static let leaseColumns = """
    SELECT lease.id, lease.item_id, item.row, lease.annotator_id, lease.expires_at, lease.strategy, lease.round,
      lease.rank, lease.utility, lease.propensity, lease.evaluation, lease.project_id, lease.ended
    FROM lease JOIN item ON item.id = lease.item_id
    """

  private static func lease(_ row: Row) -> Lease {
    Lease(
      id: LeaseID(row[0]), item: ItemID(row[1]), row: row[2], annotator: UserID(row[3]),
      expiresAt: Timestamp(milliseconds: row[4]),
      provenance: Provenance(
        strategy: row[5], round: row[6], rank: row[7], utility: row[8], propensity: row[9],
        evaluation: (row[10] as Int) == 1))
  }

  /// The leases of a project that have not ended, oldest first.
  public func activeLeases(of project: ProjectID) throws -> [Lease] {
    try all(
      Self.leaseColumns + " WHERE lease.project_id = ? AND lease.ended IS NULL", project.rawValue, as: Self.lease
    ).sorted { $0.id < $1.id }
  }

  /// A lease, ended or not, with its project and how it ended.
  public func lease(_ id: LeaseID) throws -> (lease: Lease, project: ProjectID, ended: Bool, end: LeaseEnd?)? {
    try first(Self.leaseColumns + " WHERE lease.id = ?", id.rawValue) {
      let end = $0[12] as Int?
      return (Self.lease($0), ProjectID($0[11]), end != nil, end.flatMap(LeaseEnd.init))
    }
  }

  /// Whether a lease of that identifier was ever given, by any project.
  public func wasLeased(_ id: LeaseID) throws -> Bool {
    try first("SELECT seq FROM sqlite_sequence WHERE name = 'lease'") { ($0[0] as Int64) >= id.rawValue } ?? false
      && id.rawValue > 0
  }

  /// Ends a lease.
  public func endLease(_ id: LeaseID, _ end: LeaseEnd) throws {
    try run("UPDATE lease SET ended = ? WHERE id = ? AND ended IS NULL", end.rawValue, id.rawValue)
  }

  /// Gives leases that were issued in what is the future now the length that they had, from now on.
  ///
  /// - Returns: the projects that had such leases.
  public func shortenLeases(issuedAfter now: Timestamp) throws -> Set<ProjectID> {
    let future = try all(
      "SELECT id, project_id FROM lease WHERE ended IS NULL AND issued_at > ?", now.milliseconds
    ) { (LeaseID($0[0]), ProjectID($0[1])) }
    for (lease, _) in future {
      try run(
        "UPDATE lease SET expires_at = ?1 + max(0, expires_at - issued_at), issued_at = ?1 WHERE id = ?2",
        now.milliseconds, lease.rawValue)
    }
    return Set(future.map(\.1))
  }

  /// Removes leases that ended long ago, oldest first; labels keep their provenance themselves.
  ///
  /// - Parameters:
  ///   - after: where to go on.
  ///   - moment: only leases whose time was up before.
  ///   - limit: leases to look at.
  /// - Returns: how many were removed, and where to go on; `nil` where nothing older is left.
  /// - Complexity: O(limit).
  public func deleteEndedLeases(
    after: LeaseID, before moment: Timestamp, limit: Int
  ) throws -> (removed: Int, next: LeaseID?) {
    let page = try all(
      "SELECT id, issued_at, expires_at, ended FROM lease WHERE id > ? ORDER BY id LIMIT ?", after.rawValue, limit
    ) { (id: $0[0] as Int64, issued: $0[1] as Int64, expires: $0[2] as Int64, isEnded: ($0[3] as Int?) != nil) }
    // Later ones were issued later still.
    let old = page.prefix { $0.issued < moment.milliseconds }
    let removed = old.filter { $0.isEnded && $0.expires < moment.milliseconds }
    for lease in removed { try run("DELETE FROM lease WHERE id = ?", lease.id) }
    return (removed.count, old.count == limit ? old.last.map { LeaseID($0.id) } : nil)
  }

  /// Moves the end of a lease.
  public func extendLease(_ id: LeaseID, to moment: Timestamp) throws {
    try run("UPDATE lease SET expires_at = ? WHERE id = ? AND ended IS NULL", moment.milliseconds, id.rawValue)
  }

  /// How many leases each annotator was given in a project, and how many of them for its evaluation stream and to ask again;
  /// leases that housekeeping removed do not count.
  public func leaseCountsByAnnotator(
    of project: ProjectID
  ) throws -> [(annotator: UserID, all: Int, evaluation: Int, again: Int)] {
    try all(
      """
      SELECT annotator_id, count(*), coalesce(sum(evaluation), 0), coalesce(sum(strategy = 'ask_again'), 0) FROM lease
      WHERE project_id = ? GROUP BY annotator_id
      """, project.rawValue
    ) { (UserID($0[0]), $0[1] as Int, $0[2] as Int, $0[3] as Int) }
  }

  /// How many leases a project has ever given, and how many of them for its evaluation stream and to ask again.
  public func leaseCounts(of project: ProjectID) throws -> (all: Int, evaluation: Int, again: Int) {
    try first(
      """
      SELECT count(*), coalesce(sum(evaluation), 0), coalesce(sum(strategy = 'ask_again'), 0) FROM lease
      WHERE project_id = ?
      """, project.rawValue
    ) { ($0[0] as Int, $0[1] as Int, $0[2] as Int) } ?? (0, 0, 0)
  }
}

extension Connection {
  /// Leases of items that are gone, which a sound database does not have.
  public func leasesOfMissingItems() throws -> Int {
    try first("SELECT count(*) FROM lease WHERE NOT EXISTS (SELECT 1 FROM item WHERE item.id = lease.item_id)") {
      $0[0]
    }
      ?? 0
  }

  /// Removes them.
  ///
  /// - Returns: how many there were.
  public func deleteLeasesOfMissingItems() throws -> Int {
    try run("DELETE FROM lease WHERE NOT EXISTS (SELECT 1 FROM item WHERE item.id = lease.item_id)")
    return db.changesCount
  }
}
