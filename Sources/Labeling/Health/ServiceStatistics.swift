public import Domain
public import Storage
import Synchronization
public import Telemetry

/// What the product has done since it was started.
public final class ServiceStatistics: Sendable {
  private let annotations: [(outcome: Outcome, count: Counter)] = Outcome.allCases.map { ($0, Counter()) }
  private let ended: [(state: RoundState, count: Counter)] =
    [RoundState.serving, .failed, .cancelled].map { ($0, Counter()) }
  private let phases = Mutex<[String: Histogram]>([:])
  /// Leases that ended because nobody answered in time.
  public let leasesExpired = Counter()

  /// What was said about items, by its kind.
  public var annotationCounts: [(outcome: Outcome, count: Int)] { annotations.map { ($0.outcome, $0.count.value) } }

  /// Rounds that came to serve, failed or were cancelled.
  public var roundsEnded: [(state: RoundState, count: Int)] { ended.map { ($0.state, $0.count.value) } }

  /// Seconds of the phases of rounds that came to serve, by name.
  public var phaseSeconds: [(phase: String, histogram: Histogram)] {
    phases.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  func kept(_ outcome: Outcome) { annotations.first { $0.outcome == outcome }?.count.add() }

  /// Notes what a round has reached; only ends are counted.
  func reached(_ state: RoundState, _ report: RoundReport) {
    ended.first { $0.state == state }?.count.add()
    guard state == .serving else { return }
    // The phases are named in the code, so that there are few of them.
    for (phase, milliseconds) in report.durationsMs {
      let histogram = phases.withLock { phases in
        let histogram = phases[phase] ?? Histogram(bounds: Histogram.phases)
        phases[phase] = histogram
        return histogram
      }
      histogram.record(Double(milliseconds) / 1000)
    }
  }
}

extension LabelingService {
  /// The transactions of the database's writer.
  public var commits: (statistics: CommitStatistics, failed: Int, waiting: Int) {
    (store.commits, store.failedCommits, store.waitingWrites)
  }

  /// Bytes of the database and of its write-ahead log.
  public var databaseSizes: (database: Int, log: Int) { (fileSize(store.path), fileSize(store.path + "-wal")) }

  /// What is left where the data folder is.
  public var space: FileSystemSpace? { FileSystemSpace(of: folder.path) }

  /// Every project at a glance.
  public var overviews: [ProjectOverview] { directory.all }
}
