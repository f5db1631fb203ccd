import Domain

/// When leases end, soonest first.
///
/// Entries of leases that were renewed or have ended stay until they are due or too many.
struct ExpiryQueue {
  private typealias Entry = (moment: Int64, lease: LeaseID)
  private var heap: [Entry] = []

  /// No lease ends before this moment.
  var earliest: Timestamp { Timestamp(milliseconds: heap.first?.moment ?? .max) }

  /// Entries, stale ones among them.
  var count: Int { heap.count }

  /// Takes a lease's end into account.
  ///
  /// - Complexity: O(log leases).
  mutating func insert(_ lease: Lease) {
    heap.append((lease.expiresAt.milliseconds, lease.id))
    var child = heap.count - 1
    while child > 0, heap[child].moment < heap[(child - 1) / 2].moment {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes out an entry whose moment has come.
  mutating func popFirst(by moment: Timestamp) -> LeaseID? {
    guard let first = heap.first, first.moment <= moment.milliseconds else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].moment < heap[least].moment
      {
        least = child
      }
      guard least != parent else { return first.lease }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  /// Begins anew with the leases that there are.
  mutating func replace(with leases: some Collection<Lease>) {
    // In order, a list is a heap.
    heap = leases.map { ($0.expiresAt.milliseconds, $0.id) }.sorted { $0.moment < $1.moment }
  }
}
