import Domain
import HTTPCore
import Labeling
import Storage

extension Endpoint {
  /// Signing a browser in with a token, and out.
  static var sessions: [Endpoint] {
    [
      Endpoint(
        method: .post, path: "/sessions", summary: "Sign a browser in with a token; sets a cookie", tag: "Sessions",
        access: .open, body: small, mayKeepAnswer: false,
        requestSchema: Schema.object(["token": Schema.text], required: ["token"]),
        status: .created, responseSchema: Schema.session, problems: [.unauthorized]
      ) { call in
        struct Body: Decodable { let token: String }
        let body = try call.json(Body.self, members: ["token"])
        guard let token = try call.service.token(body.token) else {
          throw ProblemDocument(status: .unauthorized, detail: "This token is not known, has ended or was revoked.")
        }
        let session = try await call.service.openSession(with: token)
        let lifetime = Int((session.expiresAt.milliseconds - Timestamp.now.milliseconds) / 1000)
        return .json(
          view(token.principal, session: session.secret, expiresAt: session.expiresAt), status: .created,
          headers: ["Set-Cookie": call.api.authenticator.cookie(session.secret, maxAge: lifetime)])
      },
      Endpoint(
        method: .get, path: "/sessions/current", summary: "Who is signed in", tag: "Sessions",
        access: .role(.annotator), responseSchema: Schema.session
      ) { call in
        guard let caller = call.caller else { throw ProblemDocument(status: .unauthorized) }
        return .json(view(caller.principal, session: caller.session, expiresAt: caller.token.expiresAt))
      },
      Endpoint(
        method: .delete, path: "/sessions/current", summary: "Sign the browser out", tag: "Sessions",
        access: .role(.annotator), mayKeepAnswer: false, status: .noContent
      ) { call in
        if let secret = call.caller?.session {
          try await call.service.closeSession(secret)
          call.api.authenticator.forget(session: secret)
        }
        return HTTPResponse(
          status: .noContent, headers: ["Set-Cookie": call.api.authenticator.cookie(nil, maxAge: 0)])
      },
    ]
  }

  private static func view(_ principal: Principal, session: String?, expiresAt: Timestamp?) -> JSONValue {
    [
      "user": [
        "id": .string("\(principal.user.id)"), "name": .string(principal.user.name),
        "role": .string(principal.role.rawValue),
      ],
      "csrf_token": .optional(session.map(Authenticator.csrfToken(of:))),
      "expires_at": .optional(expiresAt.map { "\($0)" }),
    ]
  }
}
