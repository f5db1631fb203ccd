import Domain
import Tensors
import Testing

@testable import Labeling
@testable import Storage

/// Eight annotators do whatever they like, in any order.
@Suite struct InterleavingTests {
  /// What a simulated annotator remembers.
  private struct Memory {
    var user: User
    var leases: [ServedItem] = []
    var annotations: [AnnotationID] = []
  }

  @Test(arguments: [(1, 1), (1, 2), (2, 3), (3, 4)] as [(Int, UInt64)])
  func everyRuleHoldsAfterEveryStep(overlap: Int, seed: UInt64) async throws {
    let test = try TestService()
    let project = try await test.project(
      settings:
        #"{"overlap": \#(overlap), "batch_size": 7, "lease_seconds": 60, "evaluation_fraction": 0.3, "seed": 5}"#)
    try await test.pushTexts(24, to: project, by: try await test.user("engineer"))
    var people: [Memory] = []
    for number in 0..<8 { people.append(Memory(user: try await test.user("annotator \(number)"))) }
    var generator = SeededGenerator(seed: seed)
    for number in 0..<350 {
      let who = generator.index(below: people.count)
      let step = "step \(number)"
      do {
        try await act(&people[who], in: project, test, &generator)
      } catch is LabelingError {
        // Refused, such as a second undo: nothing may have changed, which is what is checked next.
      }
      try await test.board(project) { try checkInvariants($0, $1, overlap: overlap, step) }
      if number % 100 == 99 { try await test.restart() }
    }
  }

  private func act(
    _ person: inout Memory, in project: ProjectID, _ test: TestService, _ generator: inout SeededGenerator
  ) async throws {
    let labels = ["a", "b", "c"]
    // Any lease that they ever had: some have been answered, given back or have run out.
    let lease = person.leases.isEmpty ? nil : person.leases[generator.index(below: person.leases.count)]
    switch generator.index(below: 20) {
    case 0..<6:
      person.leases += try await test.next(project, person.user, 1 + generator.index(below: 3))
    case 6..<12:
      guard let lease else { return }
      let receipt = try await test.label(lease, labels[generator.index(below: 3)], by: person.user)
      person.annotations.append(receipt.annotation)
    case 12, 13:
      guard let lease else { return }
      let outcome: Outcome = generator.index(below: 4) == 0 ? .flag : .skip
      person.annotations.append(
        try await test.service.annotate(
          Submission(target: .item(lease.item.id), outcome: outcome, labels: [], lease: lease.lease.id), in: project,
          by: person.user
        ).annotation)
    case 14, 15:
      guard !person.annotations.isEmpty else { return }
      let id = person.annotations[generator.index(below: person.annotations.count)]
      if let served = try await test.service.undo(id, by: test.principal(person.user)).served {
        person.leases.append(served)
      }
    case 16:
      guard !person.annotations.isEmpty else { return }
      let id = person.annotations[generator.index(below: person.annotations.count)]
      let receipt = try await test.service.change(
        id, outcome: generator.index(below: 3) == 0 ? .skip : nil, labels: nil, note: "changed",
        by: test.principal(person.user))
      person.annotations.append(receipt.annotation)
    case 17:
      guard let lease else { return }
      try await test.service.release(lease.lease.id, by: person.user.id)
    case 18:
      guard let lease else { return }
      _ = try await test.service.renew(lease.lease.id, by: person.user.id)
    default:
      test.clock.advance(seconds: 10 + generator.index(below: 60))
    }
  }

  @Test(arguments: [1, 2, 3]) func everyItemEndsWithAllItsOpinions(overlap: Int) async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: #"{"overlap": \#(overlap), "batch_size": 100000, "evaluation_fraction": 0.3, "lease_seconds": 60}"#)
    try await test.pushTexts(30, to: project, by: try await test.user("engineer"))
    var people: [User] = []
    for number in 0..<8 { people.append(try await test.user("annotator \(number)")) }
    // One says something about an item that nobody has asked them about.
    try await test.say(.label, "k3", ["a"], in: project, by: people[0])
    var generator = SeededGenerator(seed: UInt64(overlap))
    var idle = 0
    while idle < 3 * people.count {
      let person = people[generator.index(below: people.count)]
      let served = try await test.next(project, person, 1 + generator.index(below: 3))
      idle = served.isEmpty ? idle + 1 : 0
      for item in served {
        switch generator.index(below: 6) {
        case 0: test.clock.advance(seconds: 61)
        case 1: try await test.service.release(item.lease.id, by: person.id)
        default: try await test.label(item, "b", by: person)
        }
      }
      if served.isEmpty { test.clock.advance(seconds: 61) }
    }
    let opinions = try await test.board(project) { board, connection in
      try checkInvariants(board, connection, overlap: overlap, "the end")
      return board.pool.opinions.map { Int($0) }
    }
    // A late answer may be one more than was asked for, never one less.
    #expect(opinions.allSatisfy { $0 >= overlap && $0 <= overlap + 1 })
    let counts = try #require(test.service.overviewIfKnown(project)).counts
    #expect(counts.labelled == 30 && counts.unlabelled == 0 && counts.leased == 0)
  }

  @Test(arguments: [1, 2, 3]) func allTogetherGiveExactlyTheOpinionsWanted(overlap: Int) async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": \#(overlap), "batch_size": 100000}"#)
    try await test.pushTexts(60, to: project, by: try await test.user("engineer"))
    let answers = try await withThrowingTaskGroup(of: [(ItemID, UserID)].self) { group in
      for number in 0..<8 {
        let user = try await test.user("annotator \(number)")
        group.addTask { [service = test.service] in
          var answers: [(ItemID, UserID)] = []
          while true {
            let items = try await service.next(in: project, for: user.id, count: 2, held: []).items
            if items.isEmpty { return answers }
            for item in items {
              let receipt = try await service.annotate(
                Submission(target: .item(item.item.id), outcome: .label, labels: ["a"], lease: item.lease.id),
                in: project, by: user)
              #expect(!receipt.extraOpinion && !receipt.leaseEnded && !receipt.repeated)
              answers.append((item.item.id, user.id))
            }
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(answers.count == 60 * overlap)
    for (_, of) in Dictionary(grouping: answers, by: \.0) {
      #expect(of.count == overlap && Set(of.map(\.1)).count == overlap)
    }
    try await test.board(project) { try checkInvariants($0, $1, overlap: overlap, "all were done") }
  }
}
