import Domain
import HTTPCore
import Labeling

/// One operation of the contract: where it is, who may call it, what it takes, and what it does.
struct Endpoint: Sendable {
  /// Who may call an operation.
  enum Access: Sendable {
    /// Anybody.
    case open
    /// Whoever has at least this role.
    case role(Role)
    /// Whoever may see the project in the path and has at least this role.
    case project(Role)
  }

  let method: HTTPMethod
  /// Below `/api/v1`, unless `isRoot`.
  let path: String
  let summary: String
  let tag: String
  let access: Access
  /// What the audit log says of it; every operation that may change something decides.
  var audit: Audit?
  var body: BodyPolicy = .none
  var deadline: Duration = .seconds(30)
  /// Whether it stands beside `/api/v1` too, as probes and tools expect.
  var isRoot = false
  /// Whether an answer may be kept for a request that is sent again under its `Idempotency-Key`.
  var mayKeepAnswer = true
  var query: [Parameter] = []
  var requestSchema: JSONValue?
  /// Media types that the body may have.
  var consumes: [String] = ["application/json"]
  var status: HTTPStatus = .ok
  var responseSchema: JSONValue?
  var produces: String = "application/json"
  /// Answers of other statuses or media types that are no errors.
  var moreAnswers: [Answer] = []
  /// Whether a request without a body means something: all defaults.
  var mayOmitBody = false
  /// Header fields that an answer without an error carries beside `X-Request-Id`.
  var carries: [Schema.HeaderField] = []
  /// Header fields that the operation heeds.
  var heeds: [Parameter] = []
  /// Errors that do not follow from how the operation is called.
  var problems: [HTTPStatus] = []
  /// Operations that go on with what this one answers.
  var links: [Link] = []
  /// Its place in the table, by which it is counted.
  var number = 0
  let handler: @Sendable (Call) async throws -> HTTPResponse

  /// A parameter of the query.
  struct Parameter: Sendable {
    let name: String
    let schema: JSONValue
    let summary: String
  }

  /// Where an identifier in an answer leads to.
  struct Link: Sendable {
    let method: HTTPMethod
    /// The path of the operation, as in its endpoint.
    let path: String
    /// Parameters of that path by name, each a runtime expression of OpenAPI.
    let parameters: [String: String]
  }

  /// What else may be answered.
  struct Answer: Sendable {
    let status: HTTPStatus
    /// `nil` for an answer without a body.
    let mediaType: String?
    let schema: JSONValue?

    /// A JSON document.
    init(status: HTTPStatus, schema: JSONValue) {
      (self.status, mediaType, self.schema) = (status, "application/json", schema)
    }

    /// Something else, or nothing.
    init(status: HTTPStatus, mediaType: String? = nil) {
      (self.status, self.mediaType, schema) = (status, mediaType, nil)
    }

    /// A document of a media type of its own.
    init(status: HTTPStatus, mediaType: String, schema: JSONValue) {
      (self.status, self.mediaType, self.schema) = (status, mediaType, schema)
    }
  }

  static let base = "/api/v1"
  /// Bytes of a JSON body that are read into memory.
  static let json: BodyPolicy = .collected(limit: 32 << 20)
  static let small: BodyPolicy = .collected(limit: 1 << 20)
  /// Bytes of a streamed import.
  static let streamed: BodyPolicy = .streamed(limit: 1 << 30)

  /// Whether `Idempotency-Key` is answered from what was kept; streamed bodies are never held to be compared.
  var keepsAnswers: Bool {
    if case .streamed = body { return false }
    return mayKeepAnswer && method != .get
  }

  var paths: [String] { isRoot ? [path, Self.base + path] : [Self.base + path] }

  /// Every operation of the contract.
  static var all: [Endpoint] {
    operations + sessions + users + tokens + auditLog + projects + members + items + serving + annotations + consensus
      + rounds + insights
      + excluded
      + streams + exports + backups + cockpit + explore
  }
}

/// A request on its way through a handler.
struct Call: Sendable {
  let head: RequestHead
  let parameters: PathParameters
  let caller: Caller?
  let api: API
  var body: RequestBody = .empty

  var service: LabelingService { api.service }

  /// Who calls; a handler that asks for it has access that needs it.
  var principal: Principal {
    get throws {
      guard let caller else { throw ProblemDocument(status: .unauthorized, detail: "Send a bearer token.") }
      return caller.principal
    }
  }

  func projectID() throws -> ProjectID { try id("project") }

  /// An identifier of the path.
  func id<Kind>(_ name: String) throws -> Identifier<Kind> {
    guard let text = parameters[name], let id = Identifier<Kind>(text) else {
      throw LabelingError.notFound("\(name) \(parameters[name] ?? "")")
    }
    return id
  }

  /// A whole number of the path.
  func number(_ name: String) throws -> Int {
    guard let text = parameters[name], let number = Int(text), number > 0, String(number) == text else {
      throw LabelingError.notFound("\(name) \(parameters[name] ?? "")")
    }
    return number
  }

  /// The page that is asked for: `limit` from 1 to 1000, and the cursor.
  func page() throws -> (limit: Int, cursor: Int64?) {
    var limit = 100
    if let text = head.query["limit"] {
      guard let number = Int(text), (1...1000).contains(number) else {
        throw LabelingError.invalid("/limit", "A limit is a whole number from 1 to 1000.")
      }
      limit = number
    }
    guard let text = head.query["cursor"] else { return (limit, nil) }
    guard let cursor = Int64(text), cursor > 0 else {
      throw LabelingError.invalid("/cursor", "That is not a cursor of this server: use next_cursor as it came.")
    }
    return (limit, cursor)
  }

  /// A parameter of the query that is one of the words of a type; `nil` where it is missing.
  func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Value? {
    guard let text = head.query[name] else { return nil }
    guard let value = Value(rawValue: text) else {
      throw LabelingError.invalid(
        "/\(name)",
        "“\(text)” is not offered. Offered: \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return value
  }

  /// A parameter of the query that is true or false; `nil` where it is missing.
  func flag(_ name: String) throws -> Bool? {
    guard let text = head.query[name] else { return nil }
    guard let value = Bool(text) else { throw LabelingError.invalid("/\(name)", "It is true or false.") }
    return value
  }

  /// The body as JSON.
  ///
  /// - Parameter members: the members that it may have; `nil` where the type sees to that itself.
  func json<Body: Decodable>(_ type: Body.Type, members: [String]? = nil) throws -> Body {
    try JSONBody.decode(type, from: body.bytes, members: members, contentType: head.headers["Content-Type"])
  }

  /// The body as JSON, or the default where there is none.
  func json<Body: Decodable>(_ type: Body.Type, members: [String]? = nil, orEmpty empty: Body) throws -> Body {
    body.bytes.isEmpty ? empty : try json(type, members: members)
  }
}
