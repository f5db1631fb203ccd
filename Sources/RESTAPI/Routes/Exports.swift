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
        query: [
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
        ], responseSchema: nil, produces: "application/x-ndjson",
        moreAnswers: [.init(status: .ok, mediaType: "text/csv")]
      ) { call in
        let project = try call.projectID()
        let wanted = call.head.query["format"] ?? "jsonl"
        guard let format = ExportFormat(rawValue: wanted) else {
          throw LabelingError.invalid(
            "/format",
            "“\(wanted)” is not offered. Offered: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let consensus: ExportConsensus = try call.choice("consensus") ?? .majority
        let safeCells = try call.flag("safe_cells") ?? false
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
            after: ["format": .string(format.rawValue), "consensus": .string(consensus.rawValue)])
        }
        let name = "project-\(project).\(format.rawValue)"
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
              try Export.write(project, format, consensus, safeCells: safeCells, service: service, to: $0)
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
      }
    ]
  }
}
