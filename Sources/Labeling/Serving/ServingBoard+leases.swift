import Domain
import Storage

extension ServingBoard {
  /// Takes a lease into account.
  func hold(_ lease: Lease) {
    changes += 1
    leases[lease.id] = lease
    leasesOf[lease.annotator, default: []].append(lease.id)
    leaseCount[lease.row, default: 0] += 1
    expiries.insert(lease)
    refreshFree(lease.row)
  }

  /// Forgets a lease; its item can be asked again where it is still open.
  func drop(_ lease: Lease, offerAgain: Bool) {
    changes += 1
    leases[lease.id] = nil
    leasesOf[lease.annotator]?.removeAll { $0 == lease.id }
    if leasesOf[lease.annotator]?.isEmpty == true { leasesOf[lease.annotator] = nil }
    if !unopened.isEmpty { unopened[lease.id] = nil }
    if let count = leaseCount[lease.row] { leaseCount[lease.row] = count > 1 ? count - 1 : nil }
    if offerAgain, pool.contains(lease.row), pool.isOpen(lease.row) {
      returned.append(lease.row, lease.provenance)
    }
    refreshFree(lease.row)
    // Items that were skipped, or are asked again, are free for others without being open.
    if pool.contains(lease.row), !pool.isOpen(lease.row) { somethingCameBack() }
  }

  /// Moves the end of a lease.
  func extend(_ lease: Lease, to moment: Timestamp, connection: Connection) throws -> Lease {
    changes += 1
    var extended = lease
    extended.expiresAt = moment
    try connection.extendLease(lease.id, to: moment)
    leases[lease.id] = extended
    expiries.insert(extended)
    return extended
  }

  /// Ends the leases whose time has run out.
  ///
  /// - Complexity: O(1) while none has, O(log leases) for each that has.
  func expireLeases(now: Timestamp, connection: Connection) throws {
    if expiries.count > 2 * leases.count + 64 { expiries.replace(with: leases.values) }
    guard now >= expiries.earliest else { return }
    var ended: Set<LeaseID> = []
    // Renewed ones have another entry, which is later.
    while let id = expiries.popFirst(by: now) {
      if let lease = leases[id], lease.expiresAt <= now { ended.insert(id) }
    }
    for lease in ended.sorted().compactMap({ leases[$0] }) {
      try connection.endLease(lease.id, .expired)
      drop(lease, offerAgain: true)
      expired += 1
    }
  }

  /// Takes the number of leases that ran out since the last call.
  func takeExpired() -> Int {
    defer { expired = 0 }
    return expired
  }

  /// Whether an annotator holds as many items as one person may.
  func holdsEnough(_ annotator: UserID) -> Bool {
    (leasesOf[annotator]?.count ?? 0) >= project.settings.maxLeases
  }
}
