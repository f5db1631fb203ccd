/// The chunks of a body as they arrive; the client is held back while the reader lags.
public struct BodyStream: AsyncSequence, Sendable {
  /// A chunk, never empty.
  public typealias Element = [UInt8]
  /// What ends a stream early.
  public typealias Failure = BodyError

  private let bytes: [UInt8]
  private let source: (any BodySource)?

  init(bytes: [UInt8]) {
    self.bytes = bytes
    source = nil
  }

  init(source: any BodySource) {
    bytes = []
    self.source = source
  }

  /// Starts reading.
  public func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes.isEmpty ? nil : bytes, source: source) }

  /// Reads one body, once.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate var bytes: [UInt8]?
    fileprivate let source: (any BodySource)?

    /// Waits for the next chunk; throws ``BodyError`` where the body ends early.
    public mutating func next() async throws(BodyError) -> [UInt8]? {
      guard let source else {
        defer { bytes = nil }
        return bytes
      }
      return try await source.next()
    }

    /// Waits for the next chunk; throws ``BodyError`` where the body ends early.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(BodyError) -> [UInt8]? {
      guard let source else {
        defer { bytes = nil }
        return bytes
      }
      return try await source.next()
    }
  }
}
