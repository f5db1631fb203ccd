import Domain
import Testing

@testable import Labeling
@testable import Storage

@Suite struct EvaluationTests {
  @Test func theReserveIsDrawnUniformlyAtImportByTheSeed() async throws {
    func reserve(seed: Int, fraction: Double, batches: [Int]) async throws -> [Int] {
      let test = try TestService()
      let project = try await test.project(settings: #"{"seed": \#(seed), "evaluation_fraction": \#(fraction)}"#)
      let ann = try await test.user("ann")
      var first = 0
      for size in batches {
        try await test.pushTexts(size, to: project, by: ann, from: first)
        first += size
      }
      return try await test.board(project) { board, _ in board.pool.openReserve() }
    }
    let drawn = try await reserve(seed: 1, fraction: 0.2, batches: [1000])
    // 200 expected; five standard deviations.
    #expect(abs(drawn.count - 200) < 64)
    #expect(abs(drawn.filter { $0 < 500 }.count - drawn.count / 2) < 50)
    // How a pool arrives makes no difference, its seed does.
    #expect(try await reserve(seed: 1, fraction: 0.2, batches: [1, 399, 600]) == drawn)
    #expect(try await reserve(seed: 2, fraction: 0.2, batches: [1000]) != drawn)
    #expect(try await reserve(seed: 1, fraction: 0, batches: [100]) == [])
  }

  @Test(arguments: [(0.1, 1), (0.25, 1), (0.2, 2)]) func itsShareOfWhatIsServedIsKept(
    fraction: Double, overlap: Int
  ) async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: #"{"evaluation_fraction": \#(fraction), "overlap": \#(overlap), "batch_size": 100000, "seed": 4}"#)
    let people = [try await test.user("ann"), try await test.user("bob")]
    try await test.pushTexts(600, to: project, by: people[0])
    var (all, reserved) = (0, 0)
    for number in 0..<100 {
      let person = people[number % 2]
      for served in try await test.next(project, person, 2) {
        all += 1
        #expect(served.lease.provenance.evaluation == served.item.evaluation)
        if served.item.evaluation {
          reserved += 1
          if served.lease.provenance.strategy == "evaluation" {
            #expect(served.lease.provenance.propensity ?? 0 > 0)
          }
        }
        try await test.label(served, "a", by: person)
      }
    }
    #expect(all == 200)
    #expect(abs(Double(reserved) - fraction * 200) <= 2)
    let counted = try test.store.read { try $0.leaseCounts(of: project) }
    let known = try await test.board(project) { board, _ in board.served }
    #expect(counted.all == known.all && counted.evaluation == known.evaluation && counted.evaluation == reserved)
  }

  @Test func itsLabelsAreNeverTrainedOn() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0.3, "batch_size": 100000}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(60, to: project, by: ann)
    for number in 0..<60 {
      try await test.say(.label, "k\(number)", [number % 2 == 0 ? "a" : "c"], in: project, by: ann)
    }
    let (data, reserve) = try await test.board(project) { board, connection in
      (
        try TrainingData(project: board.project, rows: 60, connection: connection),
        Set((0..<60).filter { board.pool.isReserved($0) })
      )
    }
    #expect(reserve.count > 5)
    #expect(Set(data.evaluation.rows) == reserve)
    #expect(Set(data.training.rows) == Set(0..<60).subtracting(reserve))
    #expect(zip(data.training.rows, data.training.classes).allSatisfy { $1 == ($0 % 2 == 0 ? 0 : 2) })
    #expect(zip(data.evaluation.rows, data.evaluation.classes).allSatisfy { $1 == ($0 % 2 == 0 ? 0 : 2) })
    let annotations = try test.service.annotations(in: project, annotator: nil, before: nil, limit: 100)
    #expect(annotations.filter(\.annotation.provenance.evaluation).count == reserve.count)
  }

  @Test func undoneItemsOfTheReserveStayInIt() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0.9, "batch_size": 100000}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(10, to: project, by: ann)
    var served = try #require(try await test.next(project, ann).first)
    while !served.item.evaluation {
      try await test.label(served, "a", by: ann)
      served = try #require(try await test.next(project, ann).first)
    }
    let receipt = try await test.label(served, "a", by: ann)
    let again = try #require(try await test.service.undo(receipt.annotation, by: test.principal(ann)).served)
    #expect(again.lease.provenance.evaluation && again.lease.provenance.strategy == "evaluation")
    try await test.service.release(again.lease.id, by: ann.id)
    // It is not lost for others.
    let bob = try await test.user("bob")
    #expect(
      try await test.next(project, bob, 10).contains { $0.item.id == served.item.id && $0.lease.provenance.evaluation })
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "the undo") }
  }

  @Test func aMajorityDecidesAndATieGoesToTheFirstLabel() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0, "overlap": 3}"#)
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("eve")]
    try await test.pushTexts(3, to: project, by: people[0])
    for (key, labels) in [("k0", ["b", "c", "c"]), ("k1", ["c", "b", "a"]), ("k2", ["c", "b"])] {
      for (person, label) in zip(people, labels) { try await test.say(.label, key, [label], in: project, by: person) }
    }
    try await test.say(.skip, "k2", in: project, by: people[2])
    let data = try await test.board(project) { try TrainingData(project: $0.project, rows: 3, connection: $1) }
    #expect(data.training.rows == [0, 1, 2] && data.training.classes == [2, 0, 1])
    var consensus: [String: [String]?] = [:]
    try test.service.exported(project) { consensus[$0.item.key] = $0.consensus }
    #expect(consensus == ["k0": ["c"], "k1": ["a"], "k2": ["b"]])
  }
}
