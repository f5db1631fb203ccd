import Domain
import GRDB
import Testing

@testable import Labeling
@testable import Storage

@Suite struct LeaseTests {
  @Test func anItemIsServedToOnePersonOnly() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(3, to: project, by: ann)
    let first = try await test.next(project, ann, 2)
    let second = try await test.next(project, bob, 5)
    #expect(first.count == 2 && second.count == 1)
    #expect(Set((first + second).map(\.item.id)).count == 3)
    let third = try await test.service.next(in: project, for: try await test.user("eve").id, count: 1, held: [])
    #expect(third.items.isEmpty)
    #expect(third.reason?.contains("somebody's hands") == true)
    #expect(third.overview.counts.leased == 3)
  }

  @Test func anEmptyPoolSaysSo() async throws {
    let test = try TestService()
    let project = try await test.project()
    let serving = try await test.service.next(in: project, for: try await test.user("ann").id, count: 3, held: [])
    #expect(serving.items.isEmpty && serving.reason?.contains("empty") == true)
    await #expect(throws: LabelingError.self) {
      try await test.service.next(in: ProjectID(99), for: UserID(1), count: 1, held: [])
    }
  }

  @Test func whatIsHeldIsNotRepeatedAndAReloadFindsItsItemsAgain() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(20, to: project, by: ann)
    let first = try await test.next(project, ann, 3)
    let held = Set(first.map(\.lease.id))
    #expect(try await test.next(project, ann, 3, held: held).isEmpty)
    let more = try await test.next(project, ann, 4, held: held)
    #expect(more.count == 1 && !held.contains(more[0].lease.id))
    // A page that was loaded anew has nothing: it gets what is its own, and nothing on top.
    let reloaded = try await test.next(project, ann, 3)
    #expect(reloaded.map(\.lease.id) == first.map(\.lease.id))
    #expect(try await test.next(project, ann, 4).map(\.lease.id) == (first + more).map(\.lease.id))
    #expect(test.service.overviewIfKnown(project)?.counts.leased == 4)
  }

  @Test func askingRenewsFromHalfTimeOn() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 100}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(2, to: project, by: ann)
    let lease = try #require(try await test.next(project, ann).first).lease
    #expect(lease.expiresAt == test.clock.now.adding(seconds: 100))
    test.clock.advance(seconds: 40)
    #expect(try await test.next(project, ann).first?.lease.expiresAt == lease.expiresAt)
    test.clock.advance(seconds: 20)
    let renewed = try #require(try await test.next(project, ann).first).lease
    #expect(renewed.id == lease.id && renewed.expiresAt == test.clock.now.adding(seconds: 100))
    #expect(try test.store.read { try $0.lease(lease.id)?.lease.expiresAt } == renewed.expiresAt)
  }

  @Test func anExpiredLeaseGivesTheItemToSomebodyElse() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 10}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let hers = try #require(try await test.next(project, ann).first)
    test.clock.advance(seconds: 9)
    #expect(try await test.next(project, bob).isEmpty)
    test.clock.advance(seconds: 1)
    let his = try #require(try await test.next(project, bob).first)
    #expect(his.item.id == hers.item.id && his.lease.id != hers.lease.id)
    #expect(his.lease.provenance == hers.lease.provenance)
    // Her answer comes first after all: it is kept, and his is one more.
    let late = try await test.label(hers, "a", by: ann)
    #expect(late.leaseEnded && !late.extraOpinion)
    let second = try await test.label(his, "b", by: bob)
    #expect(second.extraOpinion && second.leaseEnded)
    let standing = try test.store.read { try $0.standingAnnotations(of: hers.item.id) }
    #expect(standing.map(\.annotator) == [ann.id, bob.id])
  }

  @Test func aLabelAfterTheTimeIsKeptAndSaysSo() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 10}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let hers = try #require(try await test.next(project, ann).first)
    test.clock.advance(seconds: 11)
    let his = try #require(try await test.next(project, bob).first)
    #expect(try await test.label(his, "b", by: bob).leaseEnded == false)
    let late = try await test.label(hers, "a", by: ann)
    #expect(late.leaseEnded && late.extraOpinion)
    #expect(test.service.overviewIfKnown(project)?.counts.labelled == 1)

    // Where nobody asked in between, nobody has noticed yet that the time was up.
    try await test.pushTexts(1, to: project, by: ann, from: 1)
    let slow = try #require(try await test.next(project, ann).first)
    test.clock.advance(seconds: 10)
    let receipt = try await test.label(slow, "a", by: ann)
    #expect(receipt.leaseEnded && !receipt.extraOpinion)
  }

  @Test func renewingAnExpiredLeaseIsRefusedAndChangesNothingElse() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 10}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(1, to: project, by: ann)
    let lease = try #require(try await test.next(project, ann).first).lease
    test.clock.advance(seconds: 5)
    let renewed = try await test.service.renew(lease.id, by: ann.id)
    #expect(renewed.expiresAt == test.clock.now.adding(seconds: 10))
    test.clock.advance(seconds: 10)
    do {
      _ = try await test.service.renew(lease.id, by: ann.id)
      Issue.record("an ended lease was renewed")
    } catch LabelingError.conflict(let why) {
      #expect(why.contains("has ended"))
    }
    // The database knows that it ended, so the same annotator can have the item again.
    #expect(try test.store.read { try $0.activeLeases(of: project) } == [])
    let again = try #require(try await test.next(project, ann).first).lease
    #expect(again.item == lease.item && again.id != lease.id)
  }

  @Test func aBatchLeasedForLongIsNotShortenedByRenewal() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 10, "strategy": "random"}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(4, to: project, by: ann)
    let batch = try await test.service.query(in: project, by: ann, count: 2, strategy: nil, leaseSeconds: 3600)
    let lease = try #require(batch.items.first).served.lease
    #expect(try await test.service.renew(lease.id, by: ann.id).expiresAt == lease.expiresAt)
    _ = try await test.next(project, ann, 2)
    #expect(try test.store.read { try $0.lease(lease.id)?.lease.expiresAt } == lease.expiresAt)
  }

  @Test func leasesOfOthersAreRefused() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(2, to: project, by: ann)
    let hers = try #require(try await test.next(project, ann).first)
    for work in [
      { _ = try await test.service.renew(hers.lease.id, by: bob.id) },
      { try await test.service.release(hers.lease.id, by: bob.id) },
      { _ = try await test.service.renew(LeaseID(999), by: bob.id) },
    ] as [() async throws -> Void] {
      do {
        try await work()
        Issue.record("somebody else's lease was taken")
      } catch LabelingError.notFound {}
    }
    do {
      try await test.label(hers, "a", by: bob)
      Issue.record("somebody else's lease was answered")
    } catch LabelingError.forbidden {}
    #expect(try test.store.read { try $0.activeLeases(of: project).map(\.id) } == [hers.lease.id])
    #expect(try test.store.read { try $0.annotations(of: hers.item.id) }.isEmpty)
  }

  @Test func whatIsGivenBackComesAgainWithItsReason() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(2, to: project, by: ann)
    let hers = try await test.next(project, ann, 2)
    try await test.service.release(hers[1].lease.id, by: ann.id)
    try await test.service.release(hers[1].lease.id, by: ann.id)
    let his = try await test.next(project, bob, 2)
    #expect(his.map(\.item.id) == [hers[1].item.id])
    #expect(his.first?.lease.provenance == hers[1].lease.provenance)
  }

  @Test func aRestartKeepsLeasesSkipsQueueAndCounts() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": 2, "batch_size": 6, "evaluation_fraction": 0.3}"#)
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("eve")]
    try await test.pushTexts(25, to: project, by: people[0])
    for (round, person) in people.enumerated() {
      for (number, served) in try await test.next(project, person, 7).enumerated() where number < 5 {
        switch (number + round) % 4 {
        case 0:
          _ = try await test.service.annotate(
            Submission(target: .item(served.item.id), outcome: .skip, labels: []), in: project, by: person)
        case 1: try await test.service.release(served.lease.id, by: person.id)
        default: try await test.label(served, "a", by: person)
        }
      }
    }
    try await test.say(.flag, "k24", in: project, by: people[0])
    let before = try await test.board(project) { board, _ in BoardPicture(board) }
    let held = try await test.next(project, people[1], 2).map(\.lease)
    try await test.restart()
    let after = try await test.board(project) { board, _ in BoardPicture(board) }
    #expect(after == before)
    #expect(before.leases.count >= 4 && !before.answered.isEmpty && before.counts.excluded == 1)
    #expect(try await test.next(project, people[1], 2).map(\.lease) == held)
  }
}
