import Domain
import Foundation
import HTTPCore
import Labeling
import Logging
import RESTAPI
import Storage

/// The application on a data folder of its own, without a socket.
final class TestServer: Sendable {
  let api: API
  let service: LabelingService
  let logs = LogCapture()
  private let store: Store
  /// The data folder.
  let folder: String

  /// - Parameter training: whether rounds run.
  init(
    training: Bool = false, secureCookies: Bool = false, limits: APILimits = APILimits(),
    clock: @escaping @Sendable () -> Timestamp = { .now }
  ) throws {
    folder = NSTemporaryDirectory() + "winnow-rest-\(UUID().uuidString)"
    let data = try DataFolder(path: folder, exclusive: true)
    store = try Store(path: data.database, migrations: Self.root + "/Migrations")
    var logger = Logger(label: "test") { [logs] _ in logs }
    logger.logLevel = .trace
    service = try LabelingService(
      folder: data, store: store, logger: logger, passwordCost: .least, clock: clock)
    api = API(
      service: service, publicFolder: Self.root + "/Public", secureCookies: secureCookies, limits: limits,
      logger: logger)
    if training { try service.start() }
  }

  /// The package's folder.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Somebody with a token of a role, who is a member of these projects.
  func client(_ role: Role, _ name: String, in projects: [ProjectID] = []) async throws -> Client {
    Client(
      api: api, token: try await service.createToken(name: name, role: role, projects: projects, lifetime: nil))
  }

  /// Somebody without credentials.
  var stranger: Client { Client(api: api, token: nil) }

  func close() async {
    await service.stop()
    store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }
}

/// Runs a test against a server that is gone afterwards.
func withServer(
  training: Bool = false, secureCookies: Bool = false, limits: APILimits = APILimits(),
  clock: @escaping @Sendable () -> Timestamp = { .now }, _ body: (TestServer) async throws -> Void
) async throws {
  let server = try TestServer(training: training, secureCookies: secureCookies, limits: limits, clock: clock)
  do {
    try await body(server)
  } catch {
    await server.close()
    throw error
  }
  await server.close()
}

/// Keeps what is logged.
final class LogCapture: LogHandler, @unchecked Sendable {
  // Sendable: every access to `kept` takes the lock; the rest is never changed after the logger was made.
  private let lock = NSLock()
  private var kept: [String] = []
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = "\(event.level) \(event.message) \(event.metadata ?? [:])"
    lock.withLock { kept.append(line) }
  }

  var lines: [String] { lock.withLock { kept } }
}
