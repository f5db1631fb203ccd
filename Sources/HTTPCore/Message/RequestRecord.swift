import Synchronization

/// What is learnt of a request while it is served, for the access log and the metrics.
///
/// Each field is written by one party at a time and read at the request's end; a few relaxed atomic stores a request.
public final class RequestRecord: Sendable {
  private let routeNumber = Atomic<Int>(-1)
  private let userNumber = Atomic<Int64>(0)
  private let bytes = Atomic<Int>(0)
  private let begun = Atomic<UInt64>(0)
  private let ended = Atomic<UInt64>(0)

  /// Nothing is known yet.
  public init() {}

  /// The number of its route among the application's; `nil` where there is none, or the application was not asked.
  public var route: Int? {
    get { nonNegative(routeNumber.load(ordering: .relaxed)) }
    set { routeNumber.store(newValue ?? -1, ordering: .relaxed) }
  }

  /// The number of the user that asks; `nil` where it is nobody known.
  public var user: Int64? {
    get {
      let number = userNumber.load(ordering: .relaxed)
      return number == 0 ? nil : number
    }
    set { userNumber.store(newValue ?? 0, ordering: .relaxed) }
  }

  /// Bytes of body that arrived.
  public var bytesReceived: Int { bytes.load(ordering: .relaxed) }

  /// Notes how many bytes of body arrived.
  public func received(bytes count: Int) { bytes.store(count, ordering: .relaxed) }

  /// Notes that the handler begins, or ends, at a moment in nanoseconds of any one clock.
  public func handler(begins moment: UInt64) { begun.store(moment, ordering: .relaxed) }

  /// Notes that the handler has ended.
  public func handler(ends moment: UInt64) { ended.store(moment, ordering: .relaxed) }

  /// When the handler began and ended; `nil` where it did not.
  public var handling: (begun: UInt64, ended: UInt64)? {
    let (begun, ended) = (begun.load(ordering: .relaxed), ended.load(ordering: .relaxed))
    return begun == 0 || ended == 0 ? nil : (begun, ended)
  }

  private func nonNegative(_ number: Int) -> Int? { number < 0 ? nil : number }
}
