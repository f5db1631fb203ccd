public import Domain

/// What the product refuses to do, and why.
public enum LabelingError: Error, Sendable, CustomStringConvertible {
  /// There is no such thing, or the caller may not know of it.
  case notFound(String)
  /// What was shown does not prove who somebody is.
  case unauthorized(String)
  /// It was tried too often; how many seconds to wait.
  case tooMany(String, seconds: Int)
  /// The caller's role is too low.
  case forbidden(String)
  /// The state of things does not allow it now.
  case conflict(String)
  /// The input breaks rules.
  case invalid([FieldError])
  /// A condition of the request no longer holds.
  case preconditionFailed(String)
  /// Nothing can be answered now; it may be later.
  case unavailable(String)

  /// A single complaint.
  public static func invalid(_ pointer: String, _ detail: String) -> LabelingError {
    .invalid([FieldError(pointer, detail)])
  }

  /// What is wrong, for a person.
  public var description: String {
    switch self {
    case .notFound(let what): "There is no \(what)."
    case .tooMany(let why, _): why
    case .unauthorized(let why), .forbidden(let why), .conflict(let why), .preconditionFailed(let why),
      .unavailable(let why):
      why
    case .invalid(let errors): errors.map(\.description).joined(separator: "; ")
    }
  }
}
