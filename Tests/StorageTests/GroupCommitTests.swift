import Dispatch
import Domain
import GRDB
import Synchronization
import Testing

@testable import Storage

/// Counts the transactions of a connection.
private final class CommitCounter: TransactionObserver, Sendable {
  let count = Atomic<Int>(0)
  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ db: Database) { count.add(1, ordering: .relaxed) }
  func databaseDidRollback(_ db: Database) {}
}

/// Counts those who are about to write.
private final class Arrivals: Sendable {
  let count = Atomic<Int>(0)
}

private struct Refusal: Error {}

@Suite struct GroupCommitTests {
  /// Holds the writer up while `jobs` line up behind it, then lets all go.
  private func lineUp<Value: Sendable>(
    _ store: Store, _ jobs: [@Sendable (Connection) throws -> Value]
  ) async throws -> [Result<Value, any Error>] {
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let blocker: Void = store.write { _ in
      entered.signal()
      gate.wait()
    }
    await Task.detached { entered.wait() }.value
    let results = await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
      let arrivals = Arrivals()
      for (index, job) in jobs.enumerated() {
        group.addTask {
          arrivals.count.add(1, ordering: .sequentiallyConsistent)
          do { return (index, .success(try await store.write(job))) } catch { return (index, .failure(error)) }
        }
      }
      while arrivals.count.load(ordering: .sequentiallyConsistent) < jobs.count { await Task.yield() }
      gate.signal()
      var results: [(Int, Result<Value, any Error>)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
    try await blocker
    return results
  }

  @Test func allWritesLandAndFewTransactionsCarryThem() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let counter = CommitCounter()
    try await store.write { $0.db.add(transactionObserver: counter, extent: .databaseLifetime) }
    let before = counter.count.load(ordering: .relaxed)
    let jobs = (0..<500).map { number in
      { @Sendable (connection: Connection) in try connection.user(named: "u\(number)", now: moment).id }
    }
    let results = try await lineUp(store, jobs)
    let ids = try Set(results.map { try $0.get() })
    #expect(ids.count == 500)
    #expect(try store.number("SELECT count(*) FROM user") == 500)
    // The blocker's transaction, two of 256 at most, and a few for those that came while the first was under way.
    #expect(counter.count.load(ordering: .relaxed) - before < 50)
  }

  @Test func anErrorUndoesItsOwnChangesOnly() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let jobs = (0..<60).map { number in
      { @Sendable (connection: Connection) in
        _ = try connection.user(named: "u\(number)", now: moment)
        if number % 3 == 1 { throw Refusal() }
        if number % 3 == 2 { try connection.db.execute(sql: "INSERT INTO member VALUES (77, 77)") }
      }
    }
    let results = try await lineUp(store, jobs)
    for (number, result) in results.enumerated() {
      switch number % 3 {
      case 0: #expect(throws: Never.self) { try result.get() }
      case 1: #expect(throws: Refusal.self) { try result.get() }
      default: #expect(throws: DatabaseError.self) { try result.get() }
      }
    }
    let kept = try store.read { try String.fetchSet($0.db, sql: "SELECT name FROM user") }
    #expect(kept == Set(stride(from: 0, to: 60, by: 3).map { "u\($0)" }))
    #expect(store.failedCommits == 0)
  }

  @Test func aFailedCommitRejectsAllThatSharedIt() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let jobs = (0..<20).map { number in
      { @Sendable (connection: Connection) in
        _ = try connection.user(named: "u\(number)", now: moment)
        if number == 7 {
          // Breaks a rule that is looked at when the transaction is committed.
          try connection.db.execute(
            sql: "PRAGMA defer_foreign_keys = ON; INSERT INTO member(project_id, user_id) VALUES (77, 77)")
        }
        if number == 3 { throw Refusal() }
      }
    }
    let results = try await lineUp(store, jobs)
    var rejected = 0
    for (number, result) in results.enumerated() {
      do {
        try result.get()
      } catch StorageError.commit(let reason) {
        rejected += 1
        #expect(reason.contains("FOREIGN KEY"))
      } catch {
        #expect(error is Refusal && number == 3)
      }
    }
    // Those that were late may have had a transaction of their own.
    #expect(rejected >= 1)
    #expect(store.failedCommits == 1)
    #expect(try store.number("SELECT count(*) FROM user") == 19 - rejected)
    #expect(try store.number("SELECT count(*) FROM member") == 0)
    _ = try await store.write { try $0.user(named: "later", now: moment) }
    #expect(try store.number("SELECT count(*) FROM user WHERE name = 'later'") == 1)
    #expect(store.failedCommits == 1)
  }

  @Test func aTransactionThatEndsInTheMiddleRejectsAll() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    await #expect(throws: Refusal.self) {
      try await store.write { connection in
        _ = try connection.user(named: "lost", now: moment)
        // As SQLite does by itself when the disk is full.
        try connection.db.rollback()
        throw Refusal()
      }
    }
    #expect(store.failedCommits == 1)
    _ = try await store.write { try $0.user(named: "kept", now: moment) }
    #expect(try store.read { try String.fetchAll($0.db, sql: "SELECT name FROM user") } == ["kept"])
  }

  @Test func closingFinishesWhatWasHandedIn() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let handedIn = (0..<600).map { number in
      { @Sendable (connection: Connection) in _ = try connection.user(named: "u\(number)", now: moment) }
    }
    async let blocker: Void = store.write { _ in
      entered.signal()
      gate.wait()
    }
    await Task.detached { entered.wait() }.value
    let writes = handedIn.map { job in Task { try await store.write(job) } }
    // Closing waits for the writer, which waits for the gate.
    let closing = Task.detached { store.close() }
    gate.signal()
    var (kept, refused) = (0, 0)
    for write in writes {
      do {
        try await write.value
        kept += 1
      } catch StorageError.closed {
        refused += 1
      }
    }
    try await blocker
    await closing.value
    #expect(kept + refused == 600)
    await #expect(throws: StorageError.self) { try await store.write { _ in } }
    #expect(throws: StorageError.self) { try store.writeAndWait { _ in } }
    let again = try folder.open()
    #expect(try again.number("SELECT count(*) FROM user") == kept)
    again.close()
  }

  @Test func readersSeeASnapshotBesideAWriter() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    _ = try await store.seed(items: 2)
    try store.read { connection in
      #expect(try Int.fetchOne(connection.db, sql: "SELECT count(*) FROM user") == 1)
      try store.writeAndWait { _ = try $0.user(named: "new", now: moment) }
      #expect(try Int.fetchOne(connection.db, sql: "SELECT count(*) FROM user") == 1)
    }
    #expect(try store.number("SELECT count(*) FROM user") == 2)
  }
}
