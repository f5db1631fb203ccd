import Domain
import Testing

@testable import Labeling
@testable import Storage

@Suite struct AnnotationTests {
  @Test func aLabelClosesItsItemAndEndsItsLease() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(2, to: project, by: ann)
    let served = try #require(try await test.next(project, ann).first)
    let receipt = try await test.service.annotate(
      Submission(
        target: .key(served.item.key), outcome: .label, labels: ["b"], durationMilliseconds: 1234, note: "sure"),
      in: project, by: ann)
    #expect(receipt.item == served.item.id && receipt.labels == ["b"] && !receipt.leaseEnded && !receipt.repeated)
    let detail = try test.service.item(served.item.id, in: project)
    #expect(detail.item.state == .labelled)
    #expect(detail.annotations.map(\.provenance) == [served.lease.provenance])
    #expect(detail.annotations.first?.durationMilliseconds == 1234 && detail.annotations.first?.note == "sure")
    #expect(try test.store.read { try $0.lease(served.lease.id)?.ended } == true)
    let next = try await test.next(project, ann, 3)
    #expect(next.count == 1 && next[0].item.id != served.item.id)
  }

  @Test func badSubmissionsSayWhatAndWhere() async throws {
    let test = try TestService()
    let project = try await test.project()
    let other = try await test.project("other")
    let ann = try await test.user("ann")
    try await test.pushTexts(2, to: project, by: ann)
    try await test.pushTexts(1, to: other, by: ann)
    let served = try #require(try await test.next(project, ann).first)
    let foreign = try #require(try await test.next(other, ann).first)
    let cases: [(Submission, String)] = [
      (Submission(target: .key("k0"), outcome: .label, labels: ["x"]), "/labels/0"),
      (Submission(target: .key("k0"), outcome: .label, labels: []), "/labels"),
      (Submission(target: .key("k0"), outcome: .label, labels: ["a", "b"]), "/labels"),
      (Submission(target: .key("k0"), outcome: .skip, labels: ["a"]), "/labels"),
      (Submission(target: .key("nope"), outcome: .label, labels: ["a"]), "/key"),
      (Submission(target: .item(foreign.item.id), outcome: .label, labels: ["a"]), "/item"),
      (Submission(target: .item(served.item.id), outcome: .label, labels: ["a"], lease: LeaseID(99)), "/lease"),
      (Submission(target: .item(served.item.id), outcome: .label, labels: ["a"], lease: foreign.lease.id), "/lease"),
      (
        Submission(
          target: .key(served.item.key == "k0" ? "k1" : "k0"), outcome: .label, labels: ["a"], lease: served.lease.id),
        "/lease"
      ),
    ]
    let before = try await test.board(project) { board, _ in BoardPicture(board) }
    for (submission, pointer) in cases {
      do {
        _ = try await test.service.annotate(submission, in: project, by: ann)
        Issue.record("\(submission) was taken")
      } catch LabelingError.invalid(let errors) {
        #expect(errors.map(\.pointer) == [pointer], "\(submission)")
      }
    }
    #expect(try await test.board(project) { board, _ in BoardPicture(board) } == before)
    // Together with good ones, they sink nobody.
    let results = try await test.service.annotate(
      [
        .success(cases[0].0), .success(Submission(target: .key("k0"), outcome: .label, labels: ["a"])),
        .failure(.invalid("/outcome", "?")), .success(Submission(target: .key("k1"), outcome: .flag, labels: [])),
      ], in: project, by: ann)
    #expect(results.map { (try? $0.get()) != nil } == [false, true, false, true])
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "a batch") }
  }

  @Test func aSkippedItemIsOfferedToOthersWhenNothingElseIsLeft() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0}"#)
    let (ann, bob, eve) = (try await test.user("ann"), try await test.user("bob"), try await test.user("eve"))
    try await test.pushTexts(3, to: project, by: ann)
    try await test.say(.skip, "k0", in: project, by: ann)
    #expect(try test.store.read { try $0.item(key: "k0", in: project)?.state } == .skipped)
    let his = try await test.next(project, bob, 3)
    #expect(his.map(\.item.key).last == "k0" && his.count == 3)
    #expect(his.last?.lease.provenance.strategy == "skipped")
    #expect(try await test.next(project, eve, 3).isEmpty)
    #expect(try await test.next(project, ann, 3).isEmpty)
    try await test.label(his[2], "c", by: bob)
    #expect(try test.store.read { try $0.item(key: "k0", in: project)?.state } == .labelled)
    // What both skip stays skipped, and goes on to a third.
    try await test.say(.skip, his[0].item.key, in: project, by: bob)
    try await test.say(.skip, his[0].item.key, in: project, by: ann)
    #expect(try await test.next(project, eve, 1).map(\.item.key) == [his[0].item.key])
  }

  @Test func aFlagExcludesAndWithdraws() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": 2, "evaluation_fraction": 0}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let hers = try #require(try await test.next(project, ann).first)
    let his = try #require(try await test.next(project, bob).first)
    #expect(hers.item.id == his.item.id)
    let flag = try await test.say(.flag, "k0", in: project, by: ann)
    #expect(test.service.overviewIfKnown(project)?.counts == PoolCounts(items: 1, excluded: 1))
    #expect(try test.store.read { try $0.lease(his.lease.id)?.ended } == true)
    #expect(try await test.next(project, bob).isEmpty)
    let data = try await test.board(project) { try TrainingData(project: $0.project, rows: 1, connection: $1) }
    #expect(data.training.rows == [])
    let undone = try await test.service.undo(flag.annotation, by: test.principal(ann))
    #expect(undone.served?.item.state == .unlabelled)
    #expect(try await test.next(project, bob).map(\.item.key) == ["k0"])
  }

  @Test func undoingReopensAndLeasesAgain() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let served = try #require(try await test.next(project, ann).first)
    let receipt = try await test.label(served, "a", by: ann)
    let (annotation, again) = try await test.service.undo(receipt.annotation, by: test.principal(ann))
    #expect(annotation.id == receipt.annotation)
    #expect(again?.item.id == served.item.id && again?.item.state == .unlabelled)
    #expect(again?.lease.provenance == served.lease.provenance && again?.lease.id != served.lease.id)
    #expect(try await test.next(project, bob).isEmpty)
    let history = try test.service.item(served.item.id, in: project).annotations
    #expect(history.count == 1 && history[0].retractedAt == test.clock.now)
    do {
      _ = try await test.service.undo(receipt.annotation, by: test.principal(ann))
      Issue.record("taken back twice")
    } catch LabelingError.conflict {}
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "the second undo") }
  }

  @Test func onlyItsAnnotatorOrAnAdministratorTakesBack() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let receipt = try await test.say(.label, "k0", ["a"], in: project, by: ann)
    do {
      _ = try await test.service.undo(receipt.annotation, by: test.principal(bob))
      Issue.record("taken back by somebody else")
    } catch LabelingError.notFound {}
    do {
      _ = try await test.service.undo(receipt.annotation, by: test.principal(bob, .engineer))
      Issue.record("taken back by an engineer")
    } catch LabelingError.forbidden {}
    let (_, served) = try await test.service.undo(receipt.annotation, by: test.principal(bob, .admin))
    #expect(served == nil)
    #expect(try await test.next(project, bob).map(\.item.key) == ["k0"])
  }

  @Test func changingKeepsHistory() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(1, to: project, by: ann)
    let first = try await test.say(.label, "k0", ["a"], in: project, by: ann)
    let second = try await test.service.change(
      first.annotation, outcome: nil, labels: ["b"], note: nil, by: test.principal(ann))
    #expect(second.replaces == first.annotation && second.labels == ["b"])
    // Saying something else replaces as well; saying the same again changes nothing.
    let third = try await test.say(.skip, "k0", in: project, by: ann)
    #expect(third.replaces == second.annotation)
    let again = try await test.say(.skip, "k0", in: project, by: ann)
    #expect(again.repeated && again.annotation == third.annotation)
    let history = try test.service.item(first.item, in: project).annotations
    #expect(history.map(\.id) == [first.annotation, second.annotation, third.annotation])
    #expect(history.map(\.replacedBy) == [second.annotation, third.annotation, nil])
    #expect(history.map { $0.retractedAt == nil } == [false, false, true])
    do {
      _ = try await test.service.change(
        first.annotation, outcome: .flag, labels: nil, note: nil, by: test.principal(ann))
      Issue.record("history was changed")
    } catch LabelingError.conflict {}
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "changes") }
  }

  @Test func anIdempotencyKeyReplaysAndRefusesAnotherBody() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(2, to: project, by: ann)
    func send(_ key: String, _ label: String, _ hash: UInt8, _ user: User) async throws -> Receipt {
      try await test.service.annotate(
        Submission(target: .key(key), outcome: .label, labels: [label], request: ("once", [hash])), in: project,
        by: user)
    }
    let first = try await send("k0", "a", 1, ann)
    let again = try await send("k0", "a", 1, ann)
    #expect(!first.repeated && again.repeated && again.annotation == first.annotation && again.labels == ["a"])
    do {
      _ = try await send("k1", "b", 2, ann)
      Issue.record("one key, two requests")
    } catch LabelingError.invalid(let errors) {
      #expect(errors.first?.detail.contains("Idempotency-Key") == true)
    }
    // A key is its sender's own.
    #expect(try await send("k1", "b", 2, bob).repeated == false)
    #expect(try test.store.read { try $0.annotations(of: first.item) }.count == 1)
  }

  @Test func aDirectLabelTakesTheItemOutOfOtherHands() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(1, to: project, by: ann)
    let hers = try #require(try await test.next(project, ann).first)
    try await test.say(.label, "k0", ["a"], in: project, by: bob)
    // It has its opinion already, so it is not served to her again; her answer still counts.
    #expect(try await test.next(project, ann).isEmpty)
    let late = try await test.label(hers, "b", by: ann)
    #expect(late.extraOpinion && late.leaseEnded)
  }

  @Test func deletingAnItemForgetsAllAboutIt() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": 2}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(3, to: project, by: ann)
    let receipt = try await test.say(.label, "k1", ["a"], in: project, by: ann)
    let his = try await test.next(project, bob, 3)
    let leased = try #require(his.first { $0.item.id == receipt.item })
    try await test.service.deleteItem(receipt.item, in: project)
    #expect(try await test.next(project, bob, 3).count == 2)
    do {
      try await test.label(leased, "a", by: bob)
      Issue.record("a removed item was labelled")
    } catch LabelingError.invalid(let errors) {
      #expect(errors.first?.pointer == "/lease" || errors.first?.pointer == "/item")
    }
    await #expect(throws: LabelingError.self) { try await test.service.deleteItem(receipt.item, in: project) }
    #expect(try await test.service.next(in: project, for: ann.id, count: 1, held: []).mine == 0)
    let counts = try #require(test.service.overviewIfKnown(project)).counts
    #expect(counts.items == 2 && counts.leased == 2)
    // Its row is not given out again.
    try await test.pushTexts(1, to: project, by: ann, from: 3)
    #expect(try test.store.read { try $0.item(key: "k3", in: project)?.row } == 3)
  }

  @Test func anotherOverlapClosesAndReopens() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": 3}"#)
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("eve")]
    try await test.pushTexts(4, to: project, by: people[0])
    try await test.say(.label, "k0", ["a"], in: project, by: people[0])
    try await test.say(.label, "k1", ["a"], in: project, by: people[0])
    try await test.say(.label, "k1", ["b"], in: project, by: people[1])
    _ = try await test.next(project, people[2], 4)
    func overlap(_ value: Int) async throws {
      _ = try await test.service.changeProject(
        project, ProjectDraft(settings: SettingsPatch(overlap: value)), ifVersion: nil)
      try await test.board(project) { try checkInvariants($0, $1, overlap: value, "overlap \(value)") }
    }
    try await overlap(1)
    #expect(test.service.overviewIfKnown(project)?.counts.labelled == 2)
    try await overlap(2)
    #expect(test.service.overviewIfKnown(project)?.counts.labelled == 1)
    #expect(try await test.next(project, people[1], 4).contains { $0.item.key == "k0" })
  }
}
