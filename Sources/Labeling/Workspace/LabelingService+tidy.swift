import Domain
import Logging
import Storage
import Synchronization

extension LabelingService {
  /// Days for which a lease is kept after its time was up.
  ///
  /// A label that comes for an older one is late, and kept.
  static let leaseDays = 30
  /// Rows that one write looks at, so that no label waits for long.
  private static let tidyStep = 500

  /// Removes what nobody needs any more: leases that ended long ago, and answers kept for repeated requests.
  ///
  /// In small writes, with pauses between them in which labels are written.
  ///
  /// - Parameter pause: between two writes.
  /// - Returns: how many rows were removed.
  @discardableResult
  public func tidy(pause: Duration = .milliseconds(100)) async throws -> Int {
    let now = clock()
    let before = now.adding(seconds: -Self.leaseDays * 86_400)
    var (total, place) = (0, LeaseID?.some(LeaseID(0)))
    while let after = place {
      let step = try await store.write {
        try $0.deleteEndedLeases(after: after, before: before, limit: Self.tidyStep)
      }
      total += step.removed
      place = step.next
      if place != nil { try await Task.sleep(for: pause) }
    }
    while true {
      let forgotten = try await store.write { try $0.forgetAnswers(now: now, limit: Self.tidyStep) }
      total += forgotten
      guard forgotten == Self.tidyStep else { return total }
      try await Task.sleep(for: pause)
    }
  }

  /// Tidies a minute after the start and once an hour from then on.
  func startHousekeeping() {
    housekeeping.withLock { task in
      guard task == nil else { return }
      task = Task.detached(priority: .background) { [weak self] in
        var wait = Duration.seconds(60)
        while (try? await Task.sleep(for: wait)) != nil, let self {
          wait = .seconds(3600)
          do {
            let removed = try await tidy()
            if removed > 0 { logger.info("old leases and answers were removed", metadata: ["rows": "\(removed)"]) }
          } catch {
            logger.warning("old leases and answers could not be removed", metadata: ["error": "\(error)"])
          }
        }
      }
    }
  }
}
