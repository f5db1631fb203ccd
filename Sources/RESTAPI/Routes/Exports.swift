import Domain
import Foundation
import HTTPCore
import Labeling
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
        let (service, exports) = (call.service, call.api.exports)
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
              try Export.write(project, format, consensus, service: service, to: $0)
            }
            defer { pipe.cancel() }
            for try await piece in pipe.pieces {
              pipe.taken()
              try await writer.write(piece)
            }
          })
      }
    ]
  }
}
