import Consensus
import Domain
import Tensors
import Testing

@testable import Labeling
@testable import Storage

/// The answers of exports are those of the whole table of opinions, which everything else uses.
@Suite struct StreamedMajorityTests {
  @Test(arguments: ["single_label", "multi_label"])
  func itIsTheMajorityOfTheWholeTable(task: String) async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: #"{"evaluation_fraction": 0, "overlap": 4}"#, task: LabelingTask(rawValue: task))
    var people: [User] = []
    for name in ["ann", "bob", "eve", "kim"] { people.append(try await test.user(name)) }
    try await test.pushTexts(60, to: project, by: people[0])
    var generator = SeededGenerator(seed: 5, stream: 0)
    // Some follow the truth more often, so that ties are broken by weight; some change their minds, skip or flag.
    for item in 0..<60 {
      for (place, person) in people.enumerated() where generator.index(below: 4) > 0 {
        let draw = generator.index(below: 12)
        let label = generator.index(below: 4) < 4 - place ? item % 3 : generator.index(below: 3)
        var labels = [["a", "b", "c"][label]]
        if task == "multi_label", generator.index(below: 2) == 0 { labels = draw % 2 == 0 ? [] : ["a", "c"] }
        if draw == 0 {
          try await test.say(.skip, "k\(item)", in: project, by: person)
        } else {
          try await test.say(.label, "k\(item)", labels, in: project, by: person)
          if draw == 1 { try await test.say(.label, "k\(item)", ["b"], in: project, by: person) }
          if draw == 2 { try await test.say(.flag, "k\(item)", in: project, by: person) }
        }
      }
    }
    let definition = try #require(test.service.overviewIfKnown(project)).project
    let whole = try test.store.read {
      try ProjectConsensus(project: definition, method: .majority, connection: $0)
    }
    var seen = 0
    var tied = 0
    try test.service.exported(project) { exported in
      seen += 1
      let index = try #require(whole.table.index(ofRow: exported.item.row))
      let expected = whole.answers[index].map { $0.indices.map { definition.labels[$0].name } }
      #expect(exported.consensus == expected, "row \(exported.item.row)")
      #expect(exported.probability == whole.probabilities[index], "row \(exported.item.row)")
      let first = whole.table.said[whole.table.items[index].opinions].map(\.labels)
      if first.count == 2, first[0] != first[1] { tied += 1 }
    }
    #expect(seen == whole.table.items.count && seen > 50)
    #expect(tied > 3, "ties are among them")
  }
}
