import CWinnowMicroHTTPD
import Glibc
import HTTPCore
import Logging

// What libmicrohttpd calls, on its own threads. Functions at file scope: a closure could inherit an actor and abort.
//
// `context` is the `ServerCore`, which the `Daemon` keeps alive until libmicrohttpd has stopped. A request's slot holds its
// `Exchange`, retained by `requestLine` and released by `requestCompleted`, which libmicrohttpd calls once for each. A
// connection's slot holds its `ConnectionWatch`, retained and released by `connectionChanged`.

/// A client connects: whether it may.
func admit(_ context: UnsafeMutableRawPointer?, _ address: UnsafePointer<sockaddr>?, _ size: socklen_t) -> MHD_Result {
  guard let context else { return .NO }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  return core.connections.admits(IPAddress(address)) ? .YES : .NO
}

/// A connection was opened, or is about to be closed.
func connectionChanged(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
  guard let context, let connection, let slot else { return }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  if code == .CONNECTION_NOTIFY_STARTED {
    let watch = core.connections.open(
      socket: winnow_mhd_socket(connection), address: IPAddress(winnow_mhd_peer(connection)))
    slot.pointee = Unmanaged.passRetained(watch).toOpaque()
  } else if let held = slot.pointee {
    slot.pointee = nil
    core.connections.close(Unmanaged<ConnectionWatch>.fromOpaque(held).takeRetainedValue())
  }
}

/// A request line has arrived: makes the exchange, before libmicrohttpd takes the target apart.
func requestLine(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let context, let target, let connection else { return nil }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  let watch = winnow_mhd_connection_context(connection).map {
    Unmanaged<ConnectionWatch>.fromOpaque($0).takeUnretainedValue()
  }
  let exchange = Exchange(core: core, target: String(cString: target), watch: watch)
  watch?.begin(exchange)
  return Unmanaged.passRetained(exchange).toOpaque()
}

/// The headers are there; or bytes of the body; or its end; or the connection was resumed.
func access(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ bytes: UnsafePointer<CChar>?,
  _ count: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let connection, let method, let version, let count, let held = slot?.pointee else { return .NO }
  let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
  if exchange.head == nil {
    return exchange.receiveHead(
      connection, method: String(cString: method), isHTTP10: String(cString: version) != "HTTP/1.1")
  }
  guard count.pointee > 0 else { return exchange.receiveEnd(connection) }
  defer { count.pointee = 0 }  // all of it is taken, always: what is left over would be handed in again for ever
  return exchange.receiveBody(UnsafeRawBufferPointer(start: bytes, count: count.pointee))
}

/// The request has ended, however it did; the connection is gone after this.
func requestCompleted(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
  guard let held = slot?.pointee else { return }
  slot?.pointee = nil
  Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue().end()
}

extension IPAddress {
  /// The address of a socket's other end; `nil` where it is none of the internet's.
  init?(_ address: UnsafePointer<sockaddr>?) {
    var bytes: (UInt64, UInt64) = (0, 0)
    let isKnown = withUnsafeMutableBytes(of: &bytes) {
      winnow_address_bytes(address, $0.baseAddress?.assumingMemoryBound(to: UInt8.self)) != 0
    }
    guard isKnown else { return nil }
    self.init(high: UInt64(bigEndian: bytes.0), low: UInt64(bigEndian: bytes.1))
  }
}

/// A header field of the request; `context` is the array that gathers them, copied.
func collectField(
  _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameCount: Int,
  _ value: UnsafePointer<CChar>?, _ valueCount: Int
) -> MHD_Result {
  let fields = context?.assumingMemoryBound(to: [HTTPHeaders.Field].self)
  let field = HTTPHeaders.Field(
    name: String(decoding: UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameCount), as: UTF8.self),
    value: String(decoding: UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueCount), as: UTF8.self))
  fields?.pointee.append(field)
  return .YES
}

/// Wants bytes of a streamed answer; `context` is its exchange, retained by the message.
func readStream(
  _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int
) -> Int {
  guard let context, let buffer else { return winnow_mhd_end_with_error }
  let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  return exchange.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
}

/// The message of a streamed answer is gone: releases what `makeMessage` retained.
func releaseStream(_ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<Exchange>.fromOpaque(context).release()
}

/// libmicrohttpd has something to say, mostly of clients that went away.
func logLine(_ context: UnsafeMutableRawPointer?, _ line: UnsafePointer<CChar>?) {
  guard let context, let line else { return }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  core.logger.debug("libmicrohttpd", metadata: ["says": "\(String(cString: line))"])
}
