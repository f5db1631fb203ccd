/// A map from 64-bit hashes to counts or positions: open addressing, since the keys are well mixed already.
///
/// The standard dictionary hashes its keys again, which would cost most of the time of counting.
struct FeatureTable: Sendable {
  /// Zero marks an empty slot; the hash 0 is stored as 1 (its twin among words; one in 2⁶⁴).
  private var keys: [UInt64]
  private var values: [Int32]
  private(set) var count = 0

  init(minimumCapacity: Int = 512) {
    var capacity = 16
    while capacity < 2 * minimumCapacity { capacity *= 2 }
    keys = [UInt64](repeating: 0, count: capacity)
    values = [Int32](repeating: 0, count: capacity)
  }

  /// The value of a key, or nil where it isn't there; O(1).
  @inline(__always)
  func value(of key: UInt64) -> Int32? {
    let key = max(1, key)
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key &>> 1) & mask
    while keys[slot] != 0 {
      if keys[slot] == key { return values[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds to the value of a key, which starts at 0; new keys are left out once there are `maxCount`.
  mutating func add(_ value: Int32, to key: UInt64, maxCount: Int = .max) {
    let key = max(1, key)
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key &>> 1) & mask
    while keys[slot] != 0 {
      if keys[slot] == key {
        values[slot] += value
        return
      }
      slot = (slot + 1) & mask
    }
    if count >= maxCount { return }
    keys[slot] = key
    values[slot] = value
    count += 1
    if 2 * count > keys.count { grow() }
  }

  /// All keys and values, in no particular order.
  var entries: [(key: UInt64, value: Int32)] {
    zip(keys, values).filter { $0.0 != 0 }.map { ($0.0, $0.1) }
  }

  private mutating func grow() {
    var larger = FeatureTable(minimumCapacity: keys.count)
    for (key, value) in entries { larger.add(value, to: key) }
    self = larger
  }
}
