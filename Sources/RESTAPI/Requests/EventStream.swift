import Domain
import HTTPCore
import Labeling

/// Writes a project's events in the format of the HTML standard (server-sent events).
///
/// Annotators are not told who said what: only engineers see the annotator of an event that is not their own.
struct EventStream: Sendable {
  let call: Call
  let project: ProjectID
  let lastSeen: Int64?
  /// How often something is said even if nothing happens, so that a lost client is noticed.
  var heartbeat = Duration.seconds(15)
  /// How often it is looked whether the caller may still listen.
  var check = Duration.seconds(2)

  /// Writes until the client is gone, the server stops, or the caller may no longer see the project.
  func write(to writer: ResponseWriter) async throws {
    // Only here: a request for the headers alone must not leave a listener behind.
    let events = call.service.events.listen(to: project, after: lastSeen)
    let principal = try call.principal
    let seesNames = principal.role >= .engineer
    let version = call.service.identityVersion
    try await writer.write("retry: 2000\n\n")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await event in events {
          // Whatever this process has ended since is ended here too, before another word is said.
          if call.service.identityVersion != version { guard call.isStillAllowed else { return } }
          let data = seesNames || event.user == principal.user.id ? event.data : event.anonymousData
          try await writer.write("id: \(event.id)\nevent: \(event.kind)\ndata: \(data)\n\n")
        }
      }
      group.addTask {
        var silence = Duration.zero
        while true {
          let pause = min(check, heartbeat)
          try await Task.sleep(for: pause)
          // A token may have been revoked since, or a membership ended, by another process too.
          guard call.isStillAllowed else { return }
          silence += pause
          guard silence >= heartbeat else { continue }
          silence = .zero
          try await writer.write(": still here\n\n")
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }
}

extension Call {
  /// Whether the caller of a long answer may still see the project in its path.
  fileprivate var isStillAllowed: Bool {
    guard let caller = try? api.authenticator.caller(of: head, access: .role(.annotator)), let id = try? projectID()
    else { return false }
    return (try? service.project(id, visibleTo: caller.principal)) != nil
  }
}
