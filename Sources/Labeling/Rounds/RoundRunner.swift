import Domain
import Features
import Learning
import Logging
import Sampling
import Storage
import Tensors

/// Takes rounds from `queued` to `serving`, on the trainer's thread.
///
/// Each step starts from what is on disk, so a round that was interrupted is simply run again; a model that had been
/// written is used as it is.
struct RoundRunner {
  let service: LabelingService

  /// Runs rounds until none is waiting.
  func runPending() {
    var last: (project: ProjectID, number: Int)?
    while !service.scheduler.isStopping {
      do {
        guard let next = try service.store.read({ try $0.pendingRounds() }).first else { return }
        // Its end could not be written, as on a full disk: it waits for the next call instead of running in circles.
        if let last, last == (next.project, next.round.number) { return }
        last = (next.project, next.round.number)
        run(next.round, in: next.project)
      } catch {
        service.logger.error("rounds cannot be read", metadata: ["error": "\(error)"])
        return
      }
    }
  }

  private func run(_ pending: Round, in project: ProjectID) {
    service.scheduler.begin(project, pending.number)
    defer { service.scheduler.end() }
    var work = RoundWork(service: service, project: project, round: pending)
    do {
      try work.run()
    } catch  where service.scheduler.isStopping {
      work.putBack()
      return
    } catch let error where Self.isCancellation(error) {
      work.finish(.cancelled, error: nil)
    } catch let error as StorageError where error.isRefusal {
      service.logger.error(
        "a round waits for the disk",
        metadata: ["project": "\(project)", "round": "\(pending.number)", "error": "\(error)"])
      work.putBack(error: "\(error)")
      service.storageWatch.roundWaits()
      return
    } catch {
      service.logger.error(
        "a round failed", metadata: ["project": "\(project)", "round": "\(pending.number)", "error": "\(error)"])
      work.finish(.failed, error: "\(error)")
    }
    service.storageWatch.roundWent()
    // Large rounds leave much behind; after small ones the pause would not be worth it.
    if work.report.selection.candidates >= 20_000 || work.report.durationsMs["features", default: 0] > 100 {
      ComputeThread.trimMemory()
    }
    guard service.directory.overview(project) != nil else {
      // It was deleted meanwhile: what this round had written goes too.
      service.features.forget(project)
      service.models.forget(project)
      service.insightLibrary.forget(project)
      return
    }
    service.queueRoundIfDue(in: project)
  }

  private static func isCancellation(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError, LearningError.cancelled, FeatureError.cancelled: true
    default: false
    }
  }
}
