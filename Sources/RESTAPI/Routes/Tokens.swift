import Domain
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  /// What programs sign in with.
  static var tokens: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/tokens", summary: "The caller's tokens, ended ones too; everybody's for administrators",
        tag: "People", access: .role(.annotator),
        query: Schema.paging + [
          .init(name: "user", schema: Schema.userOrMe, summary: "“me”, or a user's identifier; for administrators")
        ], responseSchema: Schema.page(Schema.token)
      ) { call in
        let (limit, cursor) = try call.page()
        let principal = try call.principal
        var user: UserID? = principal.role == .admin ? nil : principal.user.id
        if let text = call.head.query["user"] {
          guard let id = text == "me" ? principal.user.id : UserID(text), user == nil || user == id else {
            throw LabelingError.invalid("/user", "Others' tokens are for administrators to see.")
          }
          user = id
        }
        let found = try call.service.tokens(of: user, after: cursor, limit: limit + 1)
        return .json([
          "items": .array(found.prefix(limit).map { PeopleView.json($0) }),
          "next_cursor": found.count > limit ? .string("\(found[limit - 1].id)") : .null,
        ])
      },
      Endpoint(
        method: .post, path: "/tokens",
        summary: "Make a token, shown this once: for oneself, or for anybody as an administrator", tag: "People",
        access: .role(.annotator), audit: .writes(["token.create"]), body: small, mayKeepAnswer: false,
        requestSchema: Schema.object([
          "user": Schema.userOrMe, "role": Schema.role, "note": Schema.text(1...200),
          "lifetime_seconds": Schema.integer(1...3_153_600_000),
        ]), status: .created, responseSchema: Schema.newToken, mayOmitBody: true,
        problems: [.notFound]
      ) { call in try await createToken(call) },
      Endpoint(
        method: .delete, path: "/tokens/{token}",
        summary: "End a token, and the browsers that it signed in; any for administrators", tag: "People",
        access: .role(.annotator), audit: .writes(["token.revoke"]), status: .noContent
      ) { call in
        try await call.service.revokeToken(Int64(try call.number("token")), by: try call.principal)
        return HTTPResponse(status: .noContent)
      },
    ]
  }

  private struct TokenBody: Decodable {
    var user: String?
    var role: String?
    var note: String?
    var lifetime_seconds: Int?
  }

  private static func createToken(_ call: Call) async throws -> HTTPResponse {
    let body = try call.json(
      TokenBody.self, members: ["user", "role", "note", "lifetime_seconds"], orEmpty: TokenBody())
    if let note = body.note, !(1...200).contains(note.utf8.count) {
      throw LabelingError.invalid("/note", "A note has 1 to 200 bytes.")
    }
    if let seconds = body.lifetime_seconds, !(1...3_153_600_000).contains(seconds) {
      throw LabelingError.invalid("/lifetime_seconds", "A token lasts from 1 second to 100 years.")
    }
    let principal = try call.principal
    var user = principal.user.id
    if let text = body.user, text != "me", text != "\(user)" {
      guard principal.role == .admin else {
        throw LabelingError.invalid("/user", "Tokens for others are made by administrators.")
      }
      guard let id = UserID(text) else { throw LabelingError.notFound("user \(text.prefix(50))") }
      user = id
    }
    // What a token makes ends with it at the latest; so does what a session makes that a token opened.
    let isByToken = call.caller?.session.map { $0.openedBy == .token } ?? true
    let (secret, token) = try await call.service.createToken(
      for: user, role: try body.role.map(role), note: body.note, lifetime: body.lifetime_seconds,
      latestEnd: isByToken ? call.caller?.credential.expiresAt : nil, by: principal)
    return .json(PeopleView.json(token, secret: secret), status: .created)
  }
}
