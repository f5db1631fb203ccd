import Domain
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  /// Signing a browser in and out.
  static var sessions: [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/sessions",
        summary: "Sign a browser in with a name and a password, a one-time link's code, or a token; sets a cookie",
        tag: "Sessions", access: .open, audit: .writes(["session.open", "session.refuse", "session.lock"]), body: small,
        mayKeepAnswer: false,
        requestSchema: [
          "anyOf": [
            Schema.object(["name": Schema.text, "password": Schema.text], required: ["name", "password"]),
            Schema.object(["code": Schema.text], required: ["code"]),
            Schema.object(["token": Schema.text], required: ["token"]),
          ]
        ],
        status: .created, responseSchema: Schema.session, problems: [.unauthorized, .forbidden]
      ) { call in try await signIn(call) },
      Endpoint(
        method: .get, path: "/sessions/current", summary: "Who is signed in", tag: "Sessions",
        access: .role(.annotator), responseSchema: Schema.session
      ) { call in
        guard let caller = call.caller else { throw ProblemDocument(status: .unauthorized) }
        guard let session = caller.session, let secret = caller.secret,
          let fresh = try await call.service.rotatedSecret(of: session, secret: secret)
        else { return .json(view(caller, secret: caller.secret)) }
        return .json(
          view(caller, secret: fresh),
          headers: ["Set-Cookie": cookie(fresh, until: caller.credential.expiresAt, call)])
      },
      Endpoint(
        method: .delete, path: "/sessions/current", summary: "Sign the browser out", tag: "Sessions",
        access: .role(.annotator), audit: .writes(["session.close"]), mayKeepAnswer: false, status: .noContent
      ) { call in
        if let caller = call.caller, let session = caller.session {
          try await call.service.closeSession(session.id, by: caller.principal)
        }
        return signedOut(call)
      },
      Endpoint(
        method: .post, path: "/sessions/current/password",
        summary: "Choose one's password; every other browser is signed out, this one gets a new cookie",
        tag: "Sessions", access: .role(.annotator), audit: .writes(["user.password"]), body: small,
        mayKeepAnswer: false,
        requestSchema: Schema.object(
          ["current_password": Schema.text, "new_password": Schema.text], required: ["new_password"]),
        responseSchema: Schema.session
      ) { call in try await choosePassword(call) },
      Endpoint(
        method: .get, path: "/sessions", summary: "The browsers that are signed in as the caller, or as anybody",
        tag: "Sessions",
        access: .role(.annotator),
        query: Schema.paging + [
          .init(
            name: "user", schema: Schema.userOrAll, summary: "Another user's, or “all”: everybody's; for administrators"
          )
        ], responseSchema: Schema.page(Schema.sessionListing)
      ) { call in
        let (limit, cursor) = try call.page()
        let principal = try call.principal
        let isAll = call.head.query["user"] == "all"
        guard !isAll || principal.role == .admin else { throw othersSessions }
        let user = isAll ? nil : try sessionsOwner(call)
        let found = try call.service.sessions(of: user, after: cursor, limit: limit + 1)
        let current = call.caller?.session?.id
        return .json([
          "items": .array(found.prefix(limit).map { PeopleView.json($0, current: current) }),
          "next_cursor": found.count > limit ? .string("\(found[limit - 1].id)") : .null,
        ])
      },
      Endpoint(
        method: .delete, path: "/sessions",
        summary: "Sign the caller out everywhere, here too; or another user, as an administrator", tag: "Sessions",
        access: .role(.annotator), audit: .writes(["session.close_all"]), mayKeepAnswer: false,
        query: [.init(name: "user", schema: Schema.userOrMe, summary: "Another user; for administrators")],
        status: .noContent, problems: [.notFound]
      ) { call in
        let (user, own) = (try sessionsOwner(call), try call.principal.user.id)
        if user != own { _ = try call.service.account(user) }
        _ = try await call.service.closeSessions(of: user)
        return user == own ? signedOut(call) : HTTPResponse(status: .noContent)
      },
      Endpoint(
        method: .delete, path: "/sessions/{session}", summary: "Sign one browser out; any for administrators",
        tag: "Sessions", access: .role(.annotator), audit: .writes(["session.close"]), mayKeepAnswer: false,
        status: .noContent
      ) { call in
        try await call.service.closeSession(Int64(try call.number("session")), by: try call.principal)
        return HTTPResponse(status: .noContent)
      },
    ]
  }

  private static var othersSessions: LabelingError {
    .invalid("/user", "Others' sessions are for administrators to see, and to end.")
  }

  /// Whose sessions are meant: the caller's own, or for an administrator those of whom the query names.
  private static func sessionsOwner(_ call: Call) throws -> UserID {
    let principal = try call.principal
    let own = principal.user.id
    guard let text = call.head.query["user"], text != "me", text != "\(own)" else { return own }
    guard principal.role == .admin, let id = UserID(text) else { throw othersSessions }
    return id
  }

  private struct SignInBody: Decodable {
    var token: String?
    var name: String?
    var password: String?
    var code: String?
  }

  private static func signIn(_ call: Call) async throws -> HTTPResponse {
    // A page of another site can send a form, or a body without a type, but not this; nobody is signed in by such a page.
    guard call.head.headers["Content-Type"] != nil else {
      throw ProblemDocument(status: .unsupportedMediaType, detail: "Say Content-Type: application/json.")
    }
    try Authenticator.refuseForeignSite(call.head)
    let body = try call.json(SignInBody.self, members: ["token", "name", "password", "code"])
    let shown: SignIn
    switch (body.token, body.code, body.name, body.password) {
    case (let token?, nil, nil, nil): shown = .token(token)
    case (nil, let code?, nil, nil): shown = .code(code)
    case (nil, nil, let name?, let password?): shown = .password(name: name, password: password)
    case (nil, nil, nil, _?): throw LabelingError.invalid("/name", "It is missing.")
    case (nil, nil, _?, nil): throw LabelingError.invalid("/password", "It is missing.")
    default: throw LabelingError.invalid("", "Give a name and a password, or a code, or a token.")
    }
    let opened = try await call.service.signIn(
      shown, from: SignInPlace(address: call.head.remoteAddress, agent: call.head.headers["User-Agent"]),
      replacing: call.api.authenticator.cookieValue(of: call.head))
    return .json(
      PeopleView.session(
        opened.principal, secret: opened.secret, expiresAt: opened.expiresAt, openedBy: opened.openedBy.rawValue,
        mayChoosePassword: opened.mayChoosePassword), status: .created,
      headers: ["Set-Cookie": cookie(opened.secret, until: opened.expiresAt, call)])
  }

  private static func choosePassword(_ call: Call) async throws -> HTTPResponse {
    struct Body: Decodable {
      var current_password: String?
      let new_password: String
    }
    let body = try call.json(Body.self, members: ["current_password", "new_password"])
    guard let caller = call.caller, let session = caller.session, let secret = caller.secret else {
      throw LabelingError.forbidden("A token chooses no password: sign in with a name and a password, or by a link.")
    }
    let fresh = try await call.service.choosePassword(
      body.new_password, present: body.current_password, session: session, secret: secret, by: caller.principal,
      address: call.head.remoteAddress)
    let view = PeopleView.session(
      caller.principal, secret: fresh ?? secret, expiresAt: caller.credential.expiresAt,
      openedBy: session.openedBy.rawValue, mayChoosePassword: false)
    guard let fresh else { return .json(view) }
    return .json(view, headers: ["Set-Cookie": cookie(fresh, until: caller.credential.expiresAt, call)])
  }

  private static func cookie(_ secret: String, until end: Timestamp?, _ call: Call) -> String {
    let now = Timestamp.now.milliseconds
    let seconds = ((end?.milliseconds ?? now) - now) / 1000
    return call.api.authenticator.cookie(secret, maxAge: max(0, Int(seconds)), for: call.head)
  }

  private static func signedOut(_ call: Call) -> HTTPResponse {
    HTTPResponse(
      status: .noContent,
      headers: [
        "Set-Cookie": call.api.authenticator.cookie(nil, maxAge: 0, for: call.head),
        "Clear-Site-Data": "\"cache\"",
      ])
  }

  private static func view(_ caller: Caller, secret: String?) -> JSONValue {
    PeopleView.session(
      caller.principal, secret: secret, expiresAt: caller.credential.expiresAt,
      openedBy: caller.session?.openedBy.rawValue, mayChoosePassword: caller.session?.mayChoosePassword ?? false)
  }
}
