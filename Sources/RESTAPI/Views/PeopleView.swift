import Domain
import Labeling
import Storage

/// People and what they sign in with, as the contract shows them; secrets stand only where they are made.
enum PeopleView {
  static func session(
    _ principal: Principal, secret: String?, expiresAt: Timestamp?, openedBy: String?, mayChoosePassword: Bool
  ) -> JSONValue {
    [
      "user": [
        "id": .string("\(principal.user.id)"), "name": .string(principal.user.name),
        "role": .string(principal.role.rawValue),
      ],
      "csrf_token": .optional(secret.map(Authenticator.csrfToken(of:))),
      "expires_at": .optional(expiresAt.map { "\($0)" }), "opened_by": .optional(openedBy),
      "may_choose_password": .bool(mayChoosePassword),
    ]
  }

  static func json(_ session: SessionListing, current: Int64?) -> JSONValue {
    [
      "id": .string("\(session.id)"), "user": user(session.user), "opened_by": .string(session.openedBy.rawValue),
      "address": .optional(session.address), "agent": .optional(session.agent),
      "created_at": .string("\(session.createdAt)"), "seen_at": .string("\(session.seenAt)"),
      "expires_at": .string("\(session.expiresAt)"), "current": .bool(session.id == current),
    ]
  }

  /// - Parameter projects: those that they are a member of.
  static func json(_ account: Account, memberOf projects: [Project]) -> JSONValue {
    [
      "id": .string("\(account.user.id)"), "name": .string(account.user.name), "role": .string(account.role.rawValue),
      "has_password": .bool(account.hasPassword), "disabled": .bool(account.disabledAt != nil),
      "disabled_at": .optional(account.disabledAt.map { "\($0)" }), "created_at": .string("\(account.createdAt)"),
      "signed_in_at": .optional(account.signedInAt.map { "\($0)" }),
      "seen_at": .optional(account.seenAt.map { "\($0)" }),
      "projects": .array(projects.map { ["id": .string("\($0.id)"), "name": .string($0.name)] }),
    ]
  }

  static func json(_ member: Member) -> JSONValue {
    let (account, activity) = (member.account, member.activity)
    return [
      "id": .string("\(account.user.id)"), "name": .string(account.user.name), "role": .string(account.role.rawValue),
      "disabled": .bool(account.disabledAt != nil), "member": .bool(member.isMember),
      "labels": .integer(Int64(activity.labels)), "skips": .integer(Int64(activity.skips)),
      "flags": .integer(Int64(activity.flags)), "last_at": .optional(activity.lastAt.map { "\($0)" }),
      "held": .integer(Int64(member.held)),
    ]
  }

  static func json(_ token: TokenListing, secret: String? = nil) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("id", .string("\(token.id)")), ("user", user(token.user)), ("role", .string(token.role.rawValue)),
      ("note", .optional(token.note)), ("created_at", .string("\(token.createdAt)")),
      ("expires_at", .optional(token.expiresAt.map { "\($0)" })),
      ("revoked_at", .optional(token.revokedAt.map { "\($0)" })),
      ("used_at", .optional(token.usedAt.map { "\($0)" })),
    ]
    if let secret { members.append(("token", .string(secret))) }
    return .object(members)
  }

  static func json(_ entry: AuditEntry) -> JSONValue {
    [
      "id": .string("\(entry.id)"), "at": .string("\(entry.at)"),
      "user": entry.userName.map {
        ["id": .optional(entry.userID.map { "\($0)" }), "name": .string($0), "role": .optional(entry.role)]
      } ?? .null,
      "action": .string(entry.action),
      "subject": [
        "kind": .string(entry.subject.kind), "id": .optional(entry.subject.id),
        "project": .optional(entry.subject.project.map { "\($0)" }),
      ],
      "address": .optional(entry.address), "request_id": .optional(entry.requestID),
      "before": entry.before.map { .raw($0) } ?? .null, "after": entry.after.map { .raw($0) } ?? .null,
    ]
  }

  private static func user(_ user: User) -> JSONValue {
    ["id": .string("\(user.id)"), "name": .string(user.name)]
  }
}
