import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// Copies the write-ahead log into the database beside the writer, so that nobody's answer waits for it.
///
/// SQLite would do it inside the commit that fills the log: thousands of pages all over the file, and two fsyncs, while all
/// other writes wait. Here a thread with a connection of its own copies most of them meanwhile. The log can be begun
/// anew only when nothing of it is left to copy, and new commits add to it all the time: so the writer itself copies what
/// little came since, right after a commit. Where the thread falls far behind, the writer waits for all of it, which
/// bounds the log.
final class Checkpointer: Sendable {
  private struct State {
    /// Pages of the log from which on the thread is woken.
    var due: Int
    var isWorking = false
    /// Whether the thread has copied what it could, and the writer is to copy the rest.
    var isFinishing = false
    var isClosed = false
  }

  /// How far the log may grow before the writer waits: so many times the pages at which copying begins.
  private static let patience = 8
  /// What the writer may be left to copy, in pages.
  private static let remainder = 400
  /// Times that the thread goes after what came in the meantime.
  private static let passes = 3

  private let path: String
  private let pages: Int
  private let state: Mutex<State>
  /// The pages in the log after the last commit.
  private let logged = Atomic<Int>(0)
  private let wakeUp = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  /// Checkpoints that ran on the thread, and on the writer: at the end of one, or because the thread was too slow.
  private let counts = Mutex((beside: 0, finishing: 0, waiting: 0))

  /// - Parameters:
  ///   - path: the database.
  ///   - pages: the pages of the log at which copying begins.
  init(path: String, pages: Int) {
    self.path = path
    self.pages = pages
    state = Mutex(State(due: pages))
    let thread = Thread { [self] in
      Thread.current.name = "winnow-checkpoint"
      run()
      ended.signal()
    }
    thread.start()
  }

  /// How many checkpoints ran where.
  var tally: (beside: Int, finishing: Int, waiting: Int) { counts.withLock { $0 } }

  /// Takes the place of SQLite's own checkpoints on the writer's connection; the checkpointer must outlive it.
  func attach(to writer: Database) throws {
    try writer.execute(sql: "PRAGMA wal_autocheckpoint = 0")
    sqlite3_wal_hook(
      writer.sqliteConnection,
      { context, connection, _, pages in
        if let context, let connection {
          Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().committed(Int(pages), on: connection)
        }
        // Anything else would make the commit fail, which is on disk already.
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// On the writer's thread, after each commit.
  private func committed(_ pages: Int, on writer: OpaquePointer) {
    logged.store(pages, ordering: .releasing)
    let step: (finish: Bool, wait: Bool, wake: Bool) = state.withLock { state in
      if state.isFinishing {
        state.isFinishing = false
        // Whatever comes of it: a reader of an old snapshot can hold the log, and then trying again at once is in vain.
        state.due = pages + self.pages
        return (true, false, false)
      }
      // The log was begun anew.
      if pages < state.due - self.pages { state.due = self.pages }
      guard pages >= state.due else { return (false, false, false) }
      if pages >= Self.patience * self.pages {
        state.due = pages + self.pages
        return (false, true, false)
      }
      guard !state.isWorking else { return (false, false, false) }
      state.isWorking = true
      return (false, false, true)
    }
    if step.finish || step.wait {
      _ = Self.checkpoint(writer)
      counts.withLock { if step.finish { $0.finishing += 1 } else { $0.waiting += 1 } }
    }
    if step.wake { wakeUp.signal() }
  }

  /// - Returns: pages of the log that are not in the database yet; `nil` where it could not be done now.
  private static func checkpoint(_ connection: OpaquePointer) -> Int? {
    var (logged, copied): (Int32, Int32) = (0, 0)
    let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, &logged, &copied)
    return code == SQLITE_OK ? Int(logged - copied) : nil
  }

  private func run() {
    var connection: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    defer { sqlite3_close_v2(connection) }
    while true {
      wakeUp.wait()
      if state.withLock({ $0.isClosed }) { return }
      if connection == nil, sqlite3_open_v2(path, &connection, flags, nil) != SQLITE_OK {
        sqlite3_close_v2(connection)
        connection = nil
      }
      // A checkpoint that fails, on a full disk for instance, leaves the log as it is: it is tried again when it has grown.
      var seen = logged.load(ordering: .acquiring)
      for _ in 0..<Self.passes {
        guard let connection, let left = Self.checkpoint(connection) else { break }
        counts.withLock { $0.beside += 1 }
        // `left` is what a reader holds back; what was committed meanwhile is not in it.
        let before = seen
        seen = logged.load(ordering: .acquiring)
        if left > 0 || seen - before <= Self.remainder || state.withLock({ $0.isClosed }) { break }
      }
      state.withLock { state in
        state.isWorking = false
        state.isFinishing = true
      }
    }
  }

  /// Ends the thread; the writer's connection must take no more commits, or have the hook removed.
  func close() {
    state.withLock { $0.isClosed = true }
    wakeUp.signal()
    ended.wait()
  }
}
