/// What a server serves: decides on headers, handles requests, and hears of each request's end.
///
/// Methods are called on the server's own threads, many at a time.
public protocol HTTPApplication: Sendable {
  /// Decides on a request once its headers are there, before any body: routing, authentication, limits.
  func accept(_ head: RequestHead) -> Acceptance

  /// Hears, once, that a request has ended; for the access log.
  ///
  /// - Parameters:
  ///   - status: what was answered, or ``HTTPStatus/clientClosedRequest`` where nothing was.
  ///   - bytesSent: bytes of body handed to the connection.
  ///   - duration: from the headers' arrival to the end of the answer.
  func completed(_ head: RequestHead, status: HTTPStatus, bytesSent: Int, duration: Duration)
}

/// What an application wants done with a request.
public enum Acceptance: Sendable {
  /// Answer with this; the body is dropped within the server's drain cap, and not even sent by a client that waits for
  /// `100 Continue`.
  case respond(HTTPResponse)
  /// Receive the body and run the handler.
  ///
  /// `deadline` bounds the time from the headers to the handler's return, body included; it does not bound a streamed
  /// answer. `.zero` means none. Past it the handler's task is cancelled and the client gets 408 where its body had not
  /// arrived, otherwise 503.
  case handle(body: BodyPolicy, deadline: Duration, handler: @Sendable (HTTPRequest) async -> HTTPResponse)
}
