import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// What an engineer looks at while a project runs: the queue, the evaluation stream, what to leave out.
  static var cockpit: [Endpoint] { [queueHead, evaluation, evaluationItems, leaveOut] }

  private static let queueHead = Endpoint(
    method: .get, path: "/projects/{project}/queue",
    summary: "The head of the queue as it stands, with utilities and reasons; nothing is leased", tag: "Queries",
    access: .project(.engineer),
    query: [.init(name: "limit", schema: Schema.integer(1...1000), summary: "Items to show (default 100)")],
    responseSchema: Schema.queueHead
  ) { call in
    let project = try call.projectID()
    let head = try await call.service.queueHead(in: project, limit: try call.page().limit)
    return .json([
      "round": .optional(head.round), "strategy_used": .string(head.strategy), "reason": .optional(head.reason),
      "remaining": .integer(Int64(head.remaining)), "urgent": .integer(Int64(head.urgent)),
      "leased": .integer(Int64(head.leased)), "evaluation_fraction": .number(head.evaluationFraction),
      "items": .array(
        head.entries.map { entry in
          [
            "item": ItemView.json(entry.item, content: entry.content, project: project),
            "rank": .integer(Int64(entry.rank)), "utility": .number(entry.utility),
            "prediction": ItemView.prediction(entry.prediction),
          ]
        }),
    ])
  }

  private static let evaluation = Endpoint(
    method: .get, path: "/projects/{project}/evaluation",
    summary: "The serving model on the evaluation stream: confusion matrix, hits and mistakes per label, calibration",
    tag: "Insights",
    access: .project(.engineer), deadline: .seconds(120), responseSchema: Schema.evaluation
  ) { call in
    let report = try await call.service.evaluation(in: try call.projectID())
    return .json([
      "round": .optional(report.round), "items": .integer(Int64(report.items)),
      "labels": .array(report.labels.map(JSONValue.string)),
      "confusion": .array(report.confusion.map { .array($0.map { .integer(Int64($0)) }) }),
      "per_label": .array(
        report.perLabel.map {
          [
            "label": .string($0.label), "hits": .integer(Int64($0.hits)), "missed": .integer(Int64($0.missed)),
            "false_alarms": .integer(Int64($0.falseAlarms)),
          ]
        }),
      "calibration": .array(
        report.bins.map {
          [
            "count": .integer(Int64($0.count)), "confidence": .number($0.confidence), "accuracy": .number($0.accuracy),
            "interval": [.number($0.interval.lowerBound), .number($0.interval.upperBound)],
          ]
        }),
      "reason": .optional(report.reason),
    ])
  }

  private static let evaluationItems = Endpoint(
    method: .get, path: "/projects/{project}/evaluation/items",
    summary: "Items of the evaluation stream by what people and the model say: a cell of the confusion matrix",
    tag: "Insights", access: .project(.engineer), deadline: .seconds(120),
    query: Schema.paging + [
      .init(name: "label", schema: Schema.text, summary: "Only items that bear this label"),
      .init(name: "predicted", schema: Schema.text, summary: "Only items that the model gives this label"),
      .init(
        name: "outcome", schema: Schema.names(EvaluationOutcome.self),
        summary: "Only items with which the model's decision about `label` turned out so"),
    ], responseSchema: Schema.page(Schema.evaluatedItem)
  ) { call in
    let (limit, cursor) = try call.page()
    let project = try call.projectID()
    // A cursor is above 0, and rows begin at 0.
    let items = try await call.service.evaluationItems(
      in: project, label: call.head.query["label"], predicted: call.head.query["predicted"],
      outcome: try call.choice("outcome"), after: cursor.map { Int($0) - 1 }, limit: limit + 1)
    return .json([
      "items": .array(
        items.prefix(limit).map { entry in
          [
            "item": ItemView.json(entry.item, content: entry.content, project: project),
            "labels": .array(entry.labels.map(JSONValue.string)), "prediction": ItemView.prediction(entry.prediction),
          ]
        }),
      "next_cursor": items.count > limit ? .string("\(items[limit - 1].item.row + 1)") : .null,
    ])
  }

  private struct LeaveOutBody: Decodable {
    var items: [String]
    var reason: String?
  }

  private static let leaveOut = Endpoint(
    method: .post, path: "/projects/{project}/excluded",
    summary: "Leave items out of queries by hand, as one group, until somebody puts them back", tag: "Outliers",
    access: .project(.engineer), audit: .writes(["item.leave_out"]), body: small,
    requestSchema: Schema.object(
      [
        "items": ["type": "array", "items": Schema.identifier, "minItems": 1, "maxItems": 10_000],
        "reason": Schema.text(1...1000),
      ], required: ["items"]),
    responseSchema: Schema.answer(["group": Schema.nullable(Schema.integer), "excluded": Schema.integer])
  ) { call in
    let body = try call.json(LeaveOutBody.self, members: ["items", "reason"])
    guard (1...10_000).contains(body.items.count) else {
      throw LabelingError.invalid("/items", "From 1 to 10000 items can be left out at once.")
    }
    let reason = body.reason ?? "Left out by hand."
    guard (1...1000).contains(reason.utf8.count) else {
      throw LabelingError.invalid("/reason", "A reason has 1 to 1000 bytes.")
    }
    let ids = try body.items.enumerated().map { index, text in
      guard let id = ItemID(text) else {
        throw LabelingError.invalid("/items/\(index)", "“\(text.prefix(50))” is no item of this project.")
      }
      return id
    }
    let (group, count) = try await call.service.leaveOut(ids, in: try call.projectID(), reason: reason)
    return .json(["group": count > 0 ? .integer(Int64(group)) : .null, "excluded": .integer(Int64(count))])
  }
}
