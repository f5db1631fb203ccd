/// Somebody, or a program, that acts on the server.
public struct User: Sendable, Hashable {
  /// Their identifier.
  public let id: UserID
  /// Their name, unique on the server.
  public let name: String

  /// Puts a user together.
  public init(id: UserID, name: String) {
    self.id = id
    self.name = name
  }
}

/// What somebody may do; each role may do all that the one before may.
public enum Role: String, Sendable, CaseIterable, Comparable, Codable {
  /// Labels items of the projects they are a member of.
  case annotator
  /// Runs projects: pools, rounds, exports.
  case engineer
  /// Runs the server: people and tokens too.
  case admin

  private var rank: Int {
    switch self {
    case .annotator: 0
    case .engineer: 1
    case .admin: 2
    }
  }

  /// Orders by what may be done.
  public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}

/// Who a request comes from, once that has been established.
public struct Principal: Sendable, Hashable {
  /// The user.
  public let user: User
  /// What they may do.
  public let role: Role

  /// Puts a principal together.
  public init(user: User, role: Role) {
    self.user = user
    self.role = role
  }
}
