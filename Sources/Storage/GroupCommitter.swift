import Foundation
import GRDB
import Synchronization
import Telemetry

/// Runs writes one after another on a thread of its own, as many as are waiting in one transaction.
///
/// A commit costs an fsync; under load that cost is shared by all who wait, so durability stays cheap.
///
/// After the disk refused a commit, what the log holds beyond the last good one is unknown: the failed frames may be there,
/// whole or torn, and a later fsync that succeeds says nothing of them. So before anything else is taken, a transaction
/// without content is committed in their place. It overwrites the first of them, which ends the chain of checksums
/// there; until it is on disk every write is refused.
final class GroupCommitter: Sendable {
  /// A write and whom to tell of it.
  ///
  /// Both run on the committer's thread.
  struct Job: Sendable {
    let perform: @Sendable (Connection) throws -> Void
    let complete: @Sendable ((any Error)?) -> Void
  }

  private struct State {
    var jobs: [Job] = []
    var closed = false
    var running = true
  }

  /// Jobs in one transaction at most, so that the first does not wait for long.
  private static let limit = 256

  private let pool: DatabasePool
  private let path: String
  private let health: WriteHealth
  /// Whether the end of the log is in doubt.
  private let isInDoubt = Atomic<Bool>(false)
  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let failures = Atomic<Int>(0)
  let statistics = CommitStatistics()

  init(pool: DatabasePool, path: String, health: WriteHealth) {
    self.pool = pool
    self.path = path
    self.health = health
    let thread = Thread { [self] in
      // From inside: a name given from outside does not reach the kernel, so `top -H` would not show it.
      Thread.current.name = "winnow-writer"
      run()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  var failedCommits: Int { failures.load(ordering: .acquiring) }

  /// Writes that wait for their turn.
  var waiting: Int { state.withLock { $0.jobs.count } }

  func submit<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      enqueue(body) { continuation.resume(with: $0) }
    }
  }

  func submitAndWait<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    enqueue(body) { result in
      outcome.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    return try outcome.withLock { $0! }.get()
  }

  private func enqueue<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value,
    then deliver: @escaping @Sendable (Result<Value, any Error>) -> Void
  ) {
    let value = Mutex<Value?>(nil)
    let job = Job(
      perform: { connection in
        let result = try body(connection)
        value.withLock { $0 = result }
      },
      complete: { error in
        deliver(error.map { .failure($0) } ?? .success(value.withLock { $0! }))
      })
    let accepted = state.withLock { state in
      guard !state.closed else { return false }
      state.jobs.append(job)
      return true
    }
    if accepted { wakeUp.signal() } else { deliver(.failure(StorageError.closed)) }
  }

  func close() {
    let wasOpen = state.withLock { state in
      defer { state.closed = true }
      return !state.closed
    }
    guard wasOpen else { return }
    wakeUp.signal()
    ended.wait()
  }

  private func run() {
    while true {
      wakeUp.wait()
      let (jobs, closed) = state.withLock { state in
        let jobs = Array(state.jobs.prefix(Self.limit))
        state.jobs.removeFirst(jobs.count)
        return (jobs, state.closed && state.jobs.isEmpty)
      }
      if !jobs.isEmpty { statistics.measure(jobs: jobs.count) { commit(jobs) } }
      if closed {
        statistics.end()
        ended.signal()
        return
      }
    }
  }

  /// Runs jobs so that what one of them throws undoes only its own changes.
  private func perform(_ jobs: [Job], _ connection: Connection, _ errors: inout [(any Error)?]) throws {
    for (index, job) in jobs.enumerated() {
      try connection.run("SAVEPOINT job")
      do {
        try job.perform(connection)
      } catch {
        errors[index] = error
        // A full disk or a broken file may have ended the whole transaction already.
        guard connection.db.isInsideTransaction else { throw error }
        try connection.run("ROLLBACK TO job")
      }
      try connection.run("RELEASE job")
    }
  }

  private func commit(_ jobs: [Job]) {
    var errors: [(any Error)?] = Array(repeating: nil, count: jobs.count)
    var hasBegun = false
    do {
      try pool.writeWithoutTransaction { db in
        do {
          try settleDoubt(db)
          hasBegun = true
          try transact(jobs, Connection(db: db), &errors)
        } catch {
          let failure = explain(error)
          if db.isInsideTransaction { try? db.rollback() }
          throw failure
        }
        for index in jobs.indices { errors[index] = errors[index].map { explainOwn($0) } }
      }
    } catch {
      // Where no job ran, nothing in memory has run ahead of the disk.
      if hasBegun { failures.add(1, ordering: .acquiringAndReleasing) }
      for index in jobs.indices where errors[index] == nil { errors[index] = error }
    }
    for (job, error) in zip(jobs, errors) { job.complete(error) }
  }

  private func transact(_ jobs: [Job], _ connection: Connection, _ errors: inout [(any Error)?]) throws {
    // As kept statements: GRDB's own functions parse their SQL anew for each transaction.
    try connection.run("BEGIN IMMEDIATE")
    if jobs.count == 1 {
      // Alone in its transaction: where it fails, the whole of it is undone.
      do { try jobs[0].perform(connection) } catch {
        errors[0] = explainOwn(error)
        guard connection.db.isInsideTransaction else { throw error }
        try connection.db.rollback()
        return
      }
    } else {
      try perform(jobs, connection, &errors)
    }
    try connection.run("COMMIT")
  }

  /// Overwrites what a refused commit may have left at the end of the log.
  ///
  /// - Throws: what SQLite says while the disk goes on refusing.
  private func settleDoubt(_ db: Database) throws {
    guard isInDoubt.load(ordering: .acquiring) else { return }
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    try db.execute(sql: "BEGIN IMMEDIATE; PRAGMA user_version = \(version); COMMIT")
    // The pages go into the database, with an fsync of both files: from here on nothing rests on what was synced before.
    // Where the checkpointer is at it just now, the doubt remains until the next write.
    guard try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)") == 0 else {
      throw DatabaseError(resultCode: .SQLITE_BUSY, message: "the log is being copied")
    }
    isInDoubt.store(false, ordering: .releasing)
    health.recovered()
  }

  /// What a transaction's end is to those who shared it.
  private func explain(_ error: any Error) -> any Error {
    let known = explainOwn(error)
    if case StorageError.unwritable = known { return known }
    return StorageError.commit(reason: (error as? DatabaseError)?.message ?? "\(error)")
  }

  /// What a job's own error is: that of a disk by its name, others as they are.
  private func explainOwn(_ error: any Error) -> any Error {
    guard let known = error as? DatabaseError, let fault = StorageFault(known, path: path) else { return error }
    isInDoubt.store(true, ordering: .releasing)
    let reason = known.message ?? "\(known)"
    health.note(fault, reason)
    return StorageError.unwritable(fault, path: path, reason: reason)
  }
}
