/// An answer: status, header fields and body.
///
/// The server adds `Content-Length` or the chunked framing, `Date`, `Connection` and `X-Request-Id`.
public struct HTTPResponse: Sendable {
  /// The status.
  public var status: HTTPStatus
  /// The header fields.
  public var headers: HTTPHeaders
  /// The body.
  public var body: ResponseBody
  /// Whether the fields are all that it wants: those that the server is told to add to every answer are left out.
  public var hasAllFields = false

  /// Makes an answer.
  public init(status: HTTPStatus, headers: HTTPHeaders = [:], body: ResponseBody = .empty) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Makes an answer of text.
  public init(status: HTTPStatus = .ok, text: String, contentType: String = "text/plain; charset=utf-8") {
    self.init(status: status, headers: ["Content-Type": contentType], body: .bytes(Array(text.utf8)))
  }

  /// Makes the answer to a method that a resource does not have: 405 with `Allow`, or 204 to `OPTIONS`.
  ///
  /// - Parameter request: the request's identifier, for the problem document.
  public static func methodNotAllowed(
    _ method: HTTPMethod, allow: [HTTPMethod], request: String? = nil
  ) -> HTTPResponse {
    let names = allow.map(\.rawValue).joined(separator: ", ")
    var response =
      method == .options
      ? HTTPResponse(status: .noContent)
      : ProblemDocument(
        status: .methodNotAllowed, detail: "This resource has no \(method.rawValue); it has \(names).",
        extensions: request.map { ["request_id": $0] } ?? [:]
      ).response()
    response.headers["Allow"] = names
    return response
  }
}
