public import Domain
import Features
public import Logging
public import Storage
import Synchronization
import Telemetry
import Tensors

/// The product: pools, leases, annotations, rounds, streams, exports, for many projects and many people at once.
///
/// Reads run on the calling thread. Writes go through the store's one writer, which also owns the serving boards, so an
/// item is never given to two people and what has been acknowledged is on disk. Training runs on a thread of its own.
public final class LabelingService: Sendable {
  let store: Store
  let folder: DataFolder
  let blobs: BlobStore
  let boards = BoardTable()
  let directory: ProjectDirectory
  let features: FeatureLibrary
  let models: ModelLibrary
  let insightLibrary = InsightLibrary()
  let guesses = GuessLibrary()
  let logger: Logger
  let clock: @Sendable () -> Timestamp
  let scheduler: RoundScheduler
  let storageWatch = StorageWatch()
  /// Work that computes for longer than a request should hold its thread.
  let compute: ComputeExecutor
  /// What is looked at while it computes: a table or a matrix does not wait for the insights of a project.
  let glance: ComputeExecutor
  /// Checks what is pushed: pictures are decoded and written there, so that no request's thread waits for a disk.
  let intake: ComputeExecutor
  /// Removes what nobody needs any more, now and then.
  let housekeeping = Mutex<Task<Void, Never>?>(nil)
  /// Looks through pools for words.
  let searches: ComputeExecutor
  /// What models say that have not seen the labels, for the project that was asked about last.
  let outOfFold = OutOfFoldCache()
  /// What was done since the start, for those who watch the server.
  public let statistics = ServiceStatistics()
  /// Who may sign in, and how often they may try.
  let identity: Identity
  /// What happens in the projects, for those who listen.
  public let events: EventHub

  /// Opens the product on a data folder.
  ///
  /// - Parameters:
  ///   - folder: where everything is; opened exclusively where rounds are to run.
  ///   - store: its database.
  ///   - passwordCost: how much work a password's hash is.
  ///   - clock: the time; a parameter so that tests can replay it.
  public init(
    folder: DataFolder, store: Store, logger: Logger, passwordCost: PasswordCost = .interactive,
    clock: @escaping @Sendable () -> Timestamp = steadyClock()
  ) throws {
    self.folder = folder
    self.store = store
    self.logger = logger
    self.clock = clock
    blobs = BlobStore(folder: folder)
    directory = try ProjectDirectory(store: store)
    features = FeatureLibrary(folder: folder, blobs: blobs, store: store, clock: clock)
    models = ModelLibrary(folder: folder, store: store, features: features)
    events = EventHub(clock: clock)
    compute = ComputeExecutor(name: "winnow-compute-0", niceness: 5)
    glance = ComputeExecutor(name: "winnow-glance", niceness: 0)
    intake = ComputeExecutor(name: "winnow-intake", niceness: 0)
    searches = ComputeExecutor(name: "winnow-search", niceness: 2)
    scheduler = RoundScheduler()
    identity = Identity(cost: passwordCost)
  }

  /// The wall clock, which never goes back while the process runs.
  public static func steadyClock() -> @Sendable () -> Timestamp {
    let clock = SteadyClock()
    return { clock.now }
  }

  /// How often a round is begun before it is given up: one that ends the process would do so for ever.
  private static let roundAttempts = 3

  /// Starts the trainer, and takes up the rounds that an earlier process left unfinished.
  public func start() throws {
    let now = clock()
    let resumed = try store.writeAndWait { [boards] connection in
      // Where the clock was set back while nothing ran, leases would last for as long as that.
      for project in try connection.shortenLeases(issuedAfter: now) { boards.forget(project) }
      let pending = try connection.pendingRounds()
      for (project, var round) in pending where round.state != .queued {
        if round.attempts >= Self.roundAttempts {
          try round.become(.failed)
          round.finishedAt = now
          round.error = "The process ended in each of \(round.attempts) attempts, so it is not begun again."
        } else {
          // A model that was already written is used again: only what was lost is repeated.
          try round.become(.queued)
        }
        try connection.updateRound(round, in: project)
      }
      return pending.filter { $0.round.attempts > 0 }.map { ($0.project, $0.round.number) }
    }
    for (project, number) in resumed {
      logger.info("resuming an interrupted round", metadata: ["project": "\(project)", "round": "\(number)"])
    }
    scheduler.start { [self] in RoundRunner(service: self).runPending() }
    scheduler.wake()
    startHousekeeping()
    storageWatch.start(self)
  }

  /// Stops the trainer: a round under way stays pending and is taken up at the next start.
  public func stop() async {
    events.close()
    housekeeping.withLock { $0?.cancel() }
    storageWatch.stop()
    scheduler.stop()
    compute.stop()
    glance.stop()
    intake.stop()
    identity.passwords.stop()
    searches.stop()
  }

  /// A new file without a name in the data folder, for what is too long for memory.
  ///
  /// - Throws: ``StorageError/dataFolder(path:reason:)``.
  public func scratchFile() throws -> ScratchFile { try ScratchFile(in: folder) }

  /// Runs what waits for a disk, or reads pushed files, on the thread that checks pushed rows.
  public func onIntakeThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await intake.run(work)
  }

  /// Writes with a project's board at hand.
  ///
  /// What `body` throws undoes its changes in the database; a board that it had changed is read anew then.
  func onBoard<Value: Sendable>(
    _ project: ProjectID, _ body: @escaping @Sendable (ServingBoard, Connection) throws -> Value
  ) async throws -> Value {
    let failedBefore = store.failedCommits
    do {
      return try await store.write { [self] connection in try withBoard(project, connection, body) }
    } catch let error as StorageError {
      // What was published of a transaction that was not kept is taken back.
      if store.failedCommits != failedBefore { try? directory.recount(project) }
      throw error
    }
  }

  /// The same for code that is inside a write already.
  func withBoard<Value>(
    _ project: ProjectID, _ connection: Connection, _ body: (ServingBoard, Connection) throws -> Value
  ) throws -> Value {
    let board = try boards.board(of: project, connection: connection, failedCommits: store.failedCommits)
    let changes = board.changes
    do {
      let value = try body(board, connection)
      directory.publish(board.counts, of: project)
      statistics.leasesExpired.add(board.takeExpired())
      if board.hasNews {
        // Those who wait ask again at once, and are served after this write.
        board.hasNews = false
        events.publish("lease", [("available", .integer(Int64(board.freeCount)))], in: project)
      }
      return value
    } catch let error as LabelingError where board.changes == changes {
      throw error
    } catch {
      boards.forget(project)
      throw error
    }
  }
}

/// The serving boards.
///
/// Sendable although it holds plain objects: every access is inside a write, and writes run one at a time on one thread.
final class BoardTable: @unchecked Sendable {
  private var boards: [ProjectID: ServingBoard] = [:]
  private var failedCommits = 0

  /// A project's board, read from the database where memory has none or may be stale.
  func board(of project: ProjectID, connection: Connection, failedCommits: Int) throws -> ServingBoard {
    if failedCommits != self.failedCommits {
      boards = [:]
      self.failedCommits = failedCommits
    }
    if let board = boards[project] { return board }
    guard let known = try connection.project(project) else { throw LabelingError.notFound("project \(project)") }
    let board = try ServingBoard(project: known, connection: connection)
    boards[project] = board
    return board
  }

  func forget(_ project: ProjectID) { boards[project] = nil }
}
