import Domain
import Foundation
import Synchronization
import Testing

@testable import Labeling

/// Listeners that leave in the very moment of an event: who ends must not wait for who publishes, nor the other way round.
@Suite(.timeLimit(.minutes(5))) struct HangUpTests {
  @Test func whoHangsUpInTheMomentOfAnEventStopsNobody() async throws {
    let hub = EventHub(clock: { Timestamp(milliseconds: 1) })
    let project = ProjectID(1)
    // On a thread of its own, which tells without a pause: those that hang up share the others.
    let isDone = Atomic(false)
    let published = Atomic(0)
    let (ended, end) = AsyncStream<Void>.makeStream()
    Thread.detachNewThread {
      while !isDone.load(ordering: .relaxed) {
        hub.publish("annotation", [], in: project)
        published.add(1, ordering: .relaxed)
      }
      end.finish()
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<2000 {
            let listener = Task { for await _ in hub.listen(to: project, after: nil) {} }
            while hub.listenerCount == 0 { await Task.yield() }
            listener.cancel()
            await listener.value
          }
        }
      }
    }
    isDone.store(true, ordering: .relaxed)
    for await _ in ended {}
    #expect(hub.listenerCount == 0 && published.load(ordering: .relaxed) > 0)
    // It still tells those who come now.
    var events = hub.listen(to: project, after: nil).makeAsyncIterator()
    hub.publish("round", [], in: project)
    #expect(await events.next()?.kind == "round")
  }
}
