/// What a request's head may hold; beyond it the client gets a problem document and the connection ends.
///
/// A head that does not even fit ``ServerConfiguration/memoryPerConnection`` never gets this far: libmicrohttpd refuses
/// it with a page of its own.
public struct HeadLimits: Sendable, Hashable {
  /// Bytes of the request target: past it 414.
  public var targetBytes: Int
  /// Header fields: past it 431.
  public var fields: Int
  /// Bytes of all header fields, names and values: past it 431.
  public var fieldBytes: Int

  /// Makes limits; the defaults are those of common proxies.
  public init(targetBytes: Int = 8 << 10, fields: Int = 100, fieldBytes: Int = 16 << 10) {
    self.targetBytes = targetBytes
    self.fields = fields
    self.fieldBytes = fieldBytes
  }
}
