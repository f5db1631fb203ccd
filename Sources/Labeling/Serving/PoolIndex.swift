import Domain

/// What memory keeps of a pool: a few bytes for each item, in order of rows.
///
/// Rows are the currency of serving, scoring and the feature matrix; identifiers are looked up at the edges.
struct PoolIndex: Sendable {
  private(set) var ids: [Int64] = []
  private var states: [UInt8] = []
  /// Opinions that stand on each item.
  private(set) var opinions: [UInt8] = []
  private(set) var counts: [ItemState: Int] = [:]

  private static let removed: UInt8 = 0x80
  private static let reserve: UInt8 = 0x40
  private static let filtered: UInt8 = 0x20
  private static let stateMask: UInt8 = 0x0F

  /// Rows that the pool has ever had, removed ones among them.
  var rowCount: Int { ids.count }
  /// Items in the pool.
  var itemCount: Int { counts.values.reduce(0, +) }

  /// Adds an item; rows between the last one and this are taken as removed.
  mutating func append(id: Int64, row: Int, state: ItemState, evaluation: Bool) {
    while ids.count < row {
      ids.append(0)
      states.append(Self.removed)
      opinions.append(0)
    }
    ids.append(id)
    states.append(UInt8(state.rawValue) | (evaluation ? Self.reserve : 0))
    opinions.append(0)
    counts[state, default: 0] += 1
  }

  func contains(_ row: Int) -> Bool { row < ids.count && states[row] & Self.removed == 0 }

  func id(_ row: Int) -> ItemID { ItemID(ids[row]) }

  func state(_ row: Int) -> ItemState { ItemState(rawValue: Int(states[row] & Self.stateMask)) ?? .excluded }

  /// Whether the item belongs to the evaluation reserve.
  func isReserved(_ row: Int) -> Bool { states[row] & Self.reserve != 0 }

  /// Whether the item still wants opinions.
  func isOpen(_ row: Int) -> Bool { states[row] & (Self.removed | Self.stateMask) == 0 }

  /// Whether the outlier filter keeps the item out of queries.
  func isFiltered(_ row: Int) -> Bool { states[row] & Self.filtered != 0 }

  mutating func setFiltered(_ isFiltered: Bool, row: Int) {
    states[row] = isFiltered ? states[row] | Self.filtered : states[row] & ~Self.filtered
  }

  mutating func set(_ state: ItemState, row: Int) {
    counts[self.state(row), default: 0] -= 1
    counts[state, default: 0] += 1
    states[row] = states[row] & ~Self.stateMask | UInt8(state.rawValue)
  }

  mutating func addOpinion(row: Int, _ change: Int) {
    opinions[row] = UInt8(clamping: Int(opinions[row]) + change)
  }

  mutating func remove(row: Int) {
    counts[state(row), default: 0] -= 1
    states[row] |= Self.removed
  }

  /// The rows that a strategy may choose from: open and not in the evaluation reserve.
  func candidates() -> [Int] { ids.indices.filter { isOpen($0) && !isReserved($0) } }

  /// The candidates, and the rows that only the outlier filter keeps from being candidates.
  func candidatesBeforeFilter() -> [Int] {
    ids.indices.filter {
      !isReserved($0) && contains($0) && (isOpen($0) || isFiltered($0) && state($0) == .excluded && opinions[$0] == 0)
    }
  }

  /// The rows of the evaluation reserve that are still open.
  func openReserve() -> [Int] { ids.indices.filter { isOpen($0) && isReserved($0) } }
}
