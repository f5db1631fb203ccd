import Domain
import GRDB
import Testing

@testable import Labeling
@testable import Storage

/// What a lease protects, and what becomes of answers that come without its protection.
@Suite struct FencingTests {
  @Test(arguments: ["expired", "released", "withdrawn"])
  func aLateAnswerStandsBesideTheFasterOne(how: String) async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 10}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    _ = try await test.service.addMember(named: "ann", to: project)
    try await test.pushTexts(1, to: project, by: ann)
    let hers = try #require(try await test.next(project, ann).first)
    switch how {
    case "expired": test.clock.advance(seconds: 11)
    case "released": try await test.service.release(hers.lease.id, by: ann.id)
    default: try await test.service.removeMember(ann.id, from: project)
    }
    let his = try #require(try await test.next(project, bob).first)
    let first = try await test.label(his, "b", by: bob)
    #expect(!first.leaseEnded && !first.extraOpinion)
    let request = (key: "once", hash: [UInt8](repeating: 7, count: 32))
    let late = Submission(
      target: .item(hers.item.id), outcome: .label, labels: ["a"], lease: hers.lease.id, request: request)
    let receipt = try await test.service.annotate(late, in: project, by: ann)
    #expect(receipt.leaseEnded && receipt.extraOpinion && !receipt.repeated)
    // A client that never heard of it is told the same when it asks again.
    try await test.restart()
    let again = try await test.service.annotate(late, in: project, by: ann)
    #expect(again.annotation == receipt.annotation && again.repeated && again.extraOpinion && again.leaseEnded)
    let standing = try test.store.read { try $0.standingAnnotations(of: hers.item.id) }
    #expect(standing.map(\.annotator) == [bob.id, ann.id] && standing.map(\.labels).count == 2)
  }

  @Test func aLeaseOfAnEarlierRoundIsStillGood() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushVectors(60, to: project, by: ann)
    await test.runRounds()
    let held = try #require(try await test.next(project, bob).first)
    try await test.work(12, in: project, by: ann)
    await test.runRounds()
    #expect(try test.service.rounds(in: project, before: nil, limit: 9).count >= 2)
    // The new ranking gives it to nobody else, and its answer keeps the reason for which it was asked.
    for _ in 0..<30 {
      guard let other = try await test.next(project, ann).first else { break }
      #expect(other.item.id != held.item.id)
      try await test.label(other, "a", by: ann)
    }
    let receipt = try await test.label(held, "a", by: bob)
    #expect(!receipt.leaseEnded && !receipt.extraOpinion)
    let kept = try #require(try test.store.read { try $0.annotation(receipt.annotation)?.annotation })
    #expect(kept.provenance.round == held.lease.provenance.round)
  }

  @Test func aLeaseThatIsNoLongerRememberedIsLate() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 10}"#)
    let other = try await test.project("other")
    let ann = try await test.user("ann")
    try await test.pushTexts(4, to: project, by: ann)
    let served = try await test.next(project, ann, 3)
    test.clock.advance(seconds: 86_400 * (LabelingService.leaseDays + 1))
    // Ended long ago, but nobody has looked.
    #expect(try await test.next(project, ann).count == 1)
    #expect(try await test.service.tidy(pause: .zero) == 3)
    #expect(try await test.service.tidy(pause: .zero) == 0)
    #expect(try test.store.read { try $0.lease(served[0].lease.id) } == nil)
    let receipt = try await test.label(served[0], "a", by: ann)
    #expect(receipt.leaseEnded && !receipt.repeated)
    // What never was a lease is refused, and so is another project's.
    for lease in [LeaseID(9999), try #require(try await test.next(project, ann).first).lease.id] {
      await #expect(throws: LabelingError.self) {
        try await test.service.annotate(
          Submission(target: .key("k0"), outcome: .label, labels: ["a"], lease: lease), in: other, by: ann)
      }
    }
    try await test.restart()
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "tidying") }
  }

  @Test func aClockSetBackWhileNothingRanDoesNotKeepItems() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"lease_seconds": 100}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let lease = try #require(try await test.next(project, ann).first).lease
    try await test.restart()
    test.clock.advance(seconds: -86_400)
    try test.service.start()
    #expect(try test.store.read { try $0.lease(lease.id)?.lease.expiresAt } == test.clock.now.adding(seconds: 100))
    #expect(try await test.next(project, bob).isEmpty)
    test.clock.advance(seconds: 101)
    #expect(try await test.next(project, bob).count == 1)
    await test.service.stop()
  }

  @Test func removedItemsLeaveTheQueues() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(6, to: project, by: ann)
    _ = try await test.service.requestRound(in: project)
    await test.runRounds()
    try await test.say(.label, "k1", ["a"], in: project, by: ann)
    try await test.board(project) { try $0.replaceAgain(with: [(1, 0.5)], connection: $1) }
    for row in [1, 2] {
      let item = try #require(try test.store.read { try $0.item(row: row, in: project) })
      try await test.service.deleteItem(item.id, in: project)
    }
    let queued = try test.store.read { try $0.queue(of: project).map(\.row) }
    #expect(queued.sorted() == [0, 3, 4, 5])
    #expect(try test.store.read { try $0.askAgain(of: project).isEmpty })
  }

  @Test func whatIsSettledTwiceInTheSameWordsCountsOnce() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (eve, max) = (try await test.user("eve"), try await test.user("max"))
    try await test.pushTexts(1, to: project, by: eve)
    func settle(_ labels: [String]?, _ note: String?, by user: User) async throws -> AdjudicationID {
      try await test.service.adjudicate(.key("k0"), labels: labels, note: note, in: project, by: user).adjudication.id
    }
    let first = try await settle(["a"], "x", by: eve)
    #expect(try await settle(["a"], "x", by: eve) == first)
    #expect(try await settle(["a"], "x", by: max) != first)
    let changed = try await settle(["b"], "x", by: eve)
    let withdrawn = try await settle(nil, "not sure", by: eve)
    #expect(withdrawn != changed)
    // A client that did not hear of it withdraws again, in the same words.
    #expect(try await settle(nil, "not sure", by: eve) == withdrawn)
    await #expect(throws: LabelingError.self) { try await settle(nil, nil, by: eve) }
    await #expect(throws: LabelingError.self) { try await settle(nil, "other words", by: max) }
  }
}
