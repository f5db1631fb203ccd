/// An error as clients read it: `application/problem+json` (RFC 9457).
public struct ProblemDocument: Error, Sendable {
  /// What is wrong at one place of the request's body.
  public struct FieldError: Hashable, Sendable {
    /// Where: a JSON pointer (RFC 6901) into the body.
    public var pointer: String
    /// What is wrong there, for people.
    public var detail: String

    /// Makes an entry.
    public init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  /// A URI that names the kind of problem.
  public var type: String
  /// The kind of problem in a few words; the status's reason unless set.
  public var title: String
  /// The status.
  public var status: HTTPStatus
  /// What happened this time and what to do about it.
  public var detail: String?
  /// What is wrong where, for bad input.
  public var errors: [FieldError]
  /// Further members, text only, written in the order of their names.
  public var extensions: [String: String]

  /// Makes a problem.
  public init(
    type: String = "about:blank", title: String? = nil, status: HTTPStatus, detail: String? = nil,
    errors: [FieldError] = [], extensions: [String: String] = [:]
  ) {
    self.type = type
    self.title = title ?? status.reason
    self.status = status
    self.detail = detail
    self.errors = errors
    self.extensions = extensions
  }

  /// The document as UTF-8 JSON.
  public var json: [UInt8] {
    var json = JSONText()
    json.member("type", text: type, first: true)
    json.member("title", text: title)
    json.member("status", number: status.code)
    if let detail { json.member("detail", text: detail) }
    if !errors.isEmpty {
      json.raw(",\"errors\":[")
      for (index, error) in errors.enumerated() {
        json.raw(index == 0 ? "{" : ",{")
        json.member("pointer", text: error.pointer, first: true)
        json.member("detail", text: error.detail)
        json.raw("}")
      }
      json.raw("]")
    }
    for (name, value) in extensions.sorted(by: { $0.key < $1.key }) { json.member(name, text: value) }
    return json.finished()
  }

  /// The answer that carries the document.
  public func response() -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "application/problem+json", "Cache-Control": "no-store"],
      body: .bytes(json))
  }
}
