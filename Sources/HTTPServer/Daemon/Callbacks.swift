import CWinnowMicroHTTPD
import HTTPCore
import Logging

// What libmicrohttpd calls, on its own threads. Functions at file scope: a closure could inherit an actor and abort.
//
// `context` is the `ServerCore`, which the `Daemon` keeps alive until libmicrohttpd has stopped. A request's slot holds its
// `Exchange`, retained by `requestLine` and released by `requestCompleted`, which libmicrohttpd calls once for each.

/// A request line has arrived: makes the exchange, before libmicrohttpd takes the target apart.
func requestLine(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let context, let target else { return nil }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  return Unmanaged.passRetained(Exchange(core: core, target: String(cString: target))).toOpaque()
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
