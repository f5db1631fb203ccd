/// A status code with its reason phrase (RFC 9110 section 15).
public struct HTTPStatus: Hashable, Sendable {
  /// The three-digit code.
  public let code: Int
  /// The phrase that stands for the code, also the title of its problem document.
  public let reason: String

  /// Makes a status; most callers want one of the constants.
  public init(code: Int, reason: String) {
    self.code = code
    self.reason = reason
  }

  /// 200.
  public static let ok = HTTPStatus(code: 200, reason: "OK")
  /// 201.
  public static let created = HTTPStatus(code: 201, reason: "Created")
  /// 202: taken, done later.
  public static let accepted = HTTPStatus(code: 202, reason: "Accepted")
  /// 204.
  public static let noContent = HTTPStatus(code: 204, reason: "No Content")
  /// 303.
  public static let seeOther = HTTPStatus(code: 303, reason: "See Other")
  /// 304: what the client holds is still right.
  public static let notModified = HTTPStatus(code: 304, reason: "Not Modified")
  /// 307.
  public static let temporaryRedirect = HTTPStatus(code: 307, reason: "Temporary Redirect")
  /// 400.
  public static let badRequest = HTTPStatus(code: 400, reason: "Bad Request")
  /// 401: no credentials, or wrong ones.
  public static let unauthorized = HTTPStatus(code: 401, reason: "Unauthorized")
  /// 403: credentials with too few rights.
  public static let forbidden = HTTPStatus(code: 403, reason: "Forbidden")
  /// 404.
  public static let notFound = HTTPStatus(code: 404, reason: "Not Found")
  /// 405; carries `Allow`.
  public static let methodNotAllowed = HTTPStatus(code: 405, reason: "Method Not Allowed")
  /// 406.
  public static let notAcceptable = HTTPStatus(code: 406, reason: "Not Acceptable")
  /// 408: the request did not finish arriving in time.
  public static let requestTimeout = HTTPStatus(code: 408, reason: "Request Timeout")
  /// 409.
  public static let conflict = HTTPStatus(code: 409, reason: "Conflict")
  /// 412.
  public static let preconditionFailed = HTTPStatus(code: 412, reason: "Precondition Failed")
  /// 413.
  public static let contentTooLarge = HTTPStatus(code: 413, reason: "Content Too Large")
  /// 414.
  public static let uriTooLong = HTTPStatus(code: 414, reason: "URI Too Long")
  /// 415.
  public static let unsupportedMediaType = HTTPStatus(code: 415, reason: "Unsupported Media Type")
  /// 422: well-formed but invalid.
  public static let unprocessableContent = HTTPStatus(code: 422, reason: "Unprocessable Content")
  /// 429; carries `Retry-After`.
  public static let tooManyRequests = HTTPStatus(code: 429, reason: "Too Many Requests")
  /// 431.
  public static let headerFieldsTooLarge = HTTPStatus(code: 431, reason: "Request Header Fields Too Large")
  /// 499: the client went away before it had an answer; stands in access logs and is never sent.
  public static let clientClosedRequest = HTTPStatus(code: 499, reason: "Client Closed Request")
  /// 500.
  public static let internalServerError = HTTPStatus(code: 500, reason: "Internal Server Error")
  /// 501.
  public static let notImplemented = HTTPStatus(code: 501, reason: "Not Implemented")
  /// 503; carries `Retry-After`.
  public static let serviceUnavailable = HTTPStatus(code: 503, reason: "Service Unavailable")
  /// 507: no room on the disk; carries `Retry-After`.
  public static let insufficientStorage = HTTPStatus(code: 507, reason: "Insufficient Storage")
}
