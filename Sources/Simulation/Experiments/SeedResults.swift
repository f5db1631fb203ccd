import Synchronization

/// Values that are computed once per seed, whichever thread asks first; others wait for it.
final class SeedResults<Value: Sendable>: Sendable {
  private final class Entry: Sendable {
    let value = Mutex<Value?>(nil)
  }

  private let entries = Mutex<[Int: Entry]>([:])

  /// The value of a seed, by `make` where there is none yet.
  func value(for seed: Int, _ make: () throws -> Value) throws -> Value {
    let entry = entries.withLock { entries in
      let entry = entries[seed] ?? Entry()
      entries[seed] = entry
      return entry
    }
    return try entry.value.withLock { value in
      if let value { return value }
      let made = try make()
      value = made
      return made
    }
  }

  /// Forgets a seed's value.
  func release(_ seed: Int) { entries.withLock { $0[seed] = nil } }
}
