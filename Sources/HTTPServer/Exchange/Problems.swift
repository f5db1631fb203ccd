import HTTPCore

/// The answers that the server gives by itself.
enum ServerProblem {
  static func badFraming(_ violation: BodyFraming.Violation) -> HTTPResponse {
    closing(ProblemDocument(status: .badRequest, detail: violation.detail))
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
