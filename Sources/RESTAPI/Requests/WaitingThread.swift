import Foundation
import Synchronization

/// Runs what waits for a disk for a while on a thread of its own, so that neither requests nor pushes wait behind it.
enum WaitingThread {
  /// Runs work to its end; once the task is cancelled, `isCancelled` says so.
  static func run<Value: Sendable>(
    named name: String, _ work: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws -> Value
  ) async throws -> Value {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
          continuation.resume(with: Result { try work { cancellation.flag.load(ordering: .acquiring) } })
        }
        thread.name = name
        thread.start()
      }
    } onCancel: {
      cancellation.flag.store(true, ordering: .releasing)
    }
  }

  private final class Cancellation: Sendable {
    let flag = Atomic<Bool>(false)
  }
}
