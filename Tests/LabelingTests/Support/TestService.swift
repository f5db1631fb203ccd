import Domain
import Foundation
import Logging
import Storage
import Synchronization
import Tensors
import Testing

@testable import Labeling

/// A clock that stands still until it is told to move.
final class TestClock: Sendable {
  private let moment = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
  var now: Timestamp { moment.withLock { $0 } }
  func advance(seconds: Int) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// A product on a temporary folder, with a settable clock; removed when the test lets go of it.
final class TestService {
  static let migrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Migrations").standardized.path

  let path: String
  let clock = TestClock()
  private(set) var store: Store
  private(set) var service: LabelingService
  private(set) var folder: DataFolder

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/winnow-labeling-\(UUID().uuidString)"
    (folder, store, service) = try Self.open(path, clock)
  }

  deinit {
    store.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func open(_ path: String, _ clock: TestClock) throws -> (DataFolder, Store, LabelingService) {
    let folder = try DataFolder(path: path, exclusive: false)
    let store = try Store(path: folder.database, migrations: migrations)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return (folder, store, try LabelingService(folder: folder, store: store, logger: logger, clock: { clock.now }))
  }

  /// Ends the process as far as the data folder can tell, and starts another on it.
  ///
  /// - Parameter between: changes what is on disk while nothing runs.
  func restart(between change: (@Sendable (Connection) throws -> Void)? = nil) async throws {
    await service.stop()
    if let change { try await store.write(change) }
    store.close()
    (folder, store, service) = try Self.open(path, clock)
  }

  // MARK: Shorthands

  /// A project with labels `a`, `b`, `c`; `settings` is JSON.
  func project(
    _ name: String = "p", modality: Modality = .text, settings: String = "{}", labels: [String] = ["a", "b", "c"],
    task: LabelingTask? = nil
  ) async throws -> ProjectID {
    let patch = try JSONDecoder().decode(SettingsPatch.self, from: Data(settings.utf8))
    return try await service.createProject(
      ProjectDraft(
        name: name, modality: modality, task: task, labels: labels.map { LabelDraft(name: $0) }, settings: patch)
    ).project.id
  }

  func user(_ name: String) async throws -> User { try await service.user(named: name) }

  func principal(_ user: User, _ role: Role = .annotator) -> Principal { Principal(user: user, role: role) }

  /// Pushes rows; what became of them.
  @discardableResult
  func push(_ rows: [ItemRow], to project: ProjectID, by user: User) async throws -> ImportReport {
    var report = ImportReport()
    _ = try await service.addItems(
      rows.enumerated().map { ($0.offset, .success($0.element)) }, to: project, by: user, into: &report)
    return report
  }

  /// Pushes `count` texts with keys `k0`, `k1`, ….
  func pushTexts(_ count: Int, to project: ProjectID, by user: User, from first: Int = 0) async throws {
    let report = try await push(
      (first..<first + count).map { number in
        var row = ItemRow()
        row.key = "k\(number)"
        row.text = "item number \(number) of the pool"
        return row
      }, to: project, by: user)
    #expect(report.created == count && report.rejectedCount == 0)
  }

  func next(
    _ project: ProjectID, _ user: User, _ count: Int = 1, held: Set<LeaseID> = []
  ) async throws -> [ServedItem] {
    try await service.next(in: project, for: user.id, count: count, held: held).items
  }

  @discardableResult
  func label(_ served: ServedItem, _ label: String, by user: User) async throws -> Receipt {
    try await service.annotate(
      Submission(target: .item(served.item.id), outcome: .label, labels: [label], lease: served.lease.id),
      in: served.project, by: user)
  }

  @discardableResult
  func say(
    _ outcome: Outcome, _ key: String, _ labels: [String] = [], in project: ProjectID, by user: User
  ) async throws -> Receipt {
    try await service.annotate(
      Submission(target: .key(key), outcome: outcome, labels: labels), in: project, by: user)
  }

  /// Looks at a project's board, inside a write as everybody does.
  func board<Value: Sendable>(
    _ project: ProjectID, _ look: @escaping @Sendable (ServingBoard, Connection) throws -> Value
  ) async throws -> Value {
    try await service.onBoard(project, look)
  }

  /// Waits until the newest round of a project is in a state, told by the events; fails after `limit` events.
  func round(_ project: ProjectID, _ number: Int, reaches states: Set<RoundState>) async throws -> Round {
    let events = service.events.listen(to: project, after: nil)
    func look() throws -> Round? {
      let round = try? service.round(number, in: project)
      return round.flatMap { states.contains($0.state) ? $0 : nil }
    }
    if let round = try look() { return round }
    for await event in events where event.kind == "round" {
      if let round = try look() { return round }
    }
    throw StorageError.closed
  }
}

/// Everything of a board that a restart must bring back.
struct BoardPicture: Equatable, Sendable {
  var counts: PoolCounts
  var leases: [Lease]
  var answered: [UserID: Set<Int>]
  var skipped: Set<Int>
  var states: [ItemState]
  var opinions: [UInt8]
  var labelsSinceRound: Int
  var shares: [UserID: ServedShare]
  var free: [Int]
  var again: [Int]
  var adjudicated: Set<Int>
  var queue: [Int]
  var reserve: [Int]

  init(_ board: ServingBoard) {
    counts = board.counts
    leases = board.leases.values.sorted { $0.id < $1.id }
    answered = board.answered.filter { !$0.value.isEmpty }.mapValues { Set($0.rows) }
    skipped = Set(board.skippedRows.rows)
    states = board.pool.ids.indices.map { board.pool.state($0) }
    opinions = board.pool.opinions
    labelsSinceRound = board.labelsSinceRound
    shares = board.shares
    free = board.free.others.rows + board.free.reserved.rows
    again = board.again.entries.map(\.row)
    adjudicated = board.adjudicated
    queue = board.ranking.entries.map(\.row)
    reserve = board.pool.openReserve()
  }
}

extension SettingsPatch {
  /// What a client would send.
  static func json(_ text: String) throws -> SettingsPatch {
    try JSONDecoder().decode(SettingsPatch.self, from: Data(text.utf8))
  }
}

extension TestService {
  /// Runs the rounds that are waiting, one after another, as the trainer would.
  func runRounds() async {
    let service = service
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        RoundRunner(service: service).runPending()
        continuation.resume()
      }
    }
  }

  /// Pushes vectors of three well-separated groups; the item at row `r` belongs to label `r mod 3`.
  func pushVectors(_ count: Int, to project: ProjectID, by user: User, from first: Int = 0) async throws {
    var generator = SeededGenerator(seed: 11, stream: UInt64(first))
    let rows = (first..<first + count).map { number in
      var row = ItemRow()
      row.key = "k\(number)"
      row.vector = Self.vector(of: number % 3, &generator)
      return row
    }
    #expect(try await push(rows, to: project, by: user).created == count)
    try await service.poolDidGrow(project)
  }

  static func vector(of group: Int, _ generator: inout SeededGenerator) -> [Float] {
    (0..<4).map { ($0 == group ? 4 : 0) + 0.3 * generator.normal() }
  }

  /// Labels the next `count` items rightly.
  func work(_ count: Int, in project: ProjectID, by user: User) async throws {
    for _ in 0..<count {
      let served = try #require(try await next(project, user).first)
      try await label(served, ["a", "b", "c"][served.item.row % 3], by: user)
    }
  }

  /// Small and quick, and yet a perceptron with dropout.
  static let quick =
    #""trainer": {"hidden": 32, "dropout": 0.2, "committee_size": 4}, "batch_size": 10, "evaluation_fraction": 0.2"#
}
