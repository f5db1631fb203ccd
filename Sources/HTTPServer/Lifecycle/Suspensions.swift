/// The exchanges whose connection is suspended.
///
/// libmicrohttpd aborts the process when it is stopped with a suspended connection. So suspending asks here, under one
/// lock, and once this is closed nothing is suspended any more.
///
/// Lock order: an exchange's own lock, then this one.
final class Suspensions: Sendable {
  private struct State {
    var isClosed = false
    var exchanges: [ObjectIdentifier: Exchange] = [:]
  }

  private let state = Locked(State())

  /// Enters an exchange that is about to be suspended; `false` where the server stops and it must not be.
  func enter(_ exchange: Exchange) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.exchanges[ObjectIdentifier(exchange)] = exchange
      return true
    }
  }

  /// Takes out an exchange that has been resumed.
  func leave(_ exchange: Exchange) {
    state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
  }

  /// Forbids further suspensions.
  ///
  /// - Returns: the exchanges that are suspended now and must be resumed.
  func close() -> [Exchange] {
    state.withLock { state in
      state.isClosed = true
      return Array(state.exchanges.values)
    }
  }

  /// How many are suspended.
  var count: Int { state.withLock { $0.exchanges.count } }
}
