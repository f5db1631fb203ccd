import Dispatch
import Domain
public import HTTPCore
import HTTPServer
public import Labeling
public import Logging

/// The server's application: the REST contract below `/api/v1`, and the browser's pages beside it.
public final class API: HTTPApplication {
  let service: LabelingService
  let authenticator: Authenticator
  let router: Router<Endpoint>
  let pages: CompressedPages?
  let vendor = VendorFiles()
  let logger: Logger
  let replay = IdempotentReplay()
  let exports = Turnstile(capacity: 4)
  /// What is counted of requests.
  public let metrics: Metrics
  /// Whether the server should be sent requests.
  public let readiness: Readiness
  private let access: AccessLog
  let backups = Turnstile(capacity: 1)
  let limits: APILimits
  private let rateLimiter: RateLimiter
  /// What `GET /openapi.json` answers; the same bytes each time.
  let description: [UInt8]
  /// Its tag, made once: anybody may ask, and hashing costs more than answering.
  let descriptionTag: String

  /// Puts the application together.
  ///
  /// - Parameters:
  ///   - service: the product.
  ///   - publicFolder: the folder of the browser's pages; without it there are none.
  ///   - secureCookies: whether cookies are for TLS only, even where a client's leg is not encrypted.
  ///   - limits: what it grants.
  public init(
    service: LabelingService, publicFolder: String?, secureCookies: Bool, limits: APILimits = APILimits(),
    logger: Logger
  ) {
    self.service = service
    self.logger = logger
    self.limits = limits
    rateLimiter = RateLimiter(limits.rates)
    authenticator = Authenticator(service: service, secureCookies: secureCookies)
    pages = publicFolder.map(CompressedPages.init(root:))
    let endpoints = Endpoint.all.enumerated().map { number, endpoint in
      var endpoint = endpoint
      endpoint.number = number
      return endpoint
    }
    metrics = Metrics(endpoints: endpoints, startedAt: Double(Timestamp.now.milliseconds) / 1000)
    readiness = Readiness(probes: [{ service.health() }])
    access = AccessLog(logger: logger, metrics: metrics)
    router = Router(
      routes: endpoints.flatMap { endpoint in
        endpoint.paths.map { Route(method: endpoint.method, pattern: $0, handler: endpoint) }
      })
    description = OpenAPIDocument(endpoints: endpoints).json.serialized()
    descriptionTag = EntityTag.of(description)
  }

  /// Routes, authenticates and sets limits before any body arrives.
  public func accept(_ head: RequestHead) -> Acceptance {
    metrics.began(head)
    let resolution = router.resolve(head.method, head.path)
    if case .matched(let endpoint, let parameters) = resolution { return accept(head, endpoint, parameters) }
    return .respond(rateLimiter.refusal(head, caller: nil).map { finished($0, head) } ?? unrouted(head, resolution))
  }

  /// A page, or the answer that there is nothing.
  private func unrouted(_ head: RequestHead, _ resolution: Resolution<Endpoint>) -> HTTPResponse {
    switch resolution {
    case .methodNotAllowed(let allow):
      return finished(.methodNotAllowed(head.method, allow: allow, request: head.id), head)
    case .notFound, .matched:
      if head.path.first != "api",
        var page = vendor.response(for: head) ?? pages?.response(for: head, path: head.path)
      {
        head.record.route = metrics.page
        if !SecurityHeaders.isPart(page) { page.headers["Content-Security-Policy"] = SecurityHeaders.page }
        return finished(page, head)
      }
      return finished(
        ProblemDocument(
          status: .notFound, detail: "There is nothing at \(head.rawPath). See /openapi.json.",
          extensions: ["request_id": head.id]
        ).response(),
        head)
    }
  }

  private func accept(_ head: RequestHead, _ endpoint: Endpoint, _ parameters: PathParameters) -> Acceptance {
    head.record.route = endpoint.number
    var caller: Caller?
    do {
      caller = try authenticator.caller(of: head, access: endpoint.access)
      head.record.user = caller?.principal.user.id.rawValue
      if let refusal = rateLimiter.refusal(head, caller: caller) { return .respond(finished(refusal, head)) }
      let call = Call(head: head, parameters: parameters, caller: caller, api: self)
      if let principal = caller?.principal, case .project = endpoint.access {
        _ = try service.project(try call.projectID(), visibleTo: principal)
      }
      try endpoint.check(head.query)
      return .handle(body: endpoint.body, deadline: endpoint.deadline) { [self] request in
        var call = call
        call.body = request.body
        head.record.handler(begins: DispatchTime.now().uptimeNanoseconds)
        defer { head.record.handler(ends: DispatchTime.now().uptimeNanoseconds) }
        return await RequestScope.$id.withValue(head.id) { [call] in await answer(call, endpoint) }
      }
    } catch {
      // Whoever tries out credentials is a stranger until some of them fit.
      if caller == nil, let refusal = rateLimiter.refusal(head, caller: nil) {
        return .respond(finished(refusal, head))
      }
      return .respond(finished(problem(for: error, head), head))
    }
  }

  private func answer(_ call: Call, _ endpoint: Endpoint) async -> HTTPResponse {
    do {
      guard endpoint.keepsAnswers else { return finished(try await endpoint.run(call), call.head) }
      return finished(try await replay.run(call, body: call.body.bytes, endpoint.run), call.head)
    } catch {
      return finished(problem(for: error, call.head), call.head)
    }
  }

  private func problem(for error: any Error, _ head: RequestHead) -> HTTPResponse {
    var document = ProblemDocument(error)
    document.extensions["request_id"] = head.id
    if document.status.code >= 500 {
      logger.error(
        "a request failed",
        metadata: [
          "request": "\(head.id)", "path": "\(AccessLog.shown(head.rawPath))", "error": "\(error)",
        ])
    }
    var response = document.response()
    if document.status == .unauthorized { response.headers["WWW-Authenticate"] = "Bearer" }
    if document.status == .tooManyRequests { response.headers["Retry-After"] = "10" }
    if document.status == .insufficientStorage { response.headers["Retry-After"] = "5" }
    if case LabelingError.tooMany(_, let seconds) = error { response.headers["Retry-After"] = "\(seconds)" }
    if document.status == .serviceUnavailable { response.headers["Retry-After"] = "2" }
    return response
  }

  private func finished(_ response: HTTPResponse, _ head: RequestHead) -> HTTPResponse {
    var response = response
    response.headers["X-Request-Id"] = head.id
    SecurityHeaders.complete(&response, isSecure: head.isSecure)
    return response
  }

  /// Counts the request, and writes the access log: what went well at `debug`, what did not at `info`.
  public func completed(_ head: RequestHead, status: HTTPStatus, bytesSent: Int, duration: Duration) {
    metrics.ended(head, status: status, bytesSent: bytesSent, duration: duration)
    access.note(head, status: status, bytesSent: bytesSent, duration: duration)
  }
}
