import Storage
public import Telemetry

/// One thing that must hold for the product to serve people.
public struct HealthCheck: Sendable, Equatable {
  /// Its name, such as `database`.
  public let name: String
  /// What does not hold and what to do; `nil` where all is well.
  public let complaint: String?

  /// States a result.
  public init(name: String, complaint: String? = nil) {
    self.name = name
    self.complaint = complaint
  }

  /// Whether it holds.
  public var isWell: Bool { complaint == nil }
}

/// From when on something does not count as well any more.
public struct HealthLimits: Sendable {
  /// How long one transaction may take.
  public var writerStall = Duration.seconds(10)
  /// Bytes that must be free for writes to be safe.
  public var freeBytes = 64 << 20
  /// How the file system of a path is asked; a parameter so that tests can fill it.
  public var space: @Sendable (String) -> FileSystemSpace? = { FileSystemSpace(of: $0) }

  /// The limits of a server.
  public init() {}
}

extension LabelingService {
  /// Looks whether reads, writes and training are possible, without writing.
  ///
  /// - Complexity: one small read of the database and a system call; never waits for the writer.
  public func health(_ limits: HealthLimits = HealthLimits()) -> [HealthCheck] {
    var version: Int?
    var reason = ""
    do { version = try store.read { try $0.schemaVersion() } } catch { reason = "\(error)" }
    return [
      HealthCheck(name: "database", complaint: version == nil ? "The database cannot be read: \(reason)" : nil),
      HealthCheck(name: "migrations", complaint: migrationComplaint(version)),
      HealthCheck(name: "writer", complaint: writerComplaint(limits)),
      HealthCheck(name: "disk", complaint: diskComplaint(limits)),
      HealthCheck(
        name: "trainer", complaint: scheduler.hasEnded ? "The trainer's thread has ended: restart the server." : nil),
    ]
  }

  private func migrationComplaint(_ version: Int?) -> String? {
    guard let version, version != store.schemaVersion else { return nil }
    return "The database has schema \(version), this program needs \(store.schemaVersion)."
  }

  private func writerComplaint(_ limits: HealthLimits) -> String? {
    let commits = store.commits
    if commits.hasEnded { return "The database's writer has ended: restart the server." }
    guard let busy = commits.busyFor, busy > limits.writerStall else { return nil }
    return "A write has been under way for \(busy.components.seconds) s; \(store.waitingWrites) wait behind it."
  }

  private func diskComplaint(_ limits: HealthLimits) -> String? {
    if let failure = storageHealth.lastFailure, !storageHealth.isWritable {
      return "The disk refused the last write: \(failure.reason). Writes are tried again every few seconds."
    }
    guard let space = limits.space(folder.path) else { return "The data folder's file system does not answer." }
    if space.isReadOnly { return "The data folder's file system can only be read." }
    guard space.free < limits.freeBytes else { return nil }
    return
      "Only \(space.free >> 20) MiB are free where the data folder is; at least \(limits.freeBytes >> 20) are needed."
  }
}
