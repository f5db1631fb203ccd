import Foundation
import Synchronization

/// Carries what a thread writes to a task that reads, a few pieces ahead of it at most.
///
/// Reading a snapshot of the database blocks, so it has a thread of its own; a slow client slows that thread down and
/// nothing else.
final class ExportPipe: Sendable {
  /// What was written, in order.
  let pieces: AsyncThrowingStream<[UInt8], any Error>
  /// Begins at 0 and is signalled up: Dispatch ends the process where a semaphore goes away below its first value, as it
  /// would when a client leaves.
  private let room = DispatchSemaphore(value: 0)
  private static let ahead = 4
  private let cancelled: Atomic<Bool>

  /// Starts a thread that runs `produce`; the function it gets waits while the reader is behind.
  init(_ produce: @escaping @Sendable (_ write: ([UInt8]) throws -> Void) throws -> Void) {
    let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    pieces = stream
    cancelled = Atomic(false)
    for _ in 0..<Self.ahead { room.signal() }
    let thread = Thread { [self] in
      do {
        try produce { piece in
          room.wait()
          if cancelled.load(ordering: .acquiring) { throw CancellationError() }
          continuation.yield(piece)
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    thread.name = "winnow-export"
    thread.start()
  }

  /// Says that a piece was taken, which makes room for another.
  func taken() { room.signal() }

  /// Ends the thread at its next piece.
  func cancel() {
    cancelled.store(true, ordering: .releasing)
    room.signal()
  }
}
