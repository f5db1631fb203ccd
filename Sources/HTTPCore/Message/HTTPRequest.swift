/// A request as its handler sees it.
public struct HTTPRequest: Sendable {
  /// What came before the body.
  public var head: RequestHead
  /// The body: collected, streamed or empty, as the route asked.
  public var body: RequestBody

  /// Makes a request.
  public init(head: RequestHead, body: RequestBody = .empty) {
    self.head = head
    self.body = body
  }

  /// The method.
  public var method: HTTPMethod { head.method }
  /// The path, percent-encoded, as sent.
  public var rawPath: String { head.rawPath }
  /// The decoded segments of the path.
  public var path: [String] { head.path }
  /// The decoded query.
  public var query: QueryParameters { head.query }
  /// The header fields.
  public var headers: HTTPHeaders { head.headers }
  /// The cookies.
  public var cookies: [String: String] { head.cookies }
  /// The request's identifier.
  public var id: String { head.id }
  /// The client's address.
  public var remoteAddress: String { head.remoteAddress }
}
