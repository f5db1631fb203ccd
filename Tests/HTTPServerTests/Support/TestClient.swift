import Foundation
import Glibc

/// A blocking HTTP client that sends exactly the bytes it is told to.
final class TestClient {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Response {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
  }

  /// Seconds after which a silent server has failed a test: other tests may keep all processors busy for long.
  private static let patience = 120

  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// - Parameter source: the last number of the address 127.0.0.x that the client has.
  init(port: UInt16, receiveBuffer: Int32? = nil, source: UInt32 = 1) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if source != 1 {
      var own = sockaddr_in()
      own.sin_family = sa_family_t(AF_INET)
      own.sin_addr.s_addr = (0x7F00_0000 + source).bigEndian
      withUnsafePointer(to: &own) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    set(SO_RCVTIMEO, timeval(tv_sec: Self.patience, tv_usec: 0))
    set(SO_SNDTIMEO, timeval(tv_sec: Self.patience, tv_usec: 0))
    if let receiveBuffer { set(SO_RCVBUF, receiveBuffer) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      let code = errno
      close()
      throw Failure(description: "connect: \(String(cString: strerror(code)))")
    }
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Closes with a reset instead of a farewell.
  func reset() {
    set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    close()
  }

  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  private func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) {
    var value = value
    setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size))
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    guard sendSome(bytes[...]) == bytes.count else {
      throw Failure(description: "send: \(String(cString: strerror(errno)))")
    }
  }

  /// Sends a text again and again, a moment apart, until the peer has ended the connection.
  ///
  /// - Returns: what the peer sent meanwhile.
  func drip(_ text: String, pause: UInt32 = 20) throws -> [UInt8] {
    while sendSome(Array(text.utf8)[...]) > 0 {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, Int32(pause)) > 0, try !fill() { break }
    }
    defer { buffer = [] }
    return buffer
  }

  /// Sends until the peer stops taking; `patience` is how long it may take nothing.
  func sendUntilHeldBack(_ bytes: [UInt8], patience: Int) -> Int {
    set(SO_SNDBUF, Int32(64 << 10))
    set(SO_SNDTIMEO, timeval(tv_sec: 0, tv_usec: patience * 1000))
    defer { set(SO_SNDTIMEO, timeval(tv_sec: Self.patience, tv_usec: 0)) }
    return sendSome(bytes[...])
  }

  private func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.dropFirst(sent).withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, min($0.count, 64 << 10), Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      sent += count
    }
    return sent
  }

  /// Reads more bytes; `false` at the end, which a reset is too.
  func fill() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count < 0 && errno == ECONNRESET { return false }
    guard count >= 0 else { throw Failure(description: "recv: \(String(cString: strerror(errno)))") }
    buffer += chunk[..<count]
    return count > 0
  }

  /// Everything until the connection ends.
  func readToEnd() throws -> [UInt8] {
    while try fill() {}
    defer { buffer = [] }
    return buffer
  }

  func readLine() throws -> String {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeSubrange(...end)
        return line.hasSuffix("\r") ? String(line.dropLast()) : line
      }
      guard try fill() else { throw Failure(description: "the connection ended in a line: \(buffer.count) bytes") }
    }
  }

  func read(_ count: Int) throws -> [UInt8] {
    while buffer.count < count {
      guard try fill() else {
        throw Failure(description: "the connection ended after \(buffer.count) of \(count) bytes")
      }
    }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  func readHead() throws -> Response {
    let parts = try readLine().split(separator: " ", maxSplits: 2)
    guard parts.count >= 2, let status = Int(parts[1]) else { throw Failure(description: "no status line: \(parts)") }
    var response = Response(status: status, headers: [], body: [])
    while case let line = try readLine(), !line.isEmpty {
      let pair = line.split(separator: ":", maxSplits: 1)
      response.headers.append((String(pair[0]), pair[1].trimmingCharacters(in: .whitespaces)))
    }
    return response
  }

  /// Reads an answer, framed by its length or by chunks.
  func readResponse(toHead: Bool = false) throws -> Response {
    var response = try readHead()
    if toHead || response.status == 304 || response.status == 204 || response.status == 100 { return response }
    if response["Transfer-Encoding"] == "chunked" {
      while case let chunk = try readChunk(), !chunk.isEmpty { response.body += chunk }
    } else if let count = response["Content-Length"].flatMap({ Int($0) }) {
      response.body = try read(count)
    } else {
      response.body = try readToEnd()
    }
    return response
  }

  /// Reads one chunk; an empty one is the last.
  func readChunk() throws -> [UInt8] {
    let line = try readLine()
    guard let count = Int(line, radix: 16) else { throw Failure(description: "no chunk size: \(line)") }
    let chunk = try read(count)
    _ = try readLine()
    return chunk
  }

  /// Sends a request without a body and reads the answer.
  func get(_ target: String, method: String = "GET", headers: String = "") throws -> Response {
    try send("\(method) \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    return try readResponse(toHead: method == "HEAD")
  }

  /// Sends a request with a body and reads the answer.
  func post(_ target: String, _ body: String, headers: String = "") throws -> Response {
    try send("POST \(target) HTTP/1.1\r\nHost: test\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    return try readResponse()
  }
}

/// Runs blocking work on a thread of its own: the few threads of the concurrency pool belong to the handlers under test.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Swift.Result { try work() }) }.start()
  }
}
