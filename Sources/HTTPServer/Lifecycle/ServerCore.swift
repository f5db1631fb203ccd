import HTTPCore
import Logging
import Synchronization

/// What all exchanges of a server share.
final class ServerCore: Sendable {
  let application: any HTTPApplication
  let configuration: ServerConfiguration
  let logger: Logger
  let suspensions = Suspensions()
  let deadlines = DeadlineTimer()
  let drain = Drain()
  let connections: Connections

  private let idPrefix: String
  private let idCounter = Atomic<UInt64>(0)

  init(application: any HTTPApplication, configuration: ServerConfiguration, logger: Logger) {
    self.application = application
    self.configuration = configuration
    self.logger = logger
    connections = Connections(configuration: configuration, logger: logger)
    idPrefix = RequestHead.randomID() + "-"
  }

  /// A request identifier that no other request of any server has: the server's random name and a number.
  func freshID() -> String {
    idPrefix + String(idCounter.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
  }

  var isTLS: Bool { configuration.tls != nil }
}
