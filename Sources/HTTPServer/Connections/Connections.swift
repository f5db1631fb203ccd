import CWinnowMicroHTTPD
import Dispatch
import HTTPCore
import Logging

/// All connections of a server: how many each address has, and which of them are too slow.
///
/// A timer looks at them now and then, as long as there are any, and ends those that are overdue by shutting their socket
/// down, of which libmicrohttpd learns as of a client that left.
///
/// Lock order: this one's, then an exchange's own. An exchange never asks here with its lock held.
final class Connections: Sendable {
  private struct State {
    var open: [ObjectIdentifier: ConnectionWatch] = [:]
    var perSubscriber: [IPAddress: Int] = [:]
    var isLooking = false
  }

  private let state = Locked(State())
  private let configuration: ServerConfiguration
  private let logger: Logger
  private let queue = DispatchQueue(label: "winnow.http.connections")
  private let interval: Int

  init(configuration: ServerConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    let patience = configuration.patience
    let shortest = min(patience.head, patience.window, patience.idleUnderPressure, configuration.inactivityTimeout)
    interval = max(20, min(1000, shortest.milliseconds / 4))
  }

  /// How many there are.
  var count: Int { state.withLock { $0.open.count } }

  /// Whether an address may have another connection.
  func admits(_ address: IPAddress?) -> Bool {
    guard let limit = configuration.perAddressLimit, let subscriber = counted(address) else { return true }
    return state.withLock { $0.perSubscriber[subscriber, default: 0] < limit }
  }

  /// Enters a connection that was opened.
  func open(socket: Int32, address: IPAddress?) -> ConnectionWatch {
    let watch = ConnectionWatch(socket: socket, subscriber: counted(address))
    state.withLock { state in
      state.open[ObjectIdentifier(watch)] = watch
      if let subscriber = watch.subscriber { state.perSubscriber[subscriber, default: 0] += 1 }
      if !state.isLooking {
        state.isLooking = true
        wait()
      }
    }
    return watch
  }

  /// Takes a connection out, before its socket is closed: from then on the number may belong to another.
  func close(_ watch: ConnectionWatch) {
    state.withLock { state in
      guard state.open.removeValue(forKey: ObjectIdentifier(watch)) != nil, let subscriber = watch.subscriber else {
        return
      }
      let left = state.perSubscriber[subscriber, default: 0] - 1
      state.perSubscriber[subscriber] = left > 0 ? left : nil
    }
  }

  private func counted(_ address: IPAddress?) -> IPAddress? {
    guard let address, !configuration.unlimitedAddresses.contain(address),
      !configuration.trustedProxies.contain(address)
    else { return nil }
    return address.subscriber
  }

  private func wait() {
    queue.asyncAfter(deadline: .now() + .milliseconds(interval)) { @Sendable in self.look() }
  }

  private func look() {
    let now = CoarseClock.now
    let ended = state.withLock { state in
      let isPressed =
        Double(state.open.count) >= configuration.patience.pressure * Double(configuration.connectionLimit)
      var ended = 0
      for watch in state.open.values
      where watch.isOverdue(
        now: now, configuration.patience, idle: configuration.inactivityTimeout, isPressed: isPressed)
      {
        winnow_socket_end(watch.socket)  // under the lock: it is open as long as it stands in the table
        ended += 1
      }
      state.isLooking = !state.open.isEmpty
      if state.isLooking { wait() }
      return ended
    }
    if ended > 0 { logger.debug("slow connections were ended", metadata: ["connections": "\(ended)"]) }
  }
}
