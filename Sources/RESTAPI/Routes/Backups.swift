import Domain
import Foundation
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  /// Taking a copy of everything away.
  static var backups: [Endpoint] {
    [
      backup(.post, "A copy of all projects, people and tokens as of now, as a tar file for winnow restore"),
      // A browser saves to disk what a link leads to, piece by piece; what a script asks for it would keep in memory.
      backup(.get, "The same, for a browser to save; another site's page cannot ask for it"),
    ]
  }

  private static func backup(_ method: HTTPMethod, _ summary: String) -> Endpoint {
    Endpoint(
      method: method, path: "/backup", summary: summary, tag: "Operations", access: .role(.admin),
      audit: .writes(["backup.download"]), deadline: .zero, mayKeepAnswer: false,
      query: [
        .init(
          name: "features", schema: Schema.boolean,
          summary: "Whether the feature matrices belong into it (default true); the next round computes them again")
      ], responseSchema: nil, produces: "application/x-tar",
      handler: answerWithBackup)
  }

  private static func answerWithBackup(_ call: Call) async throws -> HTTPResponse {
    try Authenticator.refuseForeignSite(call.head)
    let features = try call.flag("features") ?? true
    let service = call.service
    let headers: HTTPHeaders = [
      "Content-Type": "application/x-tar", "Content-Disposition": "attachment; filename=\"winnow-backup.tar\"",
      "Cache-Control": "no-store",
    ]
    // Whoever asks for the head alone takes nothing away.
    guard call.head.method != .head else { return HTTPResponse(status: .ok, headers: headers) }
    guard let permit = call.api.backups.permit() else {
      throw ProblemDocument(status: .tooManyRequests, detail: "A backup is under way. Try again when it has ended.")
    }
    // Before the first byte of the answer, so that a full disk is still told by the status.
    let source = try await WaitingThread.run(named: "winnow-backup") { isCancelled in
      try BackupSource(of: service, features: features, isCancelled: isCancelled)
    }
    // Who took everything away is written down before the first byte leaves.
    try await service.audit("backup.download", AuditSubject("backup"), after: ["features": .bool(features)])
    return HTTPResponse(
      status: .ok, headers: headers,
      body: .stream { writer in
        defer { withExtendedLifetime(permit) {} }
        let pipe = ExportPipe { write in _ = try source.writeTar(to: write) }
        defer { pipe.cancel() }
        for try await piece in pipe.pieces {
          pipe.taken()
          try await writer.write(piece)
        }
      })
  }
}
