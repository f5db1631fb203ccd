import Domain
import GRDB
import Testing

@testable import Labeling
@testable import Storage

/// What the database says about an item, counted the plain way.
private struct Standing {
  var labels = 0
  var skips = 0
  var flags = 0
  var live = 0
  /// Leases among them that ask again about a labelled item.
  var again = 0
  var isAdjudicated = false
  var annotators: Set<Int64> = []
  var holders: Set<Int64> = []
}

/// Counts annotations and leases afresh and holds every rule of serving against them.
func checkInvariants(_ board: ServingBoard, _ connection: Connection, overlap: Int, _ step: String) throws {
  let project = board.project.id.rawValue
  var standing: [Int64: Standing] = [:]
  let annotations = try Row.fetchAll(
    connection.db,
    sql: """
      SELECT item_id, annotator_id, outcome FROM annotation WHERE project_id = ?
      AND id NOT IN (SELECT annotation_id FROM retraction)
      """, arguments: [project])
  for row in annotations {
    let isFirst = standing[row[0], default: Standing()].annotators.insert(row[1]).inserted
    #expect(isFirst, "two opinions of one annotator on an item after \(step)")
    switch row[2] as Int {
    case 0: standing[row[0], default: Standing()].labels += 1
    case 1: standing[row[0], default: Standing()].skips += 1
    default: standing[row[0], default: Standing()].flags += 1
    }
  }
  let leases = try Row.fetchAll(
    connection.db, sql: "SELECT item_id, annotator_id, strategy FROM lease WHERE project_id = ? AND ended IS NULL",
    arguments: [project])
  for row in leases {
    standing[row[0], default: Standing()].live += 1
    if row[2] as String == "ask_again" { standing[row[0], default: Standing()].again += 1 }
    let isFirst = standing[row[0], default: Standing()].holders.insert(row[1]).inserted
    #expect(isFirst, "an annotator holds an item twice after \(step)")
  }
  let settled = try Row.fetchAll(
    connection.db,
    sql: "SELECT item_id, withdrawn FROM adjudication WHERE project_id = ? ORDER BY id", arguments: [project])
  for row in settled { standing[row[0], default: Standing()].isAdjudicated = (row[1] as Int) == 0 }
  let items = try Row.fetchAll(
    connection.db, sql: "SELECT id, row, state FROM item WHERE project_id = ?", arguments: [project])
  var counts = PoolCounts()
  for row in items {
    let known = standing[row[0]] ?? Standing()
    let expected: ItemState =
      if known.isAdjudicated {
        .labelled
      } else if known.flags > 0 {
        .excluded
      } else if known.labels >= overlap || (known.labels > 0 && known.labels + known.skips >= overlap) {
        .labelled
      } else if known.labels + known.skips >= overlap {
        .skipped
      } else {
        .unlabelled
      }
    let place = "item \(row[0] as Int64) after \(step): \(known)"
    #expect(ItemState(rawValue: row[2]) == expected, "\(place)")
    #expect(board.pool.state(row[1]) == expected && board.derivedState(row: row[1]) == expected, "\(place)")
    #expect(known.annotators.isDisjoint(with: known.holders), "\(place)")
    switch expected {
    case .unlabelled: #expect(known.live + known.labels + known.skips <= overlap, "\(place)")
    case .skipped: #expect(known.live <= 1, "\(place)")
    case .labelled:
      // Only who was asked again may still hold it, one at a time, and only while more opinions are wanted.
      let more = known.isAdjudicated ? 0 : max(0, board.project.settings.askAgain.maxOpinions - known.labels)
      #expect(known.live == known.again && known.again <= min(1, more), "\(place)")
    case .excluded: #expect(known.live == 0, "\(place)")
    }
    counts.items += 1
    counts.leased += known.live > 0 ? 1 : 0
    switch expected {
    case .unlabelled: counts.unlabelled += 1
    case .labelled: counts.labelled += 1
    case .skipped: counts.skipped += 1
    case .excluded: counts.excluded += 1
    }
  }
  counts.ranked = board.counts.ranked
  #expect(board.counts == counts, "after \(step)")
  for row in board.pool.ids.indices {
    let isFree = board.pool.contains(row) && board.pool.isOpen(row) && board.capacity(row) > 0
    let (own, other) =
      board.pool.isReserved(row) ? (board.free.reserved, board.free.others) : (board.free.others, board.free.reserved)
    #expect(own.contains(row) == isFree && !other.contains(row), "row \(row) after \(step)")
  }
  // Memory is what a restart would read.
  let fresh = try ServingBoard(project: try #require(try connection.project(board.project.id)), connection: connection)
  #expect(BoardPicture(board) == BoardPicture(fresh), "after \(step)")
}
