import CWinnowMicroHTTPD
import HTTPCore
import Logging

/// A streamed answer on its way from its writer to the connection, kept under the exchange's lock.
struct Download {
  enum Phase {
    case open, finished, failed
  }

  private var bytes: [UInt8] = []
  private var offset = 0
  private var writers: [CheckedContinuation<Bool, Never>] = []
  private(set) var phase = Phase.open

  /// Bytes that wait for the connection.
  var count: Int { bytes.count - offset }

  /// Adds bytes behind those that wait.
  mutating func append(_ more: [UInt8]) { bytes += more }

  /// Moves bytes out; returns how many.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let moved = min(count, buffer.count)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + moved)])) }
    offset += moved
    if offset == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      offset = 0
    }
    return moved
  }

  /// Ends the answer; the first ending stays, and writers that wait learn of a failure.
  mutating func end(_ phase: Phase) {
    guard self.phase == .open else { return }
    self.phase = phase
    if phase == .failed { wakeWriters(isOpen: false) }
  }

  /// Holds a writer back.
  mutating func hold(_ writer: CheckedContinuation<Bool, Never>) { writers.append(writer) }

  /// Lets every writer go on.
  mutating func wakeWriters(isOpen: Bool = true) {
    for writer in writers { writer.resume(returning: isOpen) }
    writers = []
  }
}

extension Exchange {
  /// Takes bytes of a streamed answer; waits while more than the configured buffer is on its way.
  func write(_ bytes: [UInt8]) async throws {
    let limit = core.configuration.streamBuffer
    let isFull = try state.withLock { state in
      guard state.download.phase == .open else { throw ClientGone() }
      state.download.append(bytes)
      resume(&state)
      return state.download.count > limit
    }
    guard isFull else { return }
    let isOpen = await withCheckedContinuation { continuation in
      state.withLock { state in
        if state.download.phase != .open || state.download.count <= limit {
          continuation.resume(returning: state.download.phase == .open)
        } else {
          state.download.hold(continuation)
        }
      }
    }
    guard isOpen else { throw ClientGone() }
  }

  /// Fills libmicrohttpd's buffer; where there is nothing yet the connection sleeps, for a bare 0 would make it spin.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    state.withLock { state in
      let moved = state.download.read(into: buffer)
      if moved > 0 {
        state.bytesSent += moved
        if state.download.count <= core.configuration.streamBuffer / 4 { state.download.wakeWriters() }
        return moved
      }
      switch state.download.phase {
      case .finished: return winnow_mhd_end_of_stream
      case .failed: return winnow_mhd_end_with_error
      case .open: return suspend(&state) ? 0 : winnow_mhd_end_with_error
      }
    }
  }

  /// Runs the writer of a streamed answer; at first on the connection's thread.
  func startProducer(_ produce: @escaping @Sendable (ResponseWriter) async throws -> Void) {
    let task = Task.immediate {
      let phase: Download.Phase
      do {
        try await produce(ResponseWriter { try await self.write($0) })
        phase = .finished
      } catch {
        let isExpected = error is ClientGone || error is CancellationError
        core.logger.log(
          level: isExpected ? .debug : .error, "A streamed answer was cut short",
          metadata: ["request": "\(head?.id ?? "")", "error": "\(error)"])
        phase = .failed
      }
      state.withLock { state in
        state.download.end(phase)
        state.producer = nil
        resume(&state)
      }
    }
    let isGone = state.withLock { state in
      if state.download.phase == .open { state.producer = task }
      return state.connection == nil
    }
    if isGone { task.cancel() }
  }
}
