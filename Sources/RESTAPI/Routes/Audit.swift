import Domain
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  /// Who changed what.
  static var auditLog: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/audit", summary: "Every change, newest first: who, what, from where, before and after",
        tag: "Operations", access: .role(.admin),
        query: Schema.paging + [
          .init(
            name: "action", schema: Schema.addressText,
            summary: "Only this action, such as user.create; with a final dot all that begin with it"),
          .init(name: "user", schema: Schema.identifier, summary: "Only what this user did"),
          .init(name: "project", schema: Schema.identifier, summary: "Only what was done in this project"),
          .init(name: "since", schema: Schema.time, summary: "Only from this moment on"),
          .init(name: "until", schema: Schema.time, summary: "Only before this moment"),
        ], responseSchema: Schema.page(Schema.auditEntry)
      ) { call in
        let (limit, cursor) = try call.page()
        var filter = AuditFilter()
        filter.action = call.head.query["action"]
        filter.user = try identifier("user", call)
        filter.project = try identifier("project", call)
        filter.since = try call.moment("since")
        filter.until = try call.moment("until")
        let found = try call.service.auditEntries(filter, before: cursor, limit: limit + 1)
        return .json([
          "items": .array(found.prefix(limit).map(PeopleView.json)),
          "next_cursor": found.count > limit ? .string("\(found[limit - 1].id)") : .null,
        ])
      }
    ]
  }

  private static func identifier<Kind>(_ name: String, _ call: Call) throws -> Identifier<Kind>? {
    guard let text = call.head.query[name] else { return nil }
    guard let id = Identifier<Kind>(text) else {
      throw LabelingError.invalid("/\(name)", "There is no \(name) “\(text.prefix(50))”.")
    }
    return id
  }
}
