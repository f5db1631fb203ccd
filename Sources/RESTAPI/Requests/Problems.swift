import Domain
import HTTPCore
import Labeling
import Storage

extension ProblemDocument {
  /// The problem document of an error: the one place where errors become status codes.
  init(_ error: any Error) {
    switch error {
    case let document as ProblemDocument: self = document
    case let error as LabelingError: self.init(labeling: error)
    case let error as ValidationError: self.init(labeling: .invalid(error.errors))
    case let error as Domain.FieldError: self.init(labeling: .invalid([error]))
    case let error as BodyError:
      let status: HTTPStatus =
        switch error {
        case .truncated: .badRequest
        case .tooLarge: .contentTooLarge
        case .deadline: .requestTimeout
        }
      self.init(status: status, detail: "\(error)")
    case is CancellationError:
      self.init(status: .serviceUnavailable, detail: "The request was not finished in time. Try again.")
    case StorageError.unwritable(let fault, _, _):
      self.init(status: fault == .full ? .insufficientStorage : .serviceUnavailable, detail: fault.advice)
    case let error as StorageError:
      self.init(status: .serviceUnavailable, detail: "\(error)")
    default:
      self.init(
        status: .internalServerError,
        detail: "Something went wrong here. The server's log says more under this request's id.")
    }
  }

  private init(labeling error: LabelingError) {
    switch error {
    case .notFound: self.init(status: .notFound, detail: "\(error)")
    case .unauthorized(let why): self.init(status: .unauthorized, detail: why)
    case .tooMany(let why, _): self.init(status: .tooManyRequests, detail: why)
    case .forbidden(let why): self.init(status: .forbidden, detail: why)
    case .conflict(let why): self.init(status: .conflict, detail: why)
    case .preconditionFailed(let why): self.init(status: .preconditionFailed, detail: why)
    case .unavailable(let why): self.init(status: .serviceUnavailable, detail: why)
    case .invalid(let errors):
      self.init(
        status: .unprocessableContent,
        detail: errors.count == 1 ? errors[0].description : "\(errors.count) things are wrong; see errors.",
        errors: errors.map { .init(pointer: $0.pointer, detail: $0.detail) })
    }
  }
}

extension HTTPResponse {
  /// An answer in JSON.
  static func json(_ value: JSONValue, status: HTTPStatus = .ok, headers: HTTPHeaders = [:]) -> HTTPResponse {
    var headers = headers
    headers["Content-Type"] = "application/json"
    headers["Cache-Control"] = "no-store"
    return HTTPResponse(status: status, headers: headers, body: .bytes(value.serialized()))
  }
}
