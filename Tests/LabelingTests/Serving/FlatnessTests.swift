import Domain
import Testing

@testable import Labeling
@testable import Storage

/// Choosing takes as many steps in a large pool as in a small one, whether anything is left or not.
@Suite struct FlatnessTests {
  /// A board in memory alone, with so many items.
  private func withBoard<Value: Sendable>(
    _ rows: Int, overlap: Int, evaluation: Bool = false, _ body: @escaping @Sendable (ServingBoard) -> Value
  ) async throws -> Value {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": \#(overlap)}"#)
    return try await test.board(project) { board, _ in
      for row in 0..<rows {
        board.append(id: ItemID(Int64(row + 1)), row: row, evaluation: evaluation && row % 10 == 0, urgent: false)
      }
      board.collectOpen()
      board.steps = 0
      return body(board)
    }
  }

  private static func lease(_ number: Int, row: Int, to annotator: UserID) -> Lease {
    Lease(
      id: LeaseID(Int64(number)), item: ItemID(Int64(row + 1)), row: row, annotator: annotator,
      expiresAt: Timestamp(milliseconds: .max), provenance: Provenance(strategy: "random"))
  }

  @Test(arguments: [1_000, 10_000, 100_000]) func aPoolInOthersHandsIsKnownToBe(rows: Int) async throws {
    let steps = try await withBoard(rows, overlap: 1, evaluation: true) { board in
      for row in 0..<rows { board.hold(Self.lease(row + 1, row: row, to: UserID(1))) }
      board.steps = 0
      for asker in 0..<1000 { #expect(board.choose(for: UserID(Int64(2 + asker % 50))) == nil) }
      // One comes back, and is found at once.
      let last = Self.lease(rows, row: rows - 1, to: UserID(1))
      board.drop(last, offerAgain: false)
      #expect(board.choose(for: UserID(3))?.row == rows - 1)
      return board.steps
    }
    // What is left of the reserve is drawn once, and never looked at again.
    #expect(steps < 200 + rows / 10)
  }

  @Test(arguments: [1_000, 10_000, 100_000]) func theLastItemsAreFoundWithoutLooking(rows: Int) async throws {
    let steps = try await withBoard(rows, overlap: 1) { board in
      // All but every thousandth are labelled.
      for row in 0..<rows where row % 1000 != 7 {
        board.count(.label, row: row, by: UserID(1), 1)
      }
      board.steps = 0
      for number in 0..<rows / 1000 {
        guard let choice = board.choose(for: UserID(2)) else { return Int.max }
        board.hold(Self.lease(number + 1, row: choice.row, to: UserID(2)))
      }
      #expect(board.choose(for: UserID(2)) == nil)
      return board.steps * 1000 / rows
    }
    // For each item: a few words and the item itself.
    #expect(steps < 12)
  }

  @Test(arguments: [1_000, 10_000, 100_000]) func whoIsAheadOfTheOthersLooksOnce(rows: Int) async throws {
    let steps = try await withBoard(rows, overlap: 2) { board in
      for row in 0..<rows { board.count(.label, row: row, by: UserID(1), 1) }
      board.collectOpen()
      board.steps = 0
      for _ in 0..<1000 { #expect(board.choose(for: UserID(1)) == nil) }
      return board.steps
    }
    // Each partial item once, and a word for each 64 items: never again while nothing comes back.
    #expect(steps <= rows + rows / 64 + 100)
  }

  @Test(arguments: [1_000, 10_000, 100_000]) func skippedItemsAreFoundWithoutLooking(rows: Int) async throws {
    let steps = try await withBoard(rows, overlap: 1) { board in
      for row in 0..<rows {
        board.count(.skip, row: row, by: UserID(1), 1)
        board.pool.set(.skipped, row: row)
        board.skippedRows.insert(row)
        board.refreshFree(row)
      }
      board.steps = 0
      for number in 0..<200 {
        guard let choice = board.choose(for: UserID(2)) else { return Int.max }
        #expect(choice.row == number)
        board.hold(Self.lease(number + 1, row: choice.row, to: UserID(2)))
        board.drop(Self.lease(number + 1, row: choice.row, to: UserID(2)), offerAgain: false)
        board.count(.skip, row: choice.row, by: UserID(2), 1)
      }
      return board.steps
    }
    #expect(steps < 200 * 8)
  }

  @Test(arguments: [1_000, 30_000]) func itemsGivenBackByTheThousandCostEachOnce(rows: Int) async throws {
    let steps = try await withBoard(rows, overlap: 1) { board in
      // Held by many, as one person may not hold that much.
      func lease(_ row: Int) -> Lease { Self.lease(row + 1, row: row, to: UserID(Int64(100 + row % 500))) }
      for row in 0..<rows { board.hold(lease(row)) }
      for row in 0..<rows { board.drop(lease(row), offerAgain: true) }
      board.steps = 0
      for number in 0..<rows {
        let asker = UserID(Int64(1000 + number % 500))
        guard let choice = board.choose(for: asker) else { return Int.max }
        board.hold(Self.lease(rows + number + 1, row: choice.row, to: asker))
      }
      return board.steps / rows
    }
    #expect(steps <= 4)
  }
}
