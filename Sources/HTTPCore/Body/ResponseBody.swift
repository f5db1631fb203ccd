/// An answer's body.
public enum ResponseBody: Sendable {
  /// No bytes.
  case empty
  /// Bytes in memory, copied once to the connection.
  case bytes([UInt8])
  /// A file, sent by the kernel; `size` bytes from its start.
  case file(path: String, size: Int)
  /// Bytes written while they are sent. Throwing, or the task's cancellation, cuts the connection, so that a client never
  /// takes half an answer for a whole one.
  case stream(@Sendable (ResponseWriter) async throws -> Void)
}

/// Takes the bytes of a streamed answer, and holds the writer back while the client lags.
public final class ResponseWriter: Sendable {
  private let sink: @Sendable ([UInt8]) async throws -> Void

  /// Wraps where the bytes go.
  public init(_ sink: @escaping @Sendable ([UInt8]) async throws -> Void) { self.sink = sink }

  /// Hands bytes over; waits while the connection's buffer is full.
  ///
  /// - Throws: ``ClientGone`` once nobody reads any more.
  public func write(_ bytes: [UInt8]) async throws { try await sink(bytes) }

  /// Hands UTF-8 text over; waits while the connection's buffer is full.
  ///
  /// - Throws: ``ClientGone`` once nobody reads any more.
  public func write(_ text: String) async throws { try await sink(Array(text.utf8)) }
}

/// The client closed the connection while an answer was being written, or the server stops.
public struct ClientGone: Error, Hashable, Sendable, CustomStringConvertible {
  /// Makes the error.
  public init() {}

  /// What happened.
  public var description: String { "The client closed the connection before the whole answer was written." }
}
