public import Domain

/// What a bearer token or a browser's session allows at this moment.
public struct Credential: Sendable {
  /// How somebody proved who they are.
  public enum Proof: Sendable, Equatable {
    /// A bearer token.
    case token(id: Int64)
    /// A browser's session.
    case session(SessionState)
  }

  /// The proof.
  public let proof: Proof
  /// Whose it is, and the most that both it and its user may do.
  public let principal: Principal
  /// When it ends by itself.
  public let expiresAt: Timestamp?
}

/// What is known of a browser's session when it is used.
public struct SessionState: Sendable, Equatable {
  /// How a session came to be.
  public enum Origin: String, Sendable {
    /// By a name and a password.
    case password
    /// By a one-time link.
    case link
    /// By a bearer token, with which it ends.
    case token
  }

  /// Its number.
  public let id: Int64
  /// How it came to be.
  public let openedBy: Origin
  /// When it was last noted to be used.
  public let seenAt: Timestamp
  /// When its secret was made.
  public let rotatedAt: Timestamp
  /// Whether a password may be chosen without the present one.
  public let mayChoosePassword: Bool
  /// Whether the secret is the one before the last rotation.
  public let isFormerSecret: Bool
}

/// A token as its owner and administrators see it: everything but its secret.
public struct TokenListing: Sendable {
  /// Its number.
  public let id: Int64
  /// Whose it is.
  public let user: User
  /// What it allows at most.
  public let role: Role
  /// What it is for.
  public let note: String?
  /// When it was made.
  public let createdAt: Timestamp
  /// When it ends by itself.
  public let expiresAt: Timestamp?
  /// When it was ended.
  public let revokedAt: Timestamp?
  /// When it was last used, as far as the server that runs has seen; it keeps that in memory only.
  public var usedAt: Timestamp?
}

/// A session as its owner and administrators see it.
public struct SessionListing: Sendable {
  /// Its number.
  public let id: Int64
  /// Whose it is.
  public let user: User
  /// How it came to be.
  public let openedBy: SessionState.Origin
  /// Where it was opened from.
  public let address: String?
  /// What the browser calls itself.
  public let agent: String?
  /// When it was opened.
  public let createdAt: Timestamp
  /// When it was last noted to be used.
  public let seenAt: Timestamp
  /// When it ends.
  public let expiresAt: Timestamp
}
