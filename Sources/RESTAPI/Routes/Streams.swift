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
        access: .project(.engineer), body: streamed, deadline: .seconds(3600),
        query: [
          .init(name: "budget", schema: Schema.share, summary: "For NDJSON: the share of items that may be asked"),
          .init(name: "strategy", schema: Schema.text, summary: "For NDJSON: a stream strategy's name"),
        ],
        requestSchema: Schema.object(
          ["items": Schema.list(Schema.itemRow), "budget": Schema.share, "strategy": Schema.text], required: ["items"]),
        consumes: ["application/json", "application/x-ndjson"], responseSchema: Schema.anyObject
      ) { call in
        let type = call.head.headers["Content-Type"]?.lowercased() ?? "application/json"
        return type.hasPrefix("application/x-ndjson") ? try await streamLines(call) : try await streamBatch(call)
      },
      Endpoint(
        method: .get, path: "/projects/{project}/events",
        summary: "Annotations, rounds and their progress as server-sent events; resumes after Last-Event-ID",
        tag: "Operations", access: .project(.annotator), deadline: .zero, responseSchema: nil,
        produces: "text/event-stream"
      ) { call in
        let project = try call.projectID()
        let lastSeen = call.head.headers["Last-Event-ID"].flatMap { Int64($0) }
        let events = call.service.events.listen(to: project, after: lastSeen)
        return HTTPResponse(
          status: .ok,
          headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"],
          body: .stream { writer in try await EventStream.write(events, to: writer) })
      },
    ]
  }

  private struct StreamBody: Decodable {
    var items: [Lenient<ItemRow>]
    var budget: Double?
    var strategy: String?
  }

  private static func streamBatch(_ call: Call) async throws -> HTTPResponse {
    let body = try JSONBody.decode(
      StreamBody.self, from: try await ItemUpload.collect(call), contentType: call.head.headers["Content-Type"])
    let answers = try await call.service.stream(
      body.items.map(\.result), in: try call.projectID(), by: try call.principal.user, budget: body.budget ?? 0.1,
      strategy: body.strategy ?? StreamStrategyRegistry.defaultName)
    return .json([
      "items": .array(answers.enumerated().map { view($1, row: $0) }),
      "strategy_used": .string(body.strategy ?? StreamStrategyRegistry.defaultName),
    ])
  }

  private static func streamLines(_ call: Call) async throws -> HTTPResponse {
    let budget = try call.head.query["budget"].map { text in
      guard let value = Double(text) else {
        throw LabelingError.invalid("/budget", "A budget is a number from 0 to 1.")
      }
      return value
    }
    let strategy = call.head.query["strategy"] ?? StreamStrategyRegistry.defaultName
    let (project, user, service) = (try call.projectID(), try call.principal.user, call.service)
    let chunks = call.body.chunks
    // A wrong budget or strategy is answered before the stream begins.
    _ = try await service.stream([], in: project, by: user, budget: budget ?? 0.1, strategy: strategy)
    return HTTPResponse(
      status: .ok, headers: ["Content-Type": "application/x-ndjson", "Cache-Control": "no-store"],
      body: .stream { writer in
        var reader = JSONLinesReader()
        var row = 0
        func answer(_ lines: [JSONLine]) async throws {
          guard !lines.isEmpty else { return }
          let answers = try await service.stream(
            lines.map { ItemUpload.row($0) }, in: project, by: user, budget: budget ?? 0.1, strategy: strategy)
          for result in answers {
            try await writer.write(view(result, row: row).serialized() + [UInt8(ascii: "\n")])
            row += 1
          }
        }
        for try await chunk in chunks { try await answer(reader.feed(chunk)) }
        try await answer(reader.finish())
      })
  }

  private static func view(_ result: Result<StreamAnswer, FieldError>, row: Int) -> JSONValue {
    switch result {
    case .failure(let error): ItemUpload.rejection(row: row, error)
    case .success(let answer):
      [
        "key": .string(answer.key), "decision": .string(answer.decision.decision),
        "utility": .number(answer.decision.utility), "threshold": .number(answer.decision.threshold),
        "budget_spent": .number(answer.decision.budgetSpent), "reason": .optional(answer.decision.reason),
        "prediction": ItemView.prediction(answer.prediction), "item": .optional(answer.item.map { "\($0)" }),
      ]
    }
  }
}

/// Writes events in the format of the HTML standard, with a heartbeat so that a lost client is noticed.
enum EventStream {
  static func write(_ events: AsyncStream<Event>, to writer: ResponseWriter) async throws {
    try await writer.write("retry: 2000\n\n")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await event in events {
          try await writer.write("id: \(event.id)\nevent: \(event.kind)\ndata: \(event.data)\n\n")
        }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: .seconds(15))
          try await writer.write(": still here\n\n")
        }
      }
      // The server is stopping, or the client is gone.
      try await group.next()
      group.cancelAll()
    }
  }
}
