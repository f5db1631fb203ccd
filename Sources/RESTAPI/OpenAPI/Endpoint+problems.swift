import HTTPCore

extension Endpoint {
  /// Every status of 400 and above that the operation can answer with; what it says in `problems`, and what follows from
  /// who may call it and what it takes.
  var possibleProblems: Set<HTTPStatus> {
    var statuses = Set(problems)
    statuses.formUnion([.badRequest, .contentTooLarge, .tooManyRequests, .internalServerError, .serviceUnavailable])
    switch access {
    case .open: break
    case .role: statuses.formUnion([.unauthorized, .forbidden])
    case .project: statuses.formUnion([.unauthorized, .forbidden, .notFound])
    }
    if path.contains("{") { statuses.insert(.notFound) }
    if !query.isEmpty { statuses.insert(.unprocessableContent) }
    if method != .get {
      // Kept answers: another request under the same key, or the same one under way.
      statuses.formUnion([.conflict, .unprocessableContent, .insufficientStorage])
    }
    switch body {
    case .none: break
    case .collected, .streamed:
      statuses.formUnion([.requestTimeout, .unprocessableContent])
      if requestSchema != nil { statuses.insert(.unsupportedMediaType) }
    }
    return statuses
  }
}
