import Domain
import Foundation
import HTTPCore
import Labeling
import Logging
import Storage

extension Endpoint {
  /// Taking the labels away.
  static var exports: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/projects/{project}/export",
        summary: "Everything that was labelled, streamed from one consistent snapshot", tag: "Export",
        access: .project(.engineer), audit: .writes(["export.download"]), deadline: .zero,
        query: exportForm + Schema.exportFilter, responseSchema: nil, produces: "application/x-ndjson",
        moreAnswers: [.init(status: .ok, mediaType: "text/csv")]
      ) { call in
        let project = try call.projectID()
        let format: ExportFormat = try call.choice("format") ?? .jsonl
        let consensus: ExportConsensus = try call.choice("consensus") ?? .majority
        let safeCells = try call.flag("safe_cells") ?? false
        let filter = try call.exportFilter(in: project)
        let (service, exports, time) = (call.service, call.api.exports, call.api.limits.exportTime)
        let (logger, id) = (call.api.logger, call.head.id)
        guard exports.hasRoom else {
          throw ProblemDocument(
            status: .tooManyRequests, detail: "Several exports are under way. Try again when one has ended.")
        }
        // Who took the labels away is written down before the first of them leaves.
        if call.head.method == .get {
          try await service.audit(
            "export.download", AuditSubject("project", "\(project)", in: project),
            after: .object(
              [("format", .string(format.rawValue)), ("consensus", .string(consensus.rawValue))] + filter.audited))
        }
        let name = exportName(of: project, format)
        return HTTPResponse(
          status: .ok,
          headers: [
            "Content-Type": format.mediaType, "Content-Disposition": "attachment; filename=\"\(name)\"",
            "Cache-Control": "no-store",
          ],
          body: .stream { writer in
            exports.enter()
            defer { exports.leave() }
            let pipe = ExportPipe {
              try Export.write(
                project, format, consensus, safeCells: safeCells, filter: filter, service: service, to: $0)
            }
            defer { pipe.cancel() }
            let end = ContinuousClock.now + time
            for try await piece in pipe.pieces {
              guard ContinuousClock.now < end else {
                logger.warning(
                  "an export was read too slowly, and is cut short: it held up the database's log",
                  metadata: ["request": "\(id)", "project": "\(project)", "limit": "\(time)"])
                throw CancellationError()
              }
              pipe.taken()
              try await writer.write(piece)
            }
          })
      },
      Endpoint(
        method: .get, path: "/projects/{project}/export/preview",
        summary: "What an export will hold: how many rows, and the beginning of the file", tag: "Export",
        access: .project(.engineer), deadline: .seconds(300),
        query: exportForm + Schema.exportFilter + [
          .init(name: "limit", schema: Schema.integer(0...100), summary: "Rows that are shown (default 10)")
        ],
        responseSchema: Schema.answer([
          "rows": Schema.integer, "head": Schema.text, "shown": Schema.integer, "cut": Schema.boolean,
          "name": Schema.text,
        ]), problems: [.tooManyRequests]
      ) { call in
        let project = try call.projectID()
        // A project that is not there has no preview, rather than an empty one.
        _ = try call.service.project(project, visibleTo: try call.principal)
        let format: ExportFormat = try call.choice("format") ?? .jsonl
        let consensus: ExportConsensus = try call.choice("consensus") ?? .majority
        let safeCells = try call.flag("safe_cells") ?? false
        let filter = try call.exportFilter(in: project)
        let limit = call.head.query["limit"].flatMap { Int($0) } ?? 10
        guard let permit = call.api.exports.permit() else {
          throw ProblemDocument(
            status: .tooManyRequests, detail: "Several exports are under way. Try again when one has ended.")
        }
        let service = call.service
        let preview = try await WaitingThread.run(named: "winnow-preview") { isCancelled in
          defer { withExtendedLifetime(permit) {} }
          return try Export.preview(
            project, format, consensus, safeCells: safeCells, filter: filter, limit: limit, service: service,
            isCancelled: isCancelled)
        }
        return .json([
          "rows": .integer(Int64(preview.rows)), "head": .string(String(decoding: preview.head, as: UTF8.self)),
          "shown": .integer(Int64(preview.shown)), "cut": .bool(preview.isCut),
          "name": .string(exportName(of: project, format)),
        ])
      },
    ]
  }

  private static func exportName(of project: ProjectID, _ format: ExportFormat) -> String {
    "project-\(project).\(format.rawValue)"
  }

  /// What an export looks like.
  private static let exportForm: [Parameter] = [
    .init(
      name: "format", schema: Schema.choice(ExportFormat.allCases.map(\.rawValue)),
      summary: "jsonl (default) or csv"),
    .init(
      name: "consensus", schema: Schema.names(ExportConsensus.self),
      summary: "One answer an item, of the majority (default) or of Dawid and Skene's model; or every annotation"),
    .init(
      name: "safe_cells", schema: Schema.boolean,
      summary:
        "CSV: put an apostrophe before what a spreadsheet would run as a formula (default: false, for programs read what was written)"
    ),
  ]
}
