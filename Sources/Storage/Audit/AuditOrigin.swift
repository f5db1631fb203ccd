public import Domain

/// Who is behind the writes of a task, and where they are: what the audit log says of each change.
///
/// Set once around a request or a command; ``Store/write(_:)`` takes it along to the writer.
public struct AuditOrigin: Sendable {
  /// Who acts; `nil` for somebody who has not said who they are yet.
  public var principal: Principal?
  /// The client's address, or `command line`.
  public var address: String
  /// The request's identifier, which stands in the log too.
  public var requestID: String?

  /// Puts an origin together.
  public init(principal: Principal?, address: String, requestID: String? = nil) {
    self.principal = principal
    self.address = address
    self.requestID = requestID
  }

  /// The origin of this task's writes; `nil` for what the server does by itself.
  @TaskLocal public static var current: AuditOrigin?
}

/// What a change is about.
public struct AuditSubject: Sendable, Equatable {
  /// Its kind, such as `user` or `project`.
  public var kind: String
  /// Its identifier as clients see it.
  public var id: String?
  /// The project that it belongs to.
  public var project: ProjectID?

  /// Puts a subject together.
  public init(_ kind: String, _ id: String? = nil, in project: ProjectID? = nil) {
    self.kind = kind
    self.id = id
    self.project = project
  }
}

/// A line of the audit log.
public struct AuditEntry: Sendable {
  /// Its number; later entries have larger ones.
  public var id: Int64
  /// When it was written.
  public var at: Timestamp
  /// Who did it, by identifier.
  public var userID: UserID?
  /// Who did it, by the name that they had.
  public var userName: String?
  /// The role that they had.
  public var role: String?
  /// What was done, such as `project.change`.
  public var action: String
  /// What it was done to.
  public var subject: AuditSubject
  /// From where.
  public var address: String?
  /// In which request.
  public var requestID: String?
  /// What was there before, as JSON text.
  public var before: String?
  /// What was there afterwards, as JSON text.
  public var after: String?
}

/// Which lines of the audit log are wanted.
public struct AuditFilter: Sendable {
  /// One action, or with a final dot all that begin with it.
  public var action: String?
  /// Whose.
  public var user: UserID?
  /// In which project.
  public var project: ProjectID?
  /// From this moment on.
  public var since: Timestamp?
  /// Before this moment.
  public var until: Timestamp?

  /// Everything.
  public init() {}
}
