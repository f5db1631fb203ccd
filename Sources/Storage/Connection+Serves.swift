public import Domain
import GRDB

extension Connection {
  /// Every lease that an item ever had, oldest first, with when it was given and how it ended.
  ///
  /// - Complexity: O(leases of the item).
  public func serves(of item: ItemID) throws -> [Serve] {
    try all(
      """
      SELECT l.id, l.item_id, i.row, l.annotator_id, l.expires_at, l.strategy, l.round, l.rank, l.utility, l.propensity,
        l.evaluation, l.issued_at, l.ended
      FROM lease l JOIN item i ON i.id = l.item_id WHERE l.item_id = ? ORDER BY l.id
      """, item.rawValue
    ) { row in
      let lease = Lease(
        id: LeaseID(row[0]), item: ItemID(row[1]), row: row[2], annotator: UserID(row[3]),
        expiresAt: Timestamp(milliseconds: row[4]),
        provenance: Provenance(
          strategy: row[5], round: row[6], rank: row[7], utility: row[8], propensity: row[9],
          evaluation: (row[10] as Int) == 1))
      return Serve(
        lease: lease, issuedAt: Timestamp(milliseconds: row[11]), end: (row[12] as Int?).flatMap(LeaseEnd.init))
    }
  }
}
