import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct CheckpointerTests {
  private static func fill(_ store: Store, commits: Int) async throws {
    for _ in 0..<commits {
      try await store.write { connection in
        // Pages of their own, so that the log grows by a known amount.
        try connection.run(
          "INSERT INTO project(name, modality, task, guidelines, settings, created_at) "
            + "VALUES (hex(randomblob(8)), 'text', 'single_label', hex(randomblob(20000)), '{}', 0)")
      }
    }
  }

  @Test func theLogIsCopiedBesideTheWriterAndBegunAnew() async throws {
    let folder = try TestFolder()
    let store = try Store(path: folder.database, migrations: TestFolder.migrations, checkpointPages: 100)
    defer { store.close() }
    // Far more than the log may hold: about ten pages a commit.
    try await Self.fill(store, commits: 600)
    let tally = store.checkpointer.tally
    #expect(tally.beside + tally.waiting > 0 && tally.finishing + tally.waiting > 0, "\(tally)")
    let size = try FileManager.default.attributesOfItem(atPath: folder.database + "-wal")[.size] as? Int ?? 0
    // The writer waits at eight times the pages, and one commit more.
    #expect(size < 9 * 100 * 4200, "\(size)")
    #expect(try store.number("SELECT count(*) FROM project") == 600)
  }

  @Test func aReaderThatStaysHoldsTheLogButNoWriter() async throws {
    let folder = try TestFolder()
    let store = try Store(path: folder.database, migrations: TestFolder.migrations, checkpointPages: 50)
    defer { store.close() }
    try await Self.fill(store, commits: 1)
    let (begun, begin) = AsyncStream<Void>.makeStream()
    let done = DispatchSemaphore(value: 0)
    let reader = Task.detached {
      try store.read { connection in
        let first = try connection.first("SELECT count(*) FROM project") { $0[0] as Int }
        begin.yield()
        done.wait()
        return (first, try connection.first("SELECT count(*) FROM project") { $0[0] as Int })
      }
    }
    for await _ in begun { break }
    try await Self.fill(store, commits: 100)
    done.signal()
    let seen = try await reader.value
    #expect(seen == (1, 1), "the reader keeps its snapshot")
    #expect(try store.number("SELECT count(*) FROM project") == 101)
    let before = store.checkpointer.tally
    // Once nobody holds it, copying goes on.
    try await Self.fill(store, commits: 200)
    let after = store.checkpointer.tally
    #expect(after.finishing + after.waiting > before.finishing + before.waiting, "\(before) \(after)")
    #expect(try store.read { try $0.integrityComplaints() } == [])
  }
}
