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
  let logger: Logger
  let replay = IdempotentReplay()
  let exports = Turnstile(capacity: 4)
  let limits: APILimits
  private let rateLimiter: RateLimiter
  /// What `GET /openapi.json` answers; the same bytes each time.
  let description: [UInt8]

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
    let endpoints = Endpoint.all
    router = Router(
      routes: endpoints.flatMap { endpoint in
        endpoint.paths.map { Route(method: endpoint.method, pattern: $0, handler: endpoint) }
      })
    description = OpenAPIDocument(endpoints: endpoints).json.serialized()
  }

  /// Routes, authenticates and sets limits before any body arrives.
  public func accept(_ head: RequestHead) -> Acceptance {
    let resolution = router.resolve(head.method, head.path)
    if case .matched = resolution {
    } else if let refusal = rateLimiter.refusal(head, caller: nil) {
      return .respond(finished(refusal, head))
    }
    switch resolution {
    case .matched(let endpoint, let parameters): return accept(head, endpoint, parameters)
    case .methodNotAllowed(let allow): return .respond(finished(.methodNotAllowed(head.method, allow: allow), head))
    case .notFound:
      if head.path.first != "api", var page = pages?.response(for: head, path: head.path) {
        page.headers["Content-Security-Policy"] = SecurityHeaders.page
        return .respond(finished(page, head))
      }
      return .respond(
        finished(
          ProblemDocument(status: .notFound, detail: "There is nothing at \(head.rawPath). See /openapi.json.")
            .response(),
          head))
    }
  }

  private func accept(_ head: RequestHead, _ endpoint: Endpoint, _ parameters: PathParameters) -> Acceptance {
    var caller: Caller?
    do {
      caller = try authenticator.caller(of: head, access: endpoint.access)
      if let refusal = rateLimiter.refusal(head, caller: caller) { return .respond(finished(refusal, head)) }
      let call = Call(head: head, parameters: parameters, caller: caller, api: self)
      if let principal = caller?.principal, case .project = endpoint.access {
        _ = try service.project(try call.projectID(), visibleTo: principal)
      }
      return .handle(body: endpoint.body, deadline: endpoint.deadline) { [self] request in
        var call = call
        call.body = request.body
        do {
          guard endpoint.keepsAnswers else { return finished(try await endpoint.run(call), head) }
          return finished(try await replay.run(call, body: call.body.bytes, endpoint.run), head)
        } catch {
          return finished(problem(for: error, head), head)
        }
      }
    } catch {
      // Whoever tries out credentials is a stranger until some of them fit.
      if caller == nil, let refusal = rateLimiter.refusal(head, caller: nil) {
        return .respond(finished(refusal, head))
      }
      return .respond(finished(problem(for: error, head), head))
    }
  }

  private func problem(for error: any Error, _ head: RequestHead) -> HTTPResponse {
    let document = ProblemDocument(error)
    if document.status.code >= 500 {
      logger.error(
        "a request failed",
        metadata: ["request": "\(head.id)", "path": "\(head.rawPath)", "error": "\(error)"])
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

  /// Writes the access log: what went well at `debug`, what did not at `info`.
  public func completed(_ head: RequestHead, status: HTTPStatus, bytesSent: Int, duration: Duration) {
    let level: Logger.Level = status.code >= 400 ? .info : .debug
    guard logger.logLevel <= level else { return }
    let milliseconds = Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
    logger.log(
      level: level, "request",
      metadata: [
        "request": "\(head.id)", "method": "\(head.method.rawValue)", "path": "\(head.rawPath)",
        "status": "\(status.code)", "bytes": "\(bytesSent)",
        "milliseconds": "\((milliseconds * 10).rounded() / 10)",
      ])
  }
}
