import Domain
import GRDB
import Testing

@testable import Labeling
@testable import Storage

private struct Accident: Error {}

/// Memory equals disk, whatever goes wrong in between.
@Suite struct ConsistencyTests {
  /// Leases an item on a board, then lets something happen.
  private func lease(
    _ test: TestService, _ project: ProjectID, _ user: User,
    then accident: @escaping @Sendable (Connection) throws -> Void
  ) async throws {
    let now = test.clock.now
    try await test.board(project) { board, connection in
      let choice = try #require(board.choose(for: user.id))
      _ = try board.issue(
        choice, to: user.id, now: now, expiresAt: now.adding(seconds: 9), connection: connection)
      try accident(connection)
    }
  }

  private func prepared() async throws -> (TestService, ProjectID, User, BoardPicture) {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(6, to: project, by: ann)
    _ = try await test.next(project, ann, 2)
    return (test, project, ann, try await test.board(project) { board, _ in BoardPicture(board) })
  }

  @Test func aFailedCommitDropsTheBoard() async throws {
    let (test, project, ann, before) = try await prepared()
    await #expect(throws: StorageError.self) {
      try await lease(test, project, ann) {
        try $0.db.execute(
          sql: "PRAGMA defer_foreign_keys = ON; INSERT INTO member(project_id, user_id) VALUES (77, 77)")
      }
    }
    #expect(test.store.failedCommits == 1)
    #expect(try await test.board(project) { board, _ in BoardPicture(board) } == before)
    #expect(try await test.next(project, try await test.user("bob"), 9).count == 4)
  }

  @Test func anyErrorAfterAChangeDropsTheBoard() async throws {
    let (test, project, ann, before) = try await prepared()
    await #expect(throws: Accident.self) { try await lease(test, project, ann) { _ in throw Accident() } }
    #expect(try await test.board(project) { board, _ in BoardPicture(board) } == before)
    await #expect(throws: LabelingError.self) {
      try await lease(test, project, ann) { _ in throw LabelingError.conflict("after a change") }
    }
    #expect(try await test.board(project) { board, _ in BoardPicture(board) } == before)
  }

  @Test func aRefusalBeforeAnyChangeKeepsTheBoard() async throws {
    let (test, project, ann, _) = try await prepared()
    let board = try await test.board(project) { board, _ in ObjectIdentifier(board) }
    await #expect(throws: LabelingError.self) {
      try await test.say(.label, "nope", ["a"], in: project, by: ann)
    }
    #expect(try await test.board(project) { board, _ in ObjectIdentifier(board) } == board)
  }

  @Test func labelsForTheNextRoundAreCountedAsARestartWould() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"batch_size": 4, "evaluation_fraction": 0}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(12, to: project, by: ann)
    var receipts: [Receipt] = []
    for number in 0..<4 { receipts.append(try await test.say(.label, "k\(number)", ["a"], in: project, by: ann)) }
    #expect(try test.service.round(1, in: project).state == .queued)
    // What the round has seen does not count for the next, whether it is taken back or not.
    for receipt in receipts { _ = try await test.service.undo(receipt.annotation, by: test.principal(ann)) }
    try await test.say(.label, "k5", ["a"], in: project, by: ann)
    let changed = try await test.say(.label, "k5", ["b"], in: project, by: ann)
    try await test.say(.skip, "k6", in: project, by: ann)
    #expect(try await test.board(project) { board, _ in board.labelsSinceRound } == 1)
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "undo and change") }
    _ = try await test.service.undo(changed.annotation, by: test.principal(ann))
    #expect(try await test.board(project) { board, _ in board.labelsSinceRound } == 0)
  }
}
