import Domain
import Formats
import Foundation
import HTTPCore
import Labeling
import Sampling

extension Endpoint {
  /// Stream-based queries, and events.
  static var streams: [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/projects/{project}/stream",
        summary: "Decide item by item whether to ask; NDJSON in is answered line by line", tag: "Queries",
        access: .project(.engineer), audit: .exempt("a decision an item; what is asked joins the pool as an item"),
        body: streamed, deadline: .seconds(3600),
        query: [
          .init(name: "budget", schema: Schema.share, summary: "For NDJSON: the share of items that may be asked"),
          .init(name: "strategy", schema: Schema.streamStrategy, summary: "For NDJSON: a stream strategy's name"),
        ],
        requestSchema: Schema.object(
          ["items": Schema.rows(Schema.itemRow), "budget": Schema.share, "strategy": Schema.streamStrategy],
          required: ["items"]),
        consumes: ["application/json", "application/x-ndjson"], responseSchema: Schema.stream,
        moreAnswers: [.init(status: .ok, mediaType: "application/x-ndjson")]
      ) { call in
        let type = call.head.headers["Content-Type"]?.lowercased() ?? "application/json"
        return type.hasPrefix("application/x-ndjson") ? try await streamLines(call) : try await streamBatch(call)
      },
      Endpoint(
        method: .get, path: "/projects/{project}/events",
        summary: "Annotations, rounds and their progress as server-sent events; resumes after Last-Event-ID",
        tag: "Operations", access: .project(.annotator), deadline: .zero, responseSchema: nil,
        produces: "text/event-stream",
        heeds: [.init(name: "Last-Event-ID", schema: Schema.text, summary: "Resume after this event")]
      ) { call in
        let project = try call.projectID()
        let lastSeen = call.head.headers["Last-Event-ID"].flatMap { Int64($0) }
        let stream = EventStream(call: call, project: project, lastSeen: lastSeen)
        return HTTPResponse(
          status: .ok,
          headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"],
          body: .stream { writer in try await stream.write(to: writer) })
      },
    ]
  }

  private struct StreamBody: Decodable {
    var items: [Lenient<ItemRow>]
    var budget: Double?
    var strategy: String?
  }

  private static func streamBatch(_ call: Call) async throws -> HTTPResponse {
    let bytes = try await ItemUpload.collect(call)
    return try await call.api.replay.run(call, body: bytes) { call in
      let body = try JSONBody.decode(
        StreamBody.self, from: bytes, members: ["items", "budget", "strategy"],
        contentType: call.head.headers["Content-Type"])
      let stream = try ItemStream(call, budget: body.budget, strategy: body.strategy)
      // A wrong budget or strategy is found before the first item is decided on.
      _ = try await stream.decide([])
      var items: [JSONValue] = []
      for start in stride(from: 0, to: body.items.count, by: RowBatch.rowLimit) {
        let rows = body.items[start..<min(start + RowBatch.rowLimit, body.items.count)].map(\.result)
        items += try await stream.decide(rows).enumerated().map { view($1, row: start + $0) }
      }
      return .json(["items": .array(items), "strategy_used": .string(stream.strategy)])
    }
  }

  /// Lines that one request may have: each has its answer in memory until the request's end.
  private static let lineLimit = 200_000

  /// Decides line by line as they arrive.
  ///
  /// HTTP/1.1 clients, and libmicrohttpd, take an answer only once the request has been sent, so decisions are gathered
  /// until then. A client that waits for each decision sends a request an item: the stream's state is kept between them.
  private static func streamLines(_ call: Call) async throws -> HTTPResponse {
    let budget = try call.head.query["budget"].map { text in
      guard let value = Double(text) else {
        throw LabelingError.invalid("/budget", "A budget is a number from 0 to 1.")
      }
      return value
    }
    let stream = try ItemStream(call, budget: budget, strategy: call.head.query["strategy"])
    _ = try await stream.decide([])
    var (reader, batch, answers) = (JSONLinesReader(), RowBatch(), [UInt8]())
    func decide() async throws {
      let rows = batch.take()
      guard let first = rows.first?.number else { return }
      for (index, result) in try await stream.decide(rows.map(\.row)).enumerated() {
        view(result, row: first + index).append(to: &answers)
        answers.append(UInt8(ascii: "\n"))
      }
    }
    func take(_ lines: [JSONLine]) async throws {
      for line in lines where batch.next < lineLimit {
        var bytes = 0
        if case .line(_, let text) = line { bytes = text.count }
        batch.append(ItemUpload.row(line), bytes: bytes)
        if batch.isFull { try await decide() }
      }
      try await decide()
    }
    for try await chunk in call.body.chunks {
      try await take(reader.feed(chunk))
      if batch.next >= lineLimit { break }
    }
    try await take(reader.finish())
    if batch.next >= lineLimit {
      let error = FieldError("", "At most \(lineLimit) lines are taken at once: send this one and what follows anew.")
      ItemUpload.rejection(row: lineLimit, error).append(to: &answers)
      answers.append(UInt8(ascii: "\n"))
    }
    return HTTPResponse(
      status: .ok, headers: ["Content-Type": "application/x-ndjson", "Cache-Control": "no-store"],
      body: .bytes(answers))
  }

  private static func view(_ result: Result<StreamAnswer, FieldError>, row: Int) -> JSONValue {
    switch result {
    case .failure(let error): ItemUpload.rejection(row: row, error)
    case .success(let answer):
      [
        "row": .integer(Int64(row)), "key": .string(answer.key), "decision": .string(answer.decision.decision),
        "utility": .number(answer.decision.utility), "threshold": .number(answer.decision.threshold),
        "budget_spent": .number(answer.decision.budgetSpent), "reason": .optional(answer.decision.reason),
        "prediction": ItemView.prediction(answer.prediction), "item": .optional(answer.item.map { "\($0)" }),
      ]
    }
  }
}

/// Decides on the items of a stream, in the order in which they come.
private struct ItemStream {
  let strategy: String
  private let budget: Double
  private let (project, user): (ProjectID, User)
  private let service: LabelingService

  init(_ call: Call, budget: Double?, strategy: String?) throws {
    self.budget = budget ?? 0.1
    self.strategy = strategy ?? StreamStrategyRegistry.defaultName
    (project, user) = (try call.projectID(), try call.principal.user)
    service = call.service
  }

  func decide(_ rows: [Result<ItemRow, FieldError>]) async throws -> [Result<StreamAnswer, FieldError>] {
    try await service.stream(rows, in: project, by: user, budget: budget, strategy: strategy)
  }
}
