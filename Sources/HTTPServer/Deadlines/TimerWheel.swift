/// Values due at ticks, in a ring of slots: O(1) to add and to remove, which is what nearly every deadline sees.
///
/// Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6.
struct TimerWheel<ID: Hashable, Value> {
  private struct Entry {
    let due: Int
    let value: Value
  }

  private var slots: [[ID: Entry]]
  private var current: Int
  private(set) var count = 0

  init(slots: Int = 512, now: Int = 0) {
    self.slots = Array(repeating: [:], count: slots)
    current = now
  }

  /// Adds a value that falls due at a tick; one that has passed falls due at the next.
  ///
  /// - Returns: the tick under which the value is kept, which ``remove(_:due:)`` wants.
  mutating func insert(_ id: ID, _ value: Value, due: Int) -> Int {
    let due = max(due, current + 1)
    if slots[due % slots.count].updateValue(Entry(due: due, value: value), forKey: id) == nil { count += 1 }
    return due
  }

  /// Takes a value out, if it is still there.
  mutating func remove(_ id: ID, due: Int) {
    if slots[due % slots.count].removeValue(forKey: id) != nil { count -= 1 }
  }

  /// Moves to a tick and takes out what has fallen due.
  ///
  /// - Complexity: O(entries in the slots passed), at most one turn of the ring.
  mutating func advance(to tick: Int) -> [Value] {
    guard tick > current else { return [] }
    var due: [Value] = []
    for step in max(current + 1, tick - slots.count + 1)...tick {
      let slot = step % slots.count
      guard !slots[slot].isEmpty else { continue }
      for (id, entry) in slots[slot] where entry.due <= tick {
        due.append(entry.value)
        slots[slot].removeValue(forKey: id)
      }
    }
    current = tick
    count -= due.count
    return due
  }
}
