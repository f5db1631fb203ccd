extension ResponseBody {
  /// Gathers a body that is in memory or streamed, for tests and for callers that need all of it.
  ///
  /// - Returns: the bytes; `nil` for a file, which is the server's to open.
  /// - Throws: what the stream throws.
  public func collected() async throws -> [UInt8]? {
    switch self {
    case .empty: return []
    case .bytes(let bytes): return bytes
    case .file: return nil
    case .stream(let produce):
      let gathered = Gathered()
      try await produce(ResponseWriter { await gathered.append($0) })
      return await gathered.bytes
    }
  }
}

private actor Gathered {
  var bytes: [UInt8] = []
  func append(_ more: [UInt8]) { bytes += more }
}
