/// A user as administrators see them: everything but what they sign in with.
public struct Account: Sendable, Equatable {
  /// Who it is.
  public var user: User
  /// The most that they may do; a token of theirs may allow less.
  public var role: Role
  /// When they were made.
  public var createdAt: Timestamp
  /// Since when they may do nothing at all.
  public var disabledAt: Timestamp?
  /// When they last signed in.
  public var signedInAt: Timestamp?
  /// When they last signed in, or a browser of theirs was last noted to be used, whichever is later.
  public var seenAt: Timestamp?
  /// Whether they have chosen a password.
  public var hasPassword: Bool

  /// Puts an account together.
  public init(
    user: User, role: Role, createdAt: Timestamp, disabledAt: Timestamp?, signedInAt: Timestamp?,
    seenAt: Timestamp? = nil, hasPassword: Bool
  ) {
    self.user = user
    self.role = role
    self.createdAt = createdAt
    self.disabledAt = disabledAt
    self.signedInAt = signedInAt
    self.seenAt = seenAt
    self.hasPassword = hasPassword
  }
}
