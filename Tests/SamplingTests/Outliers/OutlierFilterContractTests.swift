import Sampling
import Tensors
import Testing

/// What every outlier filter keeps to, whatever it computes.
@Suite("Every outlier filter") struct OutlierFilterContractTests {
  static let names = OutlierFilterRegistry.all.map(\.name)

  @Test func theRegistryMakesEveryFilterAndNamesTheDefault() throws {
    #expect(
      Self.names == [
        "auto", "learnability_propagation", "confidence_variability", "learnability_classifier", "lof", "none",
      ])
    #expect(OutlierFilterRegistry.defaultName == "auto")
    for descriptor in OutlierFilterRegistry.all {
      #expect(try OutlierFilterRegistry.make(name: descriptor.name).name == descriptor.name)
      let values = try descriptor.resolve([:])
      #expect(try descriptor.resolve(values) == values && !descriptor.summary.isEmpty)
    }
    #expect(throws: SamplingError.unknownStrategy(name: "iforest", known: Self.names)) {
      try OutlierFilterRegistry.make(name: "iforest")
    }
    #expect(throws: SamplingError.self) {
      try OutlierFilterRegistry.make(name: "lof", parameters: ["neighbours": 0])
    }
  }

  @Test("excludes distinct candidates, grouped without rest, the surest first", arguments: names)
  func consistentReports(name: String) throws {
    let planted = PlantedGroup()
    let found = try report(name, on: planted.evidence)
    let rows = found.excluded.map(\.row)
    #expect(Set(rows).count == rows.count && Set(rows).isSubset(of: planted.candidates))
    #expect(found.groups.flatMap(\.rows).sorted() == rows.sorted())
    for group in found.groups {
      #expect(!group.representatives.isEmpty && Set(group.representatives).isSubset(of: group.rows))
      #expect(Set(group.representatives).count == group.representatives.count)
    }
    let probabilities = found.excluded.map(\.probability)
    #expect(probabilities == probabilities.sorted(by: >) && probabilities.allSatisfy { (0...1).contains($0) })
    #expect(
      found.excluded.allSatisfy { !$0.reason.isEmpty && !$0.neighbours.isEmpty && !$0.neighbours.contains($0.row) })
    #expect((found.estimatedShare - Double(rows.count) / 500).magnitude < 1e-9)
    #expect(found.method == (name == "auto" ? "learnability_propagation" : name))
  }

  @Test("repeats itself for a seed, on any number of threads", arguments: names)
  func deterministic(name: String) throws {
    let evidence = PlantedGroup().evidence
    #expect(try report(name, on: evidence) == report(name, on: evidence, pool: ComputePool(threads: 3)))
  }

  @Test("never excludes what a person restored", arguments: names)
  func restored(name: String) throws {
    var evidence = PlantedGroup().evidence
    let before = try report(name, on: evidence)
    evidence.restoredRows = before.excluded.prefix(7).map(\.row)
    let after = try report(name, on: evidence)
    #expect(after.excludedRows == before.excludedRows.subtracting(evidence.restoredRows))
    if !before.excluded.isEmpty { #expect(after.reason?.contains("restored") == true) }
  }

  @Test("answers an empty pool with a reason", arguments: names)
  func emptyPool(name: String) throws {
    var evidence = PlantedGroup().evidence
    evidence.candidates = []
    let found = try report(name, on: evidence)
    #expect(found.excluded.isEmpty && found.groups.isEmpty && found.reason != nil)
  }

  @Test("survives constant features, single candidates and classes of one label", arguments: names)
  func degenerate(name: String) throws {
    let constant = Matrix(rows: 60, columns: 3, repeating: 2)
    let evidence = LearnabilityEvidence(
      features: constant.view, labelledRows: Array(0..<50), labelledClasses: Array(0..<50),
      learnability: .init(repeating: 0, count: 50), confidence: .init(repeating: 0.02, count: 50),
      variability: .init(repeating: 0.01, count: 50), candidates: Array(50..<60), classes: 1000)
    let found = try report(name, on: evidence)
    if name != "confidence_variability" { #expect(found.excluded.isEmpty) }
    var one = evidence
    one.candidates = [55]
    #expect(try report(name, on: one).excluded.count <= 1)
    var nobody = evidence
    (nobody.labelledRows, nobody.labelledClasses, nobody.learnability) = ([], [], [])
    (nobody.confidence, nobody.variability) = ([], [])
    #expect(try report(name, on: nobody).excluded.isEmpty)
  }

  @Test("refuses evidence that does not fit together", arguments: names.filter { $0 != "none" })
  func badEvidence(name: String) {
    let good = PlantedGroup().evidence
    let bad: [(inout LearnabilityEvidence) -> Void] = [
      { $0.labelledClasses.removeLast() }, { $0.learnability.removeLast() }, { $0.confidence.removeLast() },
      { $0.labelledClasses[3] = 10 }, { $0.labelledRows[3] = 600 }, { $0.candidates[0] = -1 },
      { $0.rejectedRows = [600] },
    ]
    for change in bad {
      var evidence = good
      change(&evidence)
      #expect(throws: SamplingError.self) { try report(name, on: evidence) }
    }
    for value in [Float.nan, -0.1, 1.5, .infinity] {
      var evidence = good
      evidence.learnability[5] = value
      #expect(throws: SamplingError.notFinite(row: 5)) { try report(name, on: evidence) }
    }
    for value in [Float.nan, .infinity] {
      var broken = Matrix(good.features)
      broken[300, 2] = value
      var evidence = good
      evidence.features = broken.view
      #expect(throws: SamplingError.notFinite(row: 300)) { try report(name, on: evidence) }
    }
  }
}
