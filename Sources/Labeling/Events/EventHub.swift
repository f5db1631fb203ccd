public import Domain
import Synchronization

/// Something that happened in a project.
public struct Event: Sendable {
  /// Its number; a later event has a larger one, across restarts too.
  public let id: Int64
  /// `annotation`, `lease`, `round`, `progress`, or `reset` where earlier events are gone.
  public let kind: String
  /// What happened, as JSON text on one line.
  public let data: String
  /// The same without who did it, for those who may not know.
  public let anonymousData: String
  /// Who did it, where it was somebody.
  public let user: UserID?
}

/// Hands events to those who listen, and keeps the last of each project for those who come back.
public final class EventHub: Sendable {
  private struct Channel {
    var recent: [Event] = []
    var listeners: [Int: AsyncStream<Event>.Continuation] = [:]

    /// Keeps an event and says who wants to hear of it.
    mutating func add(_ event: Event) -> [AsyncStream<Event>.Continuation] {
      recent.append(event)
      if recent.count > 2 * EventHub.kept { recent.removeFirst(EventHub.kept) }
      return Array(listeners.values)
    }
  }

  private struct State {
    var channels: [ProjectID: Channel] = [:]
    var nextID: Int64
    var nextListener = 0
    var closed = false
  }

  private static let kept = 1024
  private let state: Mutex<State>
  /// Listeners that have ended and are still in the table.
  ///
  /// A stream ends while the runtime holds the lock of the task that reads it, and to yield to a task takes that lock: who
  /// ends must not wait for who publishes. Nothing is done under this lock but to note a number.
  private let ended = Mutex<[(project: ProjectID, number: Int)]>([])

  /// Starts without events; numbers begin at the present microsecond, so that they grow from run to run.
  init(clock: @Sendable () -> Timestamp) {
    state = Mutex(State(nextID: clock().milliseconds * 1000))
  }

  /// Tells everybody who listens to a project.
  ///
  /// - Parameter user: who did it, where it was somebody; their name follows as `annotator`.
  func publish(_ kind: String, _ data: [(key: String, value: JSONValue)], by user: User? = nil, in project: ProjectID) {
    let anonymous = JSONValue.object(data).text()
    let text = user.map { JSONValue.object(data + [(key: "annotator", value: .string($0.name))]).text() } ?? anonymous
    state.withLock { state in
      forgetEnded(&state)
      let event = Event(id: state.nextID, kind: kind, data: text, anonymousData: anonymous, user: user?.id)
      state.nextID += 1
      // In place: a channel that is taken out and put back is copied with all that it keeps, for each event. Inside the
      // lock, so that everybody hears of events in the order of their numbers; it never waits.
      for listener in state.channels[project, default: Channel()].add(event) { listener.yield(event) }
    }
  }

  /// The events of a project from now on, or from the one after `lastSeen`.
  ///
  /// Where events after `lastSeen` are no longer kept, a `reset` comes first. A listener that falls far behind loses the
  /// oldest events of its own stream only.
  public func listen(to project: ProjectID, after lastSeen: Int64?) -> AsyncStream<Event> {
    AsyncStream(bufferingPolicy: .bufferingNewest(Self.kept)) { continuation in
      let number: Int? = state.withLock { state in
        guard !state.closed else { return nil }
        forgetEnded(&state)
        var channel = state.channels[project] ?? Channel()
        if let lastSeen {
          let missed = channel.recent.filter { $0.id > lastSeen }
          if missed.count == channel.recent.count {
            continuation.yield(Event(id: lastSeen, kind: "reset", data: "{}", anonymousData: "{}", user: nil))
          }
          for event in missed { continuation.yield(event) }
        }
        let number = state.nextListener
        state.nextListener += 1
        channel.listeners[number] = continuation
        state.channels[project] = channel
        return number
      }
      guard let number else { return continuation.finish() }
      continuation.onTermination = { [weak self] _ in
        self?.ended.withLock { $0.append((project, number)) }
      }
    }
  }

  /// How many listen now.
  public var listenerCount: Int {
    state.withLock { state in
      forgetEnded(&state)
      return state.channels.values.reduce(0) { $0 + $1.listeners.count }
    }
  }

  private func forgetEnded(_ state: inout State) {
    let gone = ended.withLock { ended in
      defer { ended.removeAll() }
      return ended
    }
    for (project, number) in gone { state.channels[project]?.listeners[number] = nil }
  }

  /// Ends all streams; later listeners get an empty one.
  public func close() {
    let listeners = state.withLock { state in
      state.closed = true
      return state.channels.values.flatMap(\.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
