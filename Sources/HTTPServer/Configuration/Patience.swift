/// How slow a client may be before its connection is ended.
///
/// libmicrohttpd measures silence only: a byte now and then would keep a connection, and what it holds, for ever.
public struct Patience: Sendable, Hashable {
  /// From the connection's opening, or from the first line of a later request, to the end of the request's head.
  public var head: Duration
  /// How long a connection without a request, before the first or between two, is kept where connections run short.
  public var idleUnderPressure: Duration
  /// The share of the connections, from 0 to 1, from which on they run short.
  public var pressure: Double
  /// Bytes a second that a body has to arrive or to be taken with, averaged over each window.
  ///
  /// Time in which the client waits for the server does not count.
  public var bytesPerSecond: Int
  /// What the rate is averaged over.
  public var window: Duration

  /// Makes limits that let the slowest of phones through, and nobody who is slow on purpose.
  public init(
    head: Duration = .seconds(20), idleUnderPressure: Duration = .seconds(5), pressure: Double = 0.75,
    bytesPerSecond: Int = 1024, window: Duration = .seconds(60)
  ) {
    self.head = head
    self.idleUnderPressure = idleUnderPressure
    self.pressure = pressure
    self.bytesPerSecond = bytesPerSecond
    self.window = window
  }
}
