import Domain
import Storage

/// The documents about people.
extension Schema {
  static let role = choice(Role.allCases.map(\.rawValue))
  /// A user or a project, by identifier and name.
  private static let person = answer(["id": text, "name": text])

  static let session = answer([
    "user": answer(["id": text, "name": text, "role": role]), "csrf_token": nullable(text),
    "expires_at": nullable(time), "opened_by": nullable(choice(["password", "link", "token"])),
    "may_choose_password": boolean,
  ])

  static let sessionListing = answer([
    "id": text, "user": person, "opened_by": choice(["password", "link", "token"]), "address": nullable(text),
    "agent": nullable(text), "created_at": time, "seen_at": time, "expires_at": time, "current": boolean,
  ])

  static let user = answer([
    "id": text, "name": text, "role": role, "has_password": boolean, "disabled": boolean,
    "disabled_at": nullable(time), "created_at": time, "signed_in_at": nullable(time), "seen_at": nullable(time),
    "projects": list(person),
  ])

  static let link = answer(["code": text, "path": text, "expires_at": time])

  static let token = answer([
    "id": text, "user": person, "role": role, "note": nullable(text), "created_at": time,
    "expires_at": nullable(time), "revoked_at": nullable(time), "used_at": nullable(time),
  ])
  /// With its secret, which is shown this once.
  static let newToken = answer([
    "id": text, "user": person, "role": role, "note": nullable(text), "created_at": time,
    "expires_at": nullable(time), "revoked_at": nullable(time), "used_at": nullable(time), "token": text,
  ])

  static let auditEntry = answer([
    "id": text, "at": time, "user": nullable(answer(["id": nullable(text), "name": text, "role": nullable(text)])),
    "action": text,
    "subject": answer(["kind": text, "id": nullable(text), "project": nullable(text)]), "address": nullable(text),
    "request_id": nullable(text), "before": [:], "after": [:],
  ])
}
