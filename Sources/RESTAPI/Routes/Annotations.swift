import Domain
import HTTPCore
import Labeling

/// An annotation as a client sends it.
struct AnnotationBody: Decodable, Sendable {
  var item: String?
  var key: String?
  var outcome: String?
  var labels: [String]?
  var lease: String?
  var duration_ms: Int?
  var note: String?

  /// Bytes that a note may have.
  static let noteLimit = 10_000

  /// What is wrong with a note; `nil` where nothing is.
  static func complaint(aboutNote note: String?) -> FieldError? {
    guard (note?.utf8.count ?? 0) <= noteLimit else {
      return FieldError("/note", "A note has at most \(noteLimit) bytes.")
    }
    return FieldError.ifNUL(in: note, at: "/note")
  }

  enum CodingKeys: String, CodingKey, CaseIterable { case item, key, outcome, labels, lease, duration_ms, note }

  init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    item = try container.decodeIfPresent(String.self, forKey: .item)
    key = try container.decodeIfPresent(String.self, forKey: .key)
    outcome = try container.decodeIfPresent(String.self, forKey: .outcome)
    labels = try container.decodeIfPresent([String].self, forKey: .labels)
    lease = try container.decodeIfPresent(String.self, forKey: .lease)
    duration_ms = try container.decodeIfPresent(Int.self, forKey: .duration_ms)
    note = try container.decodeIfPresent(String.self, forKey: .note)
  }

  /// What the product makes of it.
  ///
  /// - Throws: `LabelingError.invalid` with pointers.
  func submission(request: (key: String, hash: [UInt8])?) throws -> Submission {
    var errors: [FieldError] = []
    var target: Submission.Target?
    switch (item, key) {
    case (let item?, nil):
      if let id = ItemID(item) {
        target = .item(id)
      } else {
        errors.append(FieldError("/item", "There is no item “\(item.prefix(50))”."))
      }
    case (nil, let key?): target = .key(key)
    case (nil, nil): errors.append(FieldError("/item", "Say which item, by item or by key."))
    case (_?, _?): errors.append(FieldError("/key", "Give item or key, not both."))
    }
    let outcome = Outcome(name: self.outcome ?? "label")
    if outcome == nil { errors.append(FieldError("/outcome", "An outcome is label, skip or flag.")) }
    var leaseID: LeaseID?
    if let lease {
      leaseID = LeaseID(lease)
      if leaseID == nil { errors.append(FieldError("/lease", "There is no lease “\(lease.prefix(50))”.")) }
    }
    if let duration_ms, duration_ms < 0 { errors.append(FieldError("/duration_ms", "A duration is not negative.")) }
    if let complaint = Self.complaint(aboutNote: note) { errors.append(complaint) }
    guard errors.isEmpty, let target, let outcome else { throw LabelingError.invalid(errors) }
    return Submission(
      target: target, outcome: outcome, labels: labels, lease: leaseID, durationMilliseconds: duration_ms,
      note: note, request: request)
  }
}

extension Endpoint {
  /// What people say about items.
  static var annotations: [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/projects/{project}/annotations",
        summary: "Say something about an item, or about many; on disk when it is answered", tag: "Annotations",
        access: .project(.annotator), audit: .exempt("annotations are an append-only history of their own"), body: json,
        mayKeepAnswer: false, requestSchema: Schema.annotation,
        status: .created,
        responseSchema: Schema.receipt,
        moreAnswers: [.init(status: .ok, schema: ["anyOf": [Schema.receipts, Schema.receipt]])],
        links: [
          .init(method: .patch, path: "/annotations/{annotation}", parameters: ["annotation": "$response.body#/id"]),
          .init(method: .delete, path: "/annotations/{annotation}", parameters: ["annotation": "$response.body#/id"]),
        ]
      ) { call in try await annotate(call) },
      Endpoint(
        method: .get, path: "/projects/{project}/annotations", summary: "What stands, newest first",
        tag: "Annotations", access: .project(.annotator),
        query: Schema.paging + [
          .init(
            name: "annotator", schema: Schema.userOrMe,
            summary: "“me”: one's own; annotators see only those")
        ], responseSchema: Schema.page(Schema.annotationListed)
      ) { call in
        let (limit, cursor) = try call.page()
        let project = try call.projectID()
        let principal = try call.principal
        let definition = try call.service.project(project, visibleTo: principal).project
        var annotator: UserID? = principal.role == .annotator ? principal.user.id : nil
        if let wanted = call.head.query["annotator"] {
          guard let id = wanted == "me" ? principal.user.id : UserID(wanted), annotator == nil || annotator == id else {
            throw LabelingError.invalid("/annotator", "Ask for “me”; others' annotations are for engineers to see.")
          }
          annotator = id
        }
        let found = try call.service.annotations(
          in: project, annotator: annotator, before: cursor.map { AnnotationID($0) }, limit: limit + 1)
        let names = try call.service.userNames()
        let page = found.prefix(limit).map { entry -> JSONValue in
          guard
            case .object(var members) = AnnotationView.json(
              entry.annotation, project: definition, annotator: names[entry.annotation.annotator])
          else { return .null }
          members.append(("key", .string(entry.key)))
          members.append(("text_preview", .optional(entry.preview)))
          return .object(members)
        }
        return .json([
          "items": .array(page),
          "next_cursor": found.count > limit ? .string("\(found[limit - 1].annotation.id)") : .null,
        ])
      },
      Endpoint(
        method: .delete, path: "/annotations/{annotation}",
        summary: "Take an annotation back; its item is leased to its annotator again", tag: "Annotations",
        access: .role(.annotator), audit: .writes(["annotation.undo"]), responseSchema: Schema.undone
      ) { call in
        let id = try annotation(call)
        let (annotation, served) = try await call.service.undo(id, by: try call.principal)
        return .json([
          "id": .string("\(id)"), "undone": true,
          "item": served.map { ItemView.question($0.item, content: $0.content, project: $0.project) }
            ?? ["id": .string("\(annotation.item)")],
          "lease": .optional(served.map { "\($0.lease.id)" }),
          "expires_at": .optional(served.map { "\($0.lease.expiresAt)" }),
        ])
      },
      Endpoint(
        method: .patch, path: "/annotations/{annotation}",
        summary: "Change what an annotation says; history keeps the old one", tag: "Annotations",
        access: .role(.annotator), audit: .writes(["annotation.change"]), body: small,
        requestSchema: Schema.annotationChange, responseSchema: Schema.receipt
      ) { call in
        struct Body: Decodable {
          var outcome: String?
          var labels: [String]?
          var note: String?
        }
        let body = try call.json(Body.self, members: ["outcome", "labels", "note"])
        guard body.outcome != nil || body.labels != nil || body.note != nil else {
          throw LabelingError.invalid("", "Nothing is to be changed: give outcome, labels or note.")
        }
        if let complaint = AnnotationBody.complaint(aboutNote: body.note) { throw complaint }
        var outcome: Outcome?
        if let text = body.outcome {
          outcome = Outcome(name: text)
          if outcome == nil { throw LabelingError.invalid("/outcome", "An outcome is label, skip or flag.") }
        }
        let receipt = try await call.service.change(
          try annotation(call), outcome: outcome, labels: body.labels, note: body.note, by: try call.principal)
        return .json(.object(AnnotationView.json(receipt)))
      },
    ]
  }

  /// The annotation in the path, of a project that the caller may see.
  ///
  /// Who is no longer a member may not change their annotations either: an undo would show them the item again.
  private static func annotation(_ call: Call) throws -> AnnotationID {
    let id: AnnotationID = try call.id("annotation")
    let project = try call.service.project(of: id)
    guard (try? call.service.project(project, visibleTo: try call.principal)) != nil else {
      throw LabelingError.notFound("annotation \(id) of yours")
    }
    return id
  }

  private struct Batch: Decodable {
    var annotations: [Lenient<AnnotationBody>]
  }

  private struct Probe: Decodable {
    let isBatch: Bool
    enum CodingKeys: CodingKey { case annotations }
    init(from decoder: any Decoder) throws {
      isBatch = try decoder.container(keyedBy: CodingKeys.self).contains(.annotations)
    }
  }

  private static func annotate(_ call: Call) async throws -> HTTPResponse {
    let project = try call.projectID()
    let user = try call.principal.user
    let request = try IdempotentReplay.key(of: call.head).map {
      (key: $0, hash: IdempotentReplay.hash(call, call.body.bytes))
    }
    guard call.body.bytes.contains(text: "\"annotations\""), try call.json(Probe.self).isBatch else {
      let receipt = try await call.service.annotate(
        try call.json(AnnotationBody.self).submission(request: request), in: project, by: user)
      var members = AnnotationView.json(receipt)
      if let overview = call.service.overviewIfKnown(project) {
        members.append(("progress", overview.progress(mine: receipt.mine)))
      }
      return .json(.object(members), status: receipt.repeated ? .ok : .created)
    }
    return try await call.api.replay.run(call, body: call.body.bytes) {
      try await annotate(try $0.json(Batch.self, members: ["annotations"]).annotations, request: request, $0)
    }
  }

  /// Annotations that are kept in one commit, during which nobody else's are: so their number is bounded.
  private static let batchLimit = 10_000

  private static func annotate(
    _ batch: [Lenient<AnnotationBody>], request: (key: String, hash: [UInt8])?, _ call: Call
  ) async throws -> HTTPResponse {
    let (project, user) = (try call.projectID(), try call.principal.user)
    guard batch.count <= batchLimit else {
      throw LabelingError.invalid(
        "/annotations", "At most \(batchLimit) annotations are taken at once; here are \(batch.count).")
    }
    var submissions: [Result<Submission, LabelingError>] = []
    for (index, row) in batch.enumerated() {
      switch row.result {
      case .failure(let error): submissions.append(.failure(.invalid([error])))
      case .success(let body):
        do {
          submissions.append(.success(try body.submission(request: request.map { ("\($0.key)#\(index)", $0.hash) })))
        } catch let error as LabelingError {
          submissions.append(.failure(error))
        }
      }
    }
    let results = try await call.service.annotate(submissions, in: project, by: user)
    var rejected: [JSONValue] = []
    var receipts: [JSONValue] = []
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let receipt): receipts.append(.object(AnnotationView.json(receipt)))
      case .failure(let error):
        var pointer = ""
        if case .invalid(let errors) = error { pointer = errors.first?.pointer ?? "" }
        let detail = if case .invalid(let errors) = error, let first = errors.first { first.detail } else { "\(error)" }
        rejected.append(["row": .integer(Int64(index)), "pointer": .string(pointer), "detail": .string(detail)])
      }
    }
    return .json([
      "received": .integer(Int64(batch.count)), "created": .integer(Int64(receipts.count)),
      "annotations": .array(receipts), "rejected": .array(rejected),
    ])
  }
}
