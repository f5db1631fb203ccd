import Domain
import Tensors
import Testing

@testable import Labeling
@testable import Storage

/// What happens when there are fewer items than people.
@Suite struct ExhaustionTests {
  private func people(_ count: Int, _ test: TestService) async throws -> [User] {
    var people: [User] = []
    for number in 0..<count { people.append(try await test.user("person \(number)")) }
    return people
  }

  @Test func oneItemLeftGoesToOneOfFifty() async throws {
    let test = try TestService()
    let project = try await test.project()
    let people = try await people(50, test)
    try await test.pushTexts(1, to: project, by: people[0])
    var waiting = people
    // Whoever has it gives it back, until each had it: nobody waits for ever.
    for turn in 0..<50 {
      let answers = try await withThrowingTaskGroup(of: (User, Serving).self) { group in
        for person in waiting {
          group.addTask { [service = test.service] in
            (person, try await service.next(in: project, for: person.id, count: 5, held: []))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let lucky = answers.filter { !$0.1.items.isEmpty }
      #expect(lucky.count == 1 && lucky[0].1.items.count == 1, "turn \(turn)")
      for (_, serving) in answers where serving.items.isEmpty {
        #expect(try #require(serving.reason).contains("in somebody's hands"))
      }
      let (person, serving) = try #require(lucky.first)
      try await test.service.release(serving.items[0].lease.id, by: person.id)
      waiting.removeAll { $0.id == person.id }
    }
    #expect(waiting.isEmpty)
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "fifty turns") }
  }

  @Test func whoHasSomethingLeavesTheRestToThoseWhoWait() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0}"#)
    let (ann, bob, eve) = (try await test.user("ann"), try await test.user("bob"), try await test.user("eve"))
    try await test.pushTexts(3, to: project, by: ann)
    let hers = try await test.next(project, ann, 5)
    #expect(hers.count == 3)
    for person in [bob, eve] { #expect(try await test.next(project, person, 5).isEmpty) }
    // She gives one back and asks for more at once: it is for bob or eve.
    try await test.service.release(hers[2].lease.id, by: ann.id)
    let more = try await test.service.next(
      in: project, for: ann.id, count: 5, held: Set(hers.prefix(2).map(\.lease.id)))
    #expect(more.items.isEmpty && more.lost.isEmpty)
    #expect(try #require(more.reason).contains("those who have none"))
    #expect(try await test.next(project, eve, 5).map(\.item.id) == [hers[2].item.id])
    // Those who gave up waiting do not keep anything from anybody.
    try await test.service.release(hers[1].lease.id, by: ann.id)
    test.clock.advance(seconds: ServingBoard.patience + 1)
    #expect(try await test.next(project, ann, 2).map(\.item.id) == [hers[0].item.id, hers[1].item.id])
  }

  @Test func whatLiesUnopenedGoesToWhoHasNothing() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 100, "evaluation_fraction": 0}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(3, to: project, by: ann)
    let hers = try await test.next(project, ann, 3)
    let held = Set(hers.map(\.lease.id))
    test.clock.advance(seconds: 49)
    #expect(try await test.next(project, bob).isEmpty)
    // Her page is there and renews all three; the second is on screen.
    _ = try await test.service.next(in: project, for: ann.id, count: 3, held: held, opened: hers[1].lease.id)
    test.clock.advance(seconds: 2)
    // The newest of those that she has not come to.
    let his = try await test.next(project, bob, 5)
    #expect(his.map(\.item.id) == [hers[2].item.id])
    // Bob has something now, so he gets no more; and of what is in one pair of hands the last is left alone.
    #expect(try await test.next(project, bob, 5).map(\.lease.id) == his.map(\.lease.id))
    let told = try await test.service.next(in: project, for: ann.id, count: 3, held: held, opened: hers[1].lease.id)
    #expect(told.lost == [hers[2].lease.id] && told.items.isEmpty)
    // Her late answer is kept beside his.
    let receipt = try await test.label(hers[2], "a", by: ann)
    #expect(receipt.leaseEnded && !receipt.extraOpinion)
    #expect(try await test.label(his[0], "b", by: bob).extraOpinion)
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "the end") }
  }

  @Test func skippedByOneComesBackToOthersLastAndByAllToNobody() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0}"#)
    let people = try await people(3, test)
    try await test.pushTexts(3, to: project, by: people[0])
    let first = try #require(try await test.next(project, people[0]).first)
    func skip(_ served: ServedItem, by person: User) async throws {
      _ = try await test.service.annotate(
        Submission(target: .item(served.item.id), outcome: .skip, labels: nil, lease: served.lease.id), in: project,
        by: person)
    }
    try await skip(first, by: people[0])
    // Not to the skipper, whatever else is left.
    for served in try await test.next(project, people[0], 9) {
      #expect(served.item.id != first.item.id)
      try await test.label(served, "a", by: people[0])
    }
    #expect(try await test.next(project, people[0]).isEmpty)
    for person in people[1...] {
      let again = try #require(try await test.next(project, person, 9).first)
      #expect(again.item.id == first.item.id && again.lease.provenance.strategy == "skipped")
      try await skip(again, by: person)
    }
    for person in people {
      let serving = try await test.service.next(in: project, for: person.id, count: 9, held: [])
      #expect(serving.items.isEmpty && serving.reason?.contains("for an engineer to settle") == true)
    }
    // Somebody new may still try; so may who takes the skip back.
    let newcomer = try await test.user("newcomer")
    let tried = try #require(try await test.next(project, newcomer, 9).first)
    #expect(tried.item.id == first.item.id)
    try await test.label(tried, "b", by: newcomer)
    #expect(test.service.overviewIfKnown(project)?.counts.labelled == 3)
  }

  @Test func nobodyHoldsMoreThanTheProjectAllows() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"max_leases": 4, "strategy": "random"}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(20, to: project, by: ann)
    let batch = try await test.service.query(in: project, by: ann, count: 3, strategy: nil, leaseSeconds: nil)
    #expect(batch.items.count == 3 && batch.reason == nil)
    let serving = try await test.service.next(in: project, for: ann.id, count: 9, held: [])
    #expect(serving.items.count == 4 && serving.reason?.contains("max_leases") == true)
    let refused = try await test.service.query(in: project, by: ann, count: 3, strategy: nil, leaseSeconds: nil)
    #expect(refused.items.isEmpty && refused.reason?.contains("max_leases") == true)
    try await test.label(serving.items[0], "a", by: ann)
    #expect(
      try await test.service.query(in: project, by: ann, count: 3, strategy: nil, leaseSeconds: nil).items.count == 1)
    #expect(try await test.next(project, try await test.user("bob"), 9).count == 4)
  }

  @Test func thoseWhoWaitAreTold() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let events = test.service.events.listen(to: project, after: nil)
    let hers = try #require(try await test.next(project, ann).first)
    // Nobody waits: nothing to tell.
    try await test.service.release(hers.lease.id, by: ann.id)
    _ = try await test.next(project, ann)
    #expect(try await test.next(project, bob).isEmpty)
    try await test.service.release(try #require(try await test.next(project, ann).first).lease.id, by: ann.id)
    var heard: [Event] = []
    for await event in events {
      heard.append(event)
      if event.kind == "lease" { break }
    }
    #expect(heard.map(\.kind) == ["lease"] && heard[0].data == #"{"available":1}"#)
  }
}
