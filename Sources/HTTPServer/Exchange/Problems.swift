import HTTPCore

/// The answers that the server gives by itself.
enum ServerProblem {
  static func badFraming(_ violation: BodyFraming.Violation) -> HTTPResponse {
    closing(ProblemDocument(status: .badRequest, detail: violation.detail))
  }

  /// What is too much in a request's head; `nil` where nothing is.
  static func excess(target: String, _ headers: HTTPHeaders, _ limits: HeadLimits) -> HTTPResponse? {
    guard target.utf8.count <= limits.targetBytes else {
      return closing(
        ProblemDocument(
          status: .uriTooLong, detail: "A request target has at most \(limits.targetBytes) bytes here."))
    }
    guard headers.fields.count <= limits.fields else {
      return closing(
        ProblemDocument(
          status: .headerFieldsTooLarge, detail: "A request has at most \(limits.fields) header fields here."))
    }
    let bytes = headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    guard bytes > limits.fieldBytes else { return nil }
    return closing(
      ProblemDocument(
        status: .headerFieldsTooLarge,
        detail: "A request's header fields have at most \(limits.fieldBytes) bytes together here."))
  }

  static func badTarget(_ error: TargetError) -> HTTPResponse {
    ProblemDocument(status: .badRequest, detail: error.description).response()
  }

  static func tooLarge(limit: Int) -> HTTPResponse {
    ProblemDocument(status: .contentTooLarge, detail: "This resource takes at most \(limit) bytes at once.").response()
  }

  static func bodyTooLate() -> HTTPResponse {
    closing(ProblemDocument(status: .requestTimeout, detail: "The request's body did not arrive in time."))
  }

  static func answerTooLate() -> HTTPResponse {
    retry(ProblemDocument(status: .serviceUnavailable, detail: "The answer took too long; try again."))
  }

  static func stopping() -> HTTPResponse {
    var response = retry(ProblemDocument(status: .serviceUnavailable, detail: "The server is stopping; try again."))
    response.headers["Connection"] = "close"
    return response
  }

  static func broken() -> HTTPResponse {
    ProblemDocument(status: .internalServerError, detail: "The answer could not be made.").response()
  }

  private static func retry(_ problem: ProblemDocument) -> HTTPResponse {
    var response = problem.response()
    response.headers["Retry-After"] = "1"
    return response
  }

  private static func closing(_ problem: ProblemDocument) -> HTTPResponse {
    var response = problem.response()
    response.headers["Connection"] = "close"
    return response
  }
}
