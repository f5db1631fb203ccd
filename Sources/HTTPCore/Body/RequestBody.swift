/// A request's body: collected bytes, or a stream that arrives while the handler runs.
public struct RequestBody: Sendable {
  private enum Storage: Sendable {
    case bytes([UInt8])
    case stream(any BodySource)
  }

  private let storage: Storage

  /// A body of no bytes.
  public static let empty = RequestBody(bytes: [])

  /// Wraps collected bytes.
  public init(bytes: [UInt8]) { storage = .bytes(bytes) }

  /// Wraps a body that is still arriving.
  public init(source: any BodySource) { storage = .stream(source) }

  /// The collected bytes; empty for a stream.
  public var bytes: [UInt8] {
    if case .bytes(let bytes) = storage { bytes } else { [] }
  }

  /// The body chunk by chunk: a stream as it arrives (once), collected bytes as one chunk.
  public var chunks: BodyStream {
    switch storage {
    case .bytes(let bytes): BodyStream(bytes: bytes)
    case .stream(let source): BodyStream(source: source)
    }
  }
}

/// Where the chunks of a streamed body come from.
public protocol BodySource: Sendable {
  /// Waits for the next bytes, one reader at a time.
  ///
  /// - Returns: some bytes, or `nil` once the whole body was read.
  /// - Throws: ``BodyError``, and again at each further call.
  func next() async throws(BodyError) -> [UInt8]?
}

/// Why a body ended early.
public enum BodyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The client went away, or its connection broke, before the end.
  case truncated
  /// The body is longer than the route takes.
  case tooLarge(limit: Int)
  /// The body did not arrive before the request's deadline, or the server stops.
  case deadline

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .truncated: "The body ended before its end was sent; send the request again."
    case .tooLarge(let limit): "The body is longer than the \(limit) bytes that this resource takes; send it in parts."
    case .deadline: "The body did not arrive in time; send it in smaller parts."
    }
  }
}
