import Sampling
import Tensors
import Testing

/// Excluding what no model learns, by what the labels say.
@Suite struct LearnabilityTests {
  @Test(
    "finds a group that is not learned, and nothing else",
    arguments: ["learnability_propagation", "learnability_classifier"], 1..<6)
  func findsTheGroup(name: String, seed: UInt64) throws {
    let found = try report(name, on: PlantedGroup(seed: seed).evidence)
    let hits = found.excluded.count { PlantedGroup.group.contains($0.row) }
    #expect(hits == found.excluded.count && hits >= 126)
    #expect(found.groups.count == 1)
    let first = try #require(found.excluded.first)
    #expect(first.neighbours.allSatisfy { PlantedGroup.group.contains($0) })
    if name == "learnability_propagation" { #expect(first.reason.contains("miss")) }
  }

  @Test func aLearnedPoolLosesNothing() throws {
    var evidence = PlantedGroup().evidence
    evidence.learnability = evidence.labelledRows.map { _ in 0.9 }
    #expect(try report("auto", on: evidence).excluded.isEmpty)
  }

  @Test func rejectedItemsAreEvidenceWithoutALabel() throws {
    var evidence = PlantedGroup().evidence
    // The group's items were skipped instead of labelled.
    let kept = evidence.labelledRows.indices.filter { evidence.labelledRows[$0] < 400 }
    evidence.rejectedRows = evidence.labelledRows.filter { $0 >= 400 }
    evidence.labelledClasses = kept.map { evidence.labelledClasses[$0] }
    evidence.learnability = kept.map { evidence.learnability[$0] }
    (evidence.confidence, evidence.variability) = ([], [])
    evidence.labelledRows = kept.map { evidence.labelledRows[$0] }
    let found = try report("auto", on: evidence)
    #expect(found.excluded.count >= 126 && found.excluded.allSatisfy { PlantedGroup.group.contains($0.row) })
    #expect(try #require(found.excluded.first).reason.contains("skipped or flagged"))
  }

  @Test func aRareClassIsConfirmedByItsNeighbours() throws {
    var evidence = PlantedGroup().evidence
    // Models fail on the group, but its labels agree with each other: a class that is new.
    evidence.labelledClasses = evidence.labelledRows.map { $0 < 200 ? 0 : $0 < 400 ? 1 : 2 }
    evidence.learnability = evidence.labelledRows.map { $0 < 400 ? 0.95 : 0 }
    #expect(try report("auto", on: evidence).excluded.isEmpty)
  }

  @Test func labelsOfClassesWithFewExamplesAreNoEvidence() throws {
    var evidence = PlantedGroup().evidence
    evidence.classes = 100
    evidence.labelledClasses = Array(0..<100)
    evidence.learnability = .init(repeating: 0, count: 100)
    #expect(try report("auto", on: evidence).excluded.isEmpty)
    // Without the rule every label counts, and everything goes.
    let all = try report("learnability_propagation", on: evidence, parameters: ["class_support": 0])
    #expect(all.excluded.count > 200)
  }

  @Test func whereMostSeemsUnlearnableTheLabelsAreInDoubt() throws {
    var evidence = PlantedGroup().evidence
    // Somebody answers at random.
    evidence.labelledClasses = evidence.labelledRows.map { $0 % 10 }
    evidence.learnability = evidence.labelledRows.map { _ in 0.1 }
    let all = try report("learnability_propagation", on: evidence)
    #expect(all.excluded.count > evidence.candidates.count / 2)
    let found = try report("auto", on: evidence)
    #expect(found.excluded.isEmpty && found.groups.isEmpty && found.estimatedShare == 0)
    #expect(found.reason?.hasPrefix("\(all.excluded.count) of \(evidence.candidates.count) items") == true)
  }

  @Test func tooFewLabelsExcludeNothing() throws {
    var evidence = PlantedGroup().evidence
    for keep in [39, 0] {
      evidence.labelledRows = Array(evidence.labelledRows.prefix(keep))
      evidence.labelledClasses = Array(evidence.labelledClasses.prefix(keep))
      evidence.learnability = Array(evidence.learnability.prefix(keep))
      (evidence.confidence, evidence.variability) = ([], [])
      let found = try report("auto", on: evidence)
      #expect(
        found.excluded.isEmpty
          && found.reason == "\(keep) of 40 labelled or rejected items that the outlier filter needs.")
    }
  }

  @Test func eachReportIsMadeAnew() throws {
    var evidence = PlantedGroup().evidence
    #expect(try !report("auto", on: evidence).excluded.isEmpty)
    evidence.learnability = evidence.labelledRows.map { _ in 1 }
    #expect(try report("auto", on: evidence).excluded.isEmpty)
  }

  @Test func aFixedShareIsTakenWhereverTheProductIsLeast() throws {
    let evidence = PlantedGroup().evidence
    let found = try report("confidence_variability", on: evidence, parameters: ["share": 0.15])
    #expect(found.excluded.count == 75 && found.excluded.allSatisfy { PlantedGroup.group.contains($0.row) })
    var unknown = evidence
    (unknown.confidence, unknown.variability) = ([], [])
    let none = try report("confidence_variability", on: unknown)
    #expect(none.excluded.isEmpty && none.reason?.contains("dynamics") == true)
  }

  @Test func removalByDynamicsKeepsTheGreatestProducts() {
    let (confidence, variability) = ([0.9, 0.1, 0.5, 0.1, 0.8] as [Float], [0.1, 0.1, 0.3, 0.05, 0.2] as [Float])
    // Products 0.09, 0.01, 0.15, 0.005, 0.16.
    func kept(_ share: Double) -> [Int] {
      rowsKeptByDynamics(confidence: confidence, variability: variability, removing: share)
    }
    #expect(kept(0) == [0, 1, 2, 3, 4] && kept(0.2) == [0, 1, 2, 4] && kept(0.4) == [0, 2, 4] && kept(1).isEmpty)
    #expect(rowsKeptByDynamics(confidence: [], variability: [], removing: 0.5).isEmpty)
  }

  @Test func groupsThatLieApartAreToldApart() throws {
    var generator = SeededGenerator(seed: 3)
    // 40 labelled items that fail in each of two far corners, 40 that work in a third.
    let corners: [[Float]] = [[0, 0, 20], [0, 20, 0], [20, 0, 0]]
    let values = (0..<300).flatMap { row in corners[row % 3].map { $0 + generator.normal() } }
    let features = Matrix(rows: 300, columns: 3, values: values)
    let labelled = Array(0..<120)
    let evidence = LearnabilityEvidence(
      features: features.view, labelledRows: labelled, labelledClasses: labelled.map { $0 % 3 == 0 ? 0 : $0 / 3 % 8 },
      learnability: labelled.map { $0 % 3 == 0 ? 1 : 0 }, candidates: Array(120..<300), classes: 8)
    var bad = evidence
    // Labels of the two corners are drawn, so neighbours hardly agree.
    bad.labelledClasses = labelled.map { $0 % 3 == 0 ? 0 : Int(generator.next() % 8) }
    let found = try report("learnability_propagation", on: bad, parameters: ["agreement_neighbours": 50])
    #expect(Set(found.excluded.map { $0.row % 3 }) == [1, 2] && found.groups.count == 2)
    for group in found.groups { #expect(Set(group.rows.map { $0 % 3 }).count == 1 && group.representatives.count == 5) }
  }
}
