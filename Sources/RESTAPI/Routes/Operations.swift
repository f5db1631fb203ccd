import Domain
import HTTPCore
import Labeling
import Sampling
import Telemetry

extension Endpoint {
  /// What probes, tools and curious people ask first.
  static var operations: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/healthz", summary: "Whether the process answers", tag: "Operations", access: .open,
        isRoot: true, responseSchema: Schema.answer(["status": Schema.text])
      ) { _ in .json(["status": "ok"]) },
      Endpoint(
        method: .get, path: "/readyz", summary: "Whether requests can be served: each check, and what fails",
        tag: "Operations", access: .open, isRoot: true, responseSchema: Schema.readiness,
        moreAnswers: [
          .init(status: .serviceUnavailable, mediaType: "application/problem+json", schema: Schema.unreadiness)
        ]
      ) { call in .readiness(call.api.readiness.checks(), request: call.head.id) },
      Endpoint(
        method: .get, path: "/metrics",
        summary: "What the server does, as Prometheus reads it; for engineers, and for the server's own machine",
        tag: "Operations", access: .open, isRoot: true, responseSchema: nil, produces: Exposition.mediaType,
        problems: [.unauthorized, .forbidden]
      ) { call in
        try MetricsAccess.check(call.head, caller: call.caller)
        let page = MetricsPage(
          metrics: call.api.metrics, service: call.service, readiness: call.api.readiness.checks(),
          backups: call.api.backups.count)
        return HTTPResponse(
          status: .ok, headers: ["Content-Type": Exposition.mediaType, "Cache-Control": "no-store"],
          body: .bytes(Array(page.text().utf8)))
      },
      Endpoint(
        method: .get, path: "/openapi.json", summary: "This description", tag: "Operations", access: .open,
        isRoot: true, responseSchema: Schema.anyObject, moreAnswers: [.init(status: .notModified)],
        carries: [.entityTag], heeds: [Schema.ifNoneMatch]
      ) { call in
        HTTPResponse(
          status: .ok, headers: ["Content-Type": "application/json", "Cache-Control": "no-cache"],
          body: .bytes(call.api.description)
        ).unlessKnown(call.head, tag: call.api.descriptionTag)
      },
      Endpoint(
        method: .get, path: "/strategies", summary: "Query strategies with their parameters, needs and papers",
        tag: "Queries", access: .role(.annotator),
        responseSchema: Schema.answer([
          "pool": Schema.list(Schema.strategy), "stream": Schema.list(Schema.strategy),
          "outlier_filters": Schema.list(Schema.strategy),
        ])
      ) { _ in
        .json([
          "pool": .array(StrategyRegistry.all.map(strategy)),
          "stream": .array(StreamStrategyRegistry.all.map(strategy)),
          "outlier_filters": .array(OutlierFilterRegistry.all.map(strategy)),
        ])
      },
    ]
  }

  private static func strategy(_ descriptor: StrategyDescriptor) -> JSONValue {
    let parameters = descriptor.parameters.map { parameter -> (key: String, value: JSONValue) in
      (
        parameter.name,
        [
          "type": .string(parameter.kind.rawValue), "default": .number(parameter.defaultValue),
          "minimum": .number(parameter.minimum), "maximum": .number(parameter.maximum),
          "description": .string(parameter.summary),
        ]
      )
    }
    return [
      "name": .string(descriptor.name), "summary": .string(descriptor.summary),
      "parameters": [
        "type": "object", "additionalProperties": false, "properties": .object(parameters),
      ],
      "needs": .array(descriptor.needs.names.map(JSONValue.string)),
      "reference": descriptor.reference.map {
        ["paper": .string($0.paper), "year": .integer(Int64($0.year)), "url": .optional($0.url)]
      } ?? .null,
      "cost": .string(descriptor.cost),
    ]
  }
}
