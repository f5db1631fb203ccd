import Domain
import Tensors
import Testing

@testable import Labeling
@testable import Storage

/// Nobody gets more than their share of what is special, and each item gets its opinions from as many people.
@Suite struct FairnessTests {
  @Test func theEvaluationStreamIsSpreadEvenly() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0.1, "batch_size": 100000, "seed": 3}"#)
    var people: [User] = []
    for number in 0..<10 { people.append(try await test.user("person \(number)")) }
    try await test.pushTexts(600, to: project, by: people[0])
    // Ten people in turn, one item each: a share counted over all would give the whole stream to one of them.
    var reserved: [UserID: Int] = [:]
    for _ in 0..<40 {
      for person in people {
        let served = try #require(try await test.next(project, person).first)
        if served.item.evaluation { reserved[person.id, default: 0] += 1 }
        try await test.label(served, "a", by: person)
      }
    }
    for person in people { #expect(abs(reserved[person.id, default: 0] - 4) <= 1) }
    #expect(abs(reserved.values.reduce(0, +) - 40) <= 6)
  }

  @Test func itemsInDoubtAreSpreadEvenly() async throws {
    let test = try TestService()
    let project = try await test.project(
      settings:
        #"{"evaluation_fraction": 0, "batch_size": 100000, "ask_again": {"enabled": true, "fraction": 0.2, "max_opinions": 9}}"#
    )
    let engineer = try await test.user("engineer")
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("eve")]
    try await test.pushTexts(300, to: project, by: engineer)
    for number in 0..<60 { try await test.say(.label, "k\(number)", ["a"], in: project, by: engineer) }
    try await test.board(project) { board, connection in
      try board.replaceAgain(with: (0..<60).map { ($0, 1) }, connection: connection)
    }
    var again: [UserID: Int] = [:]
    for _ in 0..<20 {
      for person in people {
        let served = try #require(try await test.next(project, person).first)
        if served.lease.isAgain { again[person.id, default: 0] += 1 }
        try await test.label(served, "b", by: person)
      }
    }
    for person in people { #expect(abs(again[person.id, default: 0] - 4) <= 1) }
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 3)] as [(Int, UInt64)])
  func fiftyPeopleGiveEachItemItsOpinionsOnce(overlap: Int, seed: UInt64) async throws {
    let test = try TestService()
    let project = try await test.project(
      settings:
        #"{"overlap": \#(overlap), "batch_size": 100000, "lease_seconds": 60, "evaluation_fraction": 0.2, "seed": 2}"#)
    var people: [User] = []
    for number in 0..<50 { people.append(try await test.user("person \(number)")) }
    try await test.pushTexts(40, to: project, by: people[0])
    var generator = SeededGenerator(seed: seed)
    var said: [ItemID: [UserID]] = [:]
    var idle = 0
    var wanted = overlap
    var steps = 0
    while idle < people.count {
      steps += 1
      if steps == 60 || steps == 120 {
        // Another number of opinions in the middle of it all: at first one more, then as many as before.
        wanted = overlap + (steps == 60 ? 1 : 0)
        _ = try await test.service.changeProject(
          project, ProjectDraft(settings: SettingsPatch(overlap: wanted)), ifVersion: nil)
      }
      let person = people[generator.index(below: people.count)]
      let served = try await test.next(project, person, 1 + generator.index(below: 2))
      idle = served.isEmpty ? idle + 1 : 0
      for item in served {
        #expect(said[item.item.id]?.contains(person.id) != true, "asked twice")
        switch generator.index(below: 12) {
        case 0: try await test.service.release(item.lease.id, by: person.id)
        case 1:
          let receipt = try await test.label(item, "a", by: person)
          if let again = try await test.service.undo(receipt.annotation, by: test.principal(person)).served {
            try await test.service.release(again.lease.id, by: person.id)
          }
        case 2, 3:
          _ = try await test.service.annotate(
            Submission(target: .item(item.item.id), outcome: .skip, labels: nil, lease: item.lease.id), in: project,
            by: person)
          said[item.item.id, default: []].append(person.id)
        default:
          let receipt = try await test.label(item, "b", by: person)
          #expect(!receipt.extraOpinion || wanted == overlap)
          said[item.item.id, default: []].append(person.id)
        }
      }
    }
    // Whoever skipped an item that somebody could label does not count against it; else as many as were wanted.
    #expect(said.count == 40)
    for (_, people) in said { #expect(Set(people).count == people.count && people.count >= overlap) }
    let wantedAtTheEnd = wanted
    try await test.board(project) { try checkInvariants($0, $1, overlap: wantedAtTheEnd, "the end") }
    let counts = try #require(test.service.overviewIfKnown(project)).counts
    #expect(counts.unlabelled == 0 && counts.leased == 0)
  }
}
