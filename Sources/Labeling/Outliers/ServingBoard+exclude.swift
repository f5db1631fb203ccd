import Domain
import Storage

extension ServingBoard {
  /// Keeps items out of queries.
  ///
  /// Items that somebody holds, or has said something about, are passed over: the filter has no say there. So are those
  /// of the evaluation reserve, which must stay a uniform draw from the whole pool.
  /// - Complexity: O(exclusions).
  func exclude(_ exclusions: [Exclusion], connection: Connection) throws {
    changes += 1
    let wanted = exclusions.filter { exclusion in
      let row = exclusion.row
      return pool.contains(row) && !pool.isReserved(row) && leaseCount[row] == nil && pool.opinions[row] == 0
        && skips[row, default: 0] == 0 && flags[row, default: 0] == 0
    }
    try connection.saveExclusions(wanted, of: project.id)
    for exclusion in wanted {
      pool.setFiltered(true, row: exclusion.row)
      try refreshState(row: exclusion.row, connection: connection)
    }
  }

  /// Lets items be asked again, in their place in the next ranking.
  ///
  /// - Complexity: O(rows).
  func release(_ rows: [Int], connection: Connection) throws {
    changes += 1
    try connection.deleteExclusions(rows: rows, of: project.id)
    for row in rows where pool.contains(row) {
      pool.setFiltered(false, row: row)
      try refreshState(row: row, offersAgain: false, connection: connection)
    }
  }

  /// Puts items back by hand: no later run of the filter keeps them out.
  func restore(_ rows: [Int], by user: UserID, now: Timestamp, connection: Connection) throws {
    for row in rows { try connection.insertRestoration(row: row, of: project.id, by: user, now: now) }
    try release(rows, connection: connection)
  }
}
