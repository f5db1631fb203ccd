import Domain

/// What a query needs of a board, copied, so that the pool is walked on another thread than the writer's.
///
/// The copy shares its memory with the board until one of them changes.
struct QueryGround: Sendable {
  let pool: PoolIndex
  private let leaseCount: [Int: Int]
  private let flags: [Int: Int]
  private let skips: [Int: Int]
  private let answered: RowSet
  private let overlap: Int
  /// Whether the annotator may hold no more items.
  let holdsEnough: Bool

  init(_ board: ServingBoard, for annotator: UserID) {
    pool = board.pool
    leaseCount = board.leaseCount
    flags = board.flags
    skips = board.skips
    answered = board.answered[annotator] ?? RowSet()
    overlap = board.project.settings.overlap
    holdsEnough = board.holdsEnough(annotator)
    mine = Set((board.leasesOf[annotator] ?? []).compactMap { board.leases[$0]?.row })
  }

  private let mine: Set<Int>

  /// The rows that the annotator could be asked about, those among them that the outlier filter keeps out.
  ///
  /// - Complexity: O(rows).
  func candidates() -> [Int] {
    pool.candidatesBeforeFilter().filter { row in
      flags[row, default: 0] <= 0 && !answered.contains(row) && !mine.contains(row)
        && leaseCount[row, default: 0] + Int(pool.opinions[row]) + skips[row, default: 0] < overlap
    }
  }
}
