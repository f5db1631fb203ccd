import Domain
import HTTPCore

/// The header fields of answers, and the answers that are errors.
extension Schema {
  /// A header field of answers.
  enum HeaderField: String, CaseIterable {
    case requestID = "X-Request-Id"
    case entityTag = "ETag"
    case location = "Location"
    case retryAfter = "Retry-After"
    case challenge = "WWW-Authenticate"

    fileprivate var description: (summary: String, schema: JSONValue) {
      switch self {
      case .requestID: ("The request's identifier, as sent or made here; it stands in the log", text(1...128))
      case .entityTag: ("The version of what is answered, for If-None-Match and If-Match", text)
      case .location: ("Where what was made is", ["type": "string", "format": "uri-reference"])
      case .retryAfter: ("Seconds after which to try again", ["type": "string", "pattern": "^[0-9]+$"])
      case .challenge: ("How to say who calls", text)
      }
    }
  }

  /// The header fields as components of the description.
  static var headers: JSONValue {
    .object(
      HeaderField.allCases.map { field in
        let (summary, schema) = field.description
        return (field.rawValue, ["description": .string(summary), "required": true, "schema": schema])
      })
  }

  /// References to header fields, `X-Request-Id` first.
  static func carried(_ fields: [HeaderField]) -> JSONValue {
    .object(
      ([.requestID] + fields).map { ($0.rawValue, ["$ref": .string("#/components/headers/\($0.rawValue)")]) })
  }

  /// What each error means.
  private static let errors: [(status: HTTPStatus, meaning: String)] = [
    (.badRequest, "The request cannot be read: its target, its framing, or a body that is not JSON"),
    (.unauthorized, "No credentials, or such as are not valid any more"),
    (.forbidden, "Credentials with too few rights, or a browser's request without its X-CSRF-Token"),
    (.notFound, "There is no such thing, or the caller may not know of it"),
    (.requestTimeout, "The body did not arrive in time"),
    (.conflict, "It contradicts what is there, or what another request is doing"),
    (.preconditionFailed, "It has changed since the client read it"),
    (.contentTooLarge, "The body is longer than the operation takes"),
    (.unsupportedMediaType, "The operation does not take that media type"),
    (.unprocessableContent, "It can be read but is not valid; errors says where"),
    (.tooManyRequests, "Too many requests; wait as long as Retry-After says"),
    (.internalServerError, "A fault of the server; its log says more under the request's id"),
    (.serviceUnavailable, "The server cannot do it now; try again as Retry-After says"),
    (.insufficientStorage, "The disk is full: nothing was changed"),
  ]

  /// The errors as components of the description.
  static var problems: JSONValue {
    .object(
      errors.map { status, meaning in
        let fields: [HeaderField] =
          switch status {
          case .unauthorized: [.challenge]
          case .tooManyRequests, .serviceUnavailable: [.retryAfter]
          default: []
          }
        return (
          componentName(status),
          [
            "description": .string(meaning), "headers": carried(fields),
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
          ]
        )
      })
  }

  /// References to errors by status, in order.
  static func problems(_ statuses: Set<HTTPStatus>) -> [(key: String, value: JSONValue)] {
    statuses.sorted { $0.code < $1.code }.map {
      ("\($0.code)", ["$ref": .string("#/components/responses/\(componentName($0))")])
    }
  }

  private static func componentName(_ status: HTTPStatus) -> String { status.reason.filter { $0 != " " } }
}
