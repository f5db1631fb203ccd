import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// What several annotators agree on, and what is done where they do not.
  static var consensus: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/projects/{project}/agreement",
        summary: "How far annotators agree, and how good each of them is", tag: "Consensus",
        access: .project(.engineer), deadline: .seconds(300), responseSchema: Schema.agreement
      ) { call in
        let report = try await call.service.agreement(in: try call.projectID())
        return .json(ConsensusView.json(report, names: try call.service.userNames()))
      },
      Endpoint(
        method: .get, path: "/projects/{project}/disagreements",
        summary: "Items whose annotators differ, the least sure first", tag: "Consensus", access: .project(.engineer),
        deadline: .seconds(300),
        query: Schema.paging + [
          .init(
            name: "order", schema: Schema.names(DisagreementOrder.self),
            summary: "The least sure consensus first (quality, default), or by arrival (item)"),
          .init(
            name: "adjudicated", schema: Schema.boolean, summary: "Show items that were settled by hand too"),
        ], responseSchema: Schema.disagreements
      ) { call in
        let (limit, cursor) = try call.page()
        let project = try call.projectID()
        let order: DisagreementOrder = try call.choice("order") ?? .quality
        let page = try await call.service.disagreements(
          in: project, order: order, adjudicated: try call.flag("adjudicated") ?? false, after: cursor,
          limit: limit + 1)
        let names = try call.service.userNames()
        return .json([
          "items": .array(page.items.prefix(limit).map { ConsensusView.json($0, project: project, names: names) }),
          "next_cursor": page.items.count > limit ? .string("\(page.items[limit - 1].cursor)") : .null,
          "open": .integer(Int64(page.open)), "settled": .integer(Int64(page.settled)),
          "method": .string(page.method), "reason": .optional(page.reason),
        ])
      },
      Endpoint(
        method: .get, path: "/projects/{project}/label-errors",
        summary: "Labels that models contradict which have not seen them, the most doubtful first", tag: "Consensus",
        access: .project(.engineer), deadline: .seconds(300),
        query: Schema.paging + [
          .init(
            name: "by", schema: Schema.names(LabelErrorMeasure.self),
            summary: "How doubt is measured (default self_confidence)")
        ], responseSchema: Schema.labelErrors
      ) { call in
        let (limit, cursor) = try call.page()
        let project = try call.projectID()
        let measure: LabelErrorMeasure = try call.choice("by") ?? .selfConfidence
        let page = try await call.service.labelErrors(in: project, by: measure, after: cursor, limit: limit + 1)
        return .json([
          "items": .array(page.items.prefix(limit).map { ConsensusView.json($0, project: project) }),
          "next_cursor": page.items.count > limit ? .string("\(page.items[limit - 1].cursor)") : .null,
          "suspected": .integer(Int64(page.suspected)), "examined": .integer(Int64(page.examined)),
          "reason": .optional(page.reason),
        ])
      },
      Endpoint(
        method: .post, path: "/projects/{project}/adjudications",
        summary: "Settle an item, whatever its annotators say; or give it back to them", tag: "Consensus",
        access: .project(.engineer), audit: .writes(["item.adjudicate"]), body: small,
        requestSchema: Schema.adjudicationDraft, status: .created,
        responseSchema: Schema.adjudication
      ) { call in try await adjudicate(call) },
      Endpoint(
        method: .get, path: "/projects/{project}/adjudications", summary: "What was settled by hand, newest first",
        tag: "Consensus", access: .project(.engineer), query: Schema.paging,
        responseSchema: Schema.page(Schema.adjudication)
      ) { call in
        let (limit, cursor) = try call.page()
        let project = try call.projectID()
        let definition = try call.service.project(project, visibleTo: try call.principal).project
        let found = try call.service.adjudications(
          in: project, before: cursor.map { AdjudicationID($0) }, limit: limit + 1)
        let names = try call.service.userNames()
        return .json([
          "items": .array(
            found.prefix(limit).map {
              ConsensusView.json($0.adjudication, key: $0.key, project: definition, names: names)
            }),
          "next_cursor": found.count > limit ? .string("\(found[limit - 1].adjudication.id)") : .null,
        ])
      },
    ]
  }

  private struct AdjudicationBody: Decodable {
    var item: String?
    var key: String?
    var labels: [String]?
    var withdraw: Bool?
    var note: String?
    static let members = ["item", "key", "labels", "withdraw", "note"]
  }

  private static func adjudicate(_ call: Call) async throws -> HTTPResponse {
    let body = try call.json(AdjudicationBody.self, members: AdjudicationBody.members)
    var errors: [FieldError] = []
    var target: Submission.Target?
    switch (body.item, body.key) {
    case (let item?, nil):
      target = ItemID(item).map { .item($0) }
      if target == nil { errors.append(FieldError("/item", "There is no item “\(item.prefix(50))”.")) }
    case (nil, let key?): target = .key(key)
    case (nil, nil): errors.append(FieldError("/item", "Say which item, by item or by key."))
    case (_?, _?): errors.append(FieldError("/key", "Give item or key, not both."))
    }
    let isWithdrawal = body.withdraw == true
    if isWithdrawal, body.labels != nil {
      errors.append(FieldError("/labels", "What is withdrawn has no labels: give labels or withdraw, not both."))
    }
    if !isWithdrawal, body.labels == nil { errors.append(FieldError("/labels", "Say which labels hold.")) }
    if let complaint = AnnotationBody.complaint(aboutNote: body.note) { errors.append(complaint) }
    guard errors.isEmpty, let target else { throw LabelingError.invalid(errors) }
    let project = try call.projectID()
    let principal = try call.principal
    let settled = try await call.service.adjudicate(
      target, labels: isWithdrawal ? nil : body.labels, note: body.note, in: project, by: principal.user)
    let definition = try call.service.project(project, visibleTo: principal).project
    return .json(
      ConsensusView.json(
        settled.adjudication, key: settled.item.key, project: definition, names: try call.service.userNames()),
      status: .created)
  }
}
