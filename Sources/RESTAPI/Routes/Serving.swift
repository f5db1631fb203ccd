import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// Pool-based queries and leases.
  static var serving: [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/projects/{project}/next", summary: "Lease the next items to the caller, best first",
        tag: "Queries", access: .project(.annotator), audit: .exempt("leases are kept, with whose they are"),
        body: small,
        requestSchema: Schema.object([
          "prefetch": Schema.integer(1...100), "held": Schema.list(Schema.text), "guess": Schema.boolean,
        ]), responseSchema: Schema.next, mayOmitBody: true,
        links: [
          .init(
            method: .post, path: "/leases/{lease}/renew", parameters: ["lease": "$response.body#/items/0/lease"]),
          .init(method: .delete, path: "/leases/{lease}", parameters: ["lease": "$response.body#/items/0/lease"]),
        ]
      ) { call in
        struct Body: Decodable {
          var prefetch: Int?
          var held: [String]?
          var guess: Bool?
        }
        let body = try call.json(Body.self, members: ["prefetch", "held", "guess"], orEmpty: Body())
        let count = body.prefetch ?? 1
        guard (1...100).contains(count) else {
          throw LabelingError.invalid("/prefetch", "From 1 to 100 items can be prefetched.")
        }
        let project = try call.projectID()
        let user = try call.principal.user
        let held = (body.held ?? []).compactMap { LeaseID($0) }
        let serving = try await call.service.next(
          in: project, for: user.id, count: count, held: Set(held), opened: held.first)
        // Computed only where somebody looks at it: it costs more than all the rest of this call.
        let isGuessing = body.guess ?? serving.overview.project.settings.preAnnotation
        let guesses = isGuessing ? try call.service.guesses(for: serving.items, in: project) : [:]
        return .json([
          "items": .array(
            serving.items.map {
              isGuessing
                ? ItemView.served($0, project: project, guess: guesses[$0.item.id])
                : ItemView.served($0, project: project)
            }),
          "lost": .array(serving.lost.map { .string("\($0)") }),
          "reason": .optional(serving.reason), "strategy_used": .string(serving.strategy),
          "progress": serving.overview.progress(mine: serving.mine, sinceRound: serving.sinceRound),
          "round": serving.overview.round?.json ?? .null,
          "model": serving.overview.model?.json ?? .null,
        ])
      },
      Endpoint(
        method: .post, path: "/projects/{project}/queries",
        summary: "Rank the pool under a strategy now, and lease the best items to the caller", tag: "Queries",
        access: .project(.engineer), audit: .exempt("leases are kept, with whose they are"), body: small,
        deadline: .seconds(300),
        requestSchema: Schema.object([
          "batch_size": Schema.integer(1...1000), "strategy": Schema.strategyChoice,
          "outlier_filter": Schema.object([
            "method": Schema.choice(["auto", "none"]), "fraction": Schema.number,
          ]),
          "lease_seconds": Schema.integer(1...604_800),
        ]), responseSchema: Schema.query, mayOmitBody: true
      ) { call in try await query(call) },
      Endpoint(
        method: .post, path: "/leases/{lease}/renew", summary: "Give a lease of one's own more time", tag: "Queries",
        access: .role(.annotator), audit: .exempt("a lease stays its owner's"), body: small,
        responseSchema: Schema.lease
      ) { call in
        let lease = try await call.service.renew(try call.id("lease"), by: try call.principal.user.id)
        return .json(["lease": .string("\(lease.id)"), "expires_at": .string("\(lease.expiresAt)")])
      },
      Endpoint(
        method: .delete, path: "/leases/{lease}", summary: "Give an item back unanswered", tag: "Queries",
        access: .role(.annotator), audit: .exempt("leases are kept, with how they ended"), status: .noContent
      ) { call in
        try await call.service.release(try call.id("lease"), by: try call.principal.user.id)
        return HTTPResponse(status: .noContent)
      },
    ]
  }

  private struct QueryBody: Decodable {
    var batch_size: Int?
    var strategy: StrategyChoice?
    var outlier_filter: SettingsPatch.OutlierFilterPatch?
    var lease_seconds: Int?

    init() {}

    enum CodingKeys: String, CodingKey, CaseIterable { case batch_size, strategy, outlier_filter, lease_seconds }

    init(from decoder: any Decoder) throws {
      try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
      let container = try decoder.container(keyedBy: CodingKeys.self)
      batch_size = try container.decodeIfPresent(Int.self, forKey: .batch_size)
      strategy = try container.decodeIfPresent(StrategyChoice.self, forKey: .strategy)
      outlier_filter = try container.decodeIfPresent(SettingsPatch.OutlierFilterPatch.self, forKey: .outlier_filter)
      lease_seconds = try container.decodeIfPresent(Int.self, forKey: .lease_seconds)
    }
  }

  private static func query(_ call: Call) async throws -> HTTPResponse {
    let body = try call.json(QueryBody.self, orEmpty: QueryBody())
    let project = try call.projectID()
    let settings = try call.service.project(project, visibleTo: try call.principal).project.settings
    var errors: [FieldError] = []
    let count = body.batch_size ?? min(settings.batchSize, 1000)
    if !(1...1000).contains(count) {
      errors.append(FieldError("/batch_size", "From 1 to 1000 items can be asked for."))
    }
    if let complaint = body.strategy.flatMap(LabelingService.queryComplaint(about:)) {
      errors.append(complaint.under("/strategy"))
    }
    if let seconds = body.lease_seconds, !(1...604_800).contains(seconds) {
      errors.append(FieldError("/lease_seconds", "A lease lasts from 1 to 604800 seconds."))
    }
    if let method = body.outlier_filter?.method, !["auto", "none"].contains(method) {
      errors.append(
        FieldError(
          "/outlier_filter/method",
          "For one query the round's exclusions hold (auto) or not (none); other methods are settings of the project."))
    }
    guard errors.isEmpty else { throw LabelingError.invalid(errors) }
    let batch = try await call.service.query(
      in: project, by: try call.principal.user, count: count, strategy: body.strategy, leaseSeconds: body.lease_seconds,
      evenExcluded: body.outlier_filter?.method == "none")
    let items = batch.items.map { entry -> JSONValue in
      guard case .object(var members) = ItemView.served(entry.served, project: project) else { return .null }
      members.append(("probabilities", ItemView.probabilities(entry.prediction)))
      return .object(members)
    }
    let id = batch.items.first.map { "\($0.served.lease.id)" } ?? "0"
    return .json([
      "id": .string("q\(id)"), "round": .optional(batch.round), "strategy_used": .string(batch.strategyUsed),
      "reason": .optional(batch.reason), "items": .array(items),
      "excluded": ["outliers": .integer(Int64(batch.outliers)), "duplicates": .integer(Int64(batch.duplicates))],
    ])
  }
}
