import Domain
import Testing

@testable import Labeling
@testable import Storage

@Suite struct ExportTests {
  @Test func itHoldsExactlyWhatStandsWithItsProvenance() async throws {
    let test = try TestService()
    let project = try await test.project()
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(8, to: project, by: ann)
    let served = try #require(try await test.next(project, ann).first)
    try await test.label(served, "b", by: ann)
    let others = (0..<8).map { "k\($0)" }.filter { $0 != served.item.key }
    try await test.say(.label, others[0], ["a"], in: project, by: bob)
    try await test.say(.label, others[0], ["c"], in: project, by: bob)
    try await test.say(.skip, others[1], in: project, by: ann)
    let undone = try await test.say(.label, others[2], ["a"], in: project, by: ann)
    _ = try await test.service.undo(undone.annotation, by: test.principal(ann))
    var items: [ExportedValue] = []
    try test.service.exported(project) { items.append($0) }
    #expect(Set(items.map(\.item.key)) == [served.item.key, others[0], others[1]])
    let labelled = try #require(items.first { $0.item.id == served.item.id })
    #expect(labelled.consensus == ["b"] && labelled.annotations.map(\.annotator) == ["ann"])
    #expect(labelled.annotations.first?.annotation.provenance == served.lease.provenance)
    #expect(items.first { $0.item.key == others[0] }?.annotations.map(\.labels) == [["c"]])
    #expect(items.first { $0.item.key == others[1] }?.consensus == nil)
  }

  @Test func itIsOneSnapshotWhileLabellingGoesOn() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(10, to: project, by: ann)
    for number in 0..<5 { try await test.say(.label, "k\(number)", ["a"], in: project, by: ann) }
    let names = try #require(test.service.overviewIfKnown(project)).project.labels
    var exported = 0
    let now = test.clock.now
    try test.service.exported(project) { item in
      // Another label lands for each that is written out.
      let key = "k\(5 + exported)"
      try test.store.writeAndWait { connection in
        let target = try #require(try connection.item(key: key, in: project))
        _ = try connection.insertAnnotation(
          NewAnnotation(
            item: target.id, annotator: ann.id, outcome: .label, labels: [names[0].id], note: nil,
            durationMilliseconds: nil, lease: nil, provenance: Provenance(strategy: "direct"), request: nil),
          in: project, now: now)
      }
      exported += 1
      #expect(item.annotations.count == 1)
    }
    #expect(exported == 5)
    var after = 0
    try test.service.exported(project) { _ in after += 1 }
    #expect(after == 10)
  }
}
