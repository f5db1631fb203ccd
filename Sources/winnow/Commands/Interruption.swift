import Dispatch
import Foundation
import Simulation
import Synchronization

/// Notes an interrupt from the keyboard (or SIGTERM) so that long work can stop in good order; a second one ends at once.
///
/// Sendable although Dispatch does not say so of its sources: they are made here, never changed, and kept only to live.
final class Interruption: @unchecked Sendable {
  private final class Flag: Sendable {
    let isRaised = Atomic<Bool>(false)
  }

  private let flag = Flag()
  private let sources: [any DispatchSourceSignal]

  init() {
    sources = [SIGINT, SIGTERM].map { [flag] number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in
        if flag.isRaised.exchange(true, ordering: .relaxed) { Foundation.exit(1) }
      }
      source.resume()
      return source
    }
  }

  /// Whether somebody asked to stop.
  var isRequested: Bool { flag.isRaised.load(ordering: .relaxed) }
}

/// A bar on standard error, on a terminal only, with the time that is left.
final class ProgressMeter: Sendable {
  private let started = ContinuousClock().now
  private let first = Mutex<Double?>(nil)

  /// Shows how far the work has come.
  func show(_ progress: SimulationProgress) {
    guard Terminal.isInteractive else { return }
    let begun = first.withLock { first in
      first = first ?? progress.share
      return first ?? 0
    }
    let filled = Int(30 * progress.share)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    let gained = progress.share - begun
    let seconds = (ContinuousClock().now - started) / .seconds(1)
    let left = gained > 0.01 ? ", about \(Int(seconds / gained * (1 - progress.share))) s left" : ""
    Terminal.progress(
      "\(bar) \(Int(100 * progress.share)) %, \(progress.done) of \(progress.runs) runs\(left)")
  }

  /// Takes the bar away.
  func end() { Terminal.endProgress() }
}
