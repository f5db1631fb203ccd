import Domain
import HTTPCore
import Labeling

extension Endpoint {
  /// Who may sign in.
  static var users: [Endpoint] {
    [
      Endpoint(
        method: .get, path: "/users", summary: "Everybody who may sign in, or has said something", tag: "People",
        access: .role(.admin), query: Schema.paging, responseSchema: Schema.page(Schema.user)
      ) { call in
        let (limit, cursor) = try call.page()
        let found = try call.service.accounts(after: cursor.map { UserID($0) }, limit: limit + 1)
        let shown = found.prefix(limit)
        let memberships = try call.service.memberships(of: shown.map(\.user.id))
        return .json([
          "items": .array(shown.map { PeopleView.json($0, memberOf: memberships[$0.user.id] ?? []) }),
          "next_cursor": found.count > limit ? .string("\(found[limit - 1].user.id)") : .null,
        ])
      },
      Endpoint(
        method: .post, path: "/users", summary: "Make a user; a one-time link lets them choose a password",
        tag: "People", access: .role(.admin), audit: .writes(["user.create"]), body: small,
        requestSchema: Schema.object(["name": Schema.name, "role": Schema.role], required: ["name", "role"]),
        status: .created, responseSchema: Schema.user, carries: [.location],
        links: [
          .init(method: .get, path: "/users/{user}", parameters: ["user": "$response.body#/id"]),
          .init(method: .patch, path: "/users/{user}", parameters: ["user": "$response.body#/id"]),
          .init(method: .delete, path: "/users/{user}", parameters: ["user": "$response.body#/id"]),
        ]
      ) { call in
        struct Body: Decodable {
          let name: String
          let role: String
        }
        let body = try call.json(Body.self, members: ["name", "role"])
        let account = try await call.service.createUser(named: body.name, role: try role(body.role))
        return .json(
          try view(account, call), status: .created, headers: ["Location": "\(base)/users/\(account.user.id)"])
      },
      Endpoint(
        method: .get, path: "/users/{user}", summary: "A user", tag: "People", access: .role(.admin),
        responseSchema: Schema.user
      ) { call in .json(try view(try call.service.account(try call.id("user")), call)) },
      Endpoint(
        method: .patch, path: "/users/{user}",
        summary: "Change a user's name or role, shut them out or let them in; at once", tag: "People",
        access: .role(.admin), audit: .writes(["user.change"]), body: small,
        requestSchema: Schema.object(["name": Schema.name, "role": Schema.role, "disabled": Schema.boolean]),
        responseSchema: Schema.user
      ) { call in
        struct Body: Decodable {
          var name: String?
          var role: String?
          var disabled: Bool?
        }
        let body = try call.json(Body.self, members: ["name", "role", "disabled"])
        let id: UserID = try call.id("user")
        let account = try await call.service.changeUser(
          id, UserChange(name: body.name, role: try body.role.map(role), isDisabled: body.disabled))
        if body.disabled == true { try await call.service.withdrawLeases(of: id) }
        return .json(try view(account, call))
      },
      Endpoint(
        method: .delete, path: "/users/{user}",
        summary: "Remove a user; one who has said something is disabled, and what they said stays", tag: "People",
        access: .role(.admin), audit: .writes(["user.remove", "user.change"]), status: .noContent,
        moreAnswers: [.init(status: .ok, schema: Schema.user)]
      ) { call in
        let id: UserID = try call.id("user")
        guard let kept = try await call.service.removeUser(id) else { return HTTPResponse(status: .noContent) }
        try await call.service.withdrawLeases(of: id)
        return .json(try view(kept, call))
      },
      Endpoint(
        method: .post, path: "/users/{user}/link",
        summary: "Make a link that signs the user in once, within a day; earlier ones end", tag: "People",
        access: .role(.admin), audit: .writes(["user.link"]), mayKeepAnswer: false, status: .created,
        responseSchema: Schema.link
      ) { call in
        let link = try await call.service.makeLink(for: try call.id("user"))
        return .json(
          [
            "code": .string(link.secret), "path": .string("/#code=\(link.secret)"),
            "expires_at": .string("\(link.expiresAt)"),
          ], status: .created)
      },
    ]
  }

  private static func view(_ account: Account, _ call: Call) throws -> JSONValue {
    let id = account.user.id
    return PeopleView.json(account, memberOf: try call.service.memberships(of: [id])[id] ?? [])
  }

  static func role(_ text: String) throws -> Role {
    guard let role = Role(rawValue: text) else {
      throw LabelingError.invalid("/role", "A role is annotator, engineer or admin.")
    }
    return role
  }
}
