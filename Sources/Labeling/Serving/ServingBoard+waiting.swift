import Domain
import Storage

/// What keeps a few people from holding the last items while others wait.
extension ServingBoard {
  /// Seconds after which somebody who asked in vain is taken to have left.
  static let patience = 30

  /// Whether an annotator who has something in hand leaves the free items to those who wait with nothing.
  ///
  /// - Complexity: O(people who wait).
  func leavesRestToOthers(_ annotator: UserID, now: Timestamp) -> Bool {
    guard !waiting.isEmpty, freeCount > 0 else { return false }
    // Nothing of what is free can be theirs for whom nothing was found since something came back.
    let others = waiting.count {
      $0.key != annotator && !satisfied.contains($0.key) && now < $0.value.adding(seconds: Self.patience)
    }
    return freeCount <= others
  }

  /// Notes whether an annotator got anything.
  func noteWaiting(_ annotator: UserID, isWaiting: Bool, now: Timestamp) {
    guard isWaiting else {
      if !waiting.isEmpty { waiting[annotator] = nil }
      return
    }
    waiting[annotator] = now
    // Those who left are forgotten when somebody new comes, so the list stays as long as there are people.
    if waiting.count > 8 { waiting = waiting.filter { now < $0.value.adding(seconds: Self.patience) } }
  }

  /// Takes note of what an annotator has on screen, and what else they hold.
  ///
  /// - Parameter opened: the lease on screen; where it is not known, the oldest.
  func noteOpened(_ opened: LeaseID?, by annotator: UserID, now: Timestamp) {
    guard let mine = leasesOf[annotator], let first = mine.first else { return }
    let onScreen = opened.flatMap { mine.contains($0) ? $0 : nil } ?? first
    if unopened[onScreen] != nil { unopened[onScreen] = nil }
    for lease in mine where lease != onScreen && unopened[lease] == nil { unopened[lease] = now }
  }

  /// Takes an item for somebody who has nothing from somebody who has several, where it has lain unopened for half a
  /// lease's time.
  ///
  /// It is the newest unopened one of whoever holds the most. Its lease ends; an answer that comes for it all the same is
  /// late, and kept.
  ///
  /// - Returns: whether an item was freed.
  /// - Complexity: O(unopened leases), at most once a second.
  func reassignUnopened(to annotator: UserID, now: Timestamp, connection: Connection) throws -> Bool {
    guard now >= nextReassignment else { return false }
    let before = now.adding(seconds: -max(1, project.settings.leaseSeconds / 2))
    let candidates = unopened.compactMap { id, since -> Lease? in
      guard since <= before, let lease = leases[id], lease.annotator != annotator, !lease.isAgain,
        pool.isOpen(lease.row), answered[annotator]?.contains(lease.row) != true
      else { return nil }
      return (leasesOf[lease.annotator]?.count ?? 0) > 1 ? lease : nil
    }
    func hoard(_ lease: Lease) -> Int { leasesOf[lease.annotator]?.count ?? 0 }
    guard let lease = candidates.max(by: { (hoard($0), $0.id) < (hoard($1), $1.id) }) else {
      nextReassignment = now.adding(seconds: 1)
      return false
    }
    try connection.endLease(lease.id, .withdrawn)
    drop(lease, offerAgain: true)
    return true
  }
}
