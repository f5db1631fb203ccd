/// Rows that a stream asked for, oldest first.
struct UrgentRows {
  private var rows: [Int]
  private var head = 0

  init(_ rows: [Int] = []) { self.rows = rows }

  var isEmpty: Bool { head == rows.count }

  /// How many wait.
  var count: Int { rows.count - head }

  mutating func append(_ row: Int) { rows.append(row) }

  /// Takes the oldest out.
  ///
  /// - Complexity: amortised O(1).
  mutating func popFirst() -> Int? {
    guard head < rows.count else { return nil }
    defer {
      head += 1
      if head > 64, head > rows.count / 2 {
        rows.removeFirst(head)
        head = 0
      }
    }
    return rows[head]
  }
}
