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

  /// A lease, ended or not, with its project.
  public func lease(_ id: LeaseID) throws -> (lease: Lease, project: ProjectID, ended: Bool)? {
    try first(Self.leaseColumns + " WHERE lease.id = ?", id.rawValue) {
      (Self.lease($0), ProjectID($0[11]), ($0[12] as Int?) != nil)
    }
  }

  /// Ends a lease.
  public func endLease(_ id: LeaseID, _ end: LeaseEnd) throws {
    try run("UPDATE lease SET ended = ? WHERE id = ? AND ended IS NULL", end.rawValue, id.rawValue)
  }

  /// Moves the end of a lease.
  public func extendLease(_ id: LeaseID, to moment: Timestamp) throws {
    try run("UPDATE lease SET expires_at = ? WHERE id = ? AND ended IS NULL", moment.milliseconds, id.rawValue)
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
