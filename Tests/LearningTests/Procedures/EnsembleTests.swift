import Learning
import Synchronization
import Tensors
import Testing

@Suite struct EnsembleTests {
  static let set = Fixtures.blobs(rows: 120, inputs: 8, classes: 4, seed: 3, spread: 2)
  static let test = Fixtures.blobs(rows: 600, inputs: 8, classes: 4, seed: 4, spread: 2)

  @Test("The committee holds the members' probabilities, and the mean is their mean")
  func committee() throws {
    let ensemble = try Ensemble.train(Self.set, Fixtures.quick, members: 3, pool: .shared)
    let x = Self.test.features.view
    let committee = try ensemble.committee(of: x, pool: .shared)
    #expect(committee.members == 3 && committee.items == 600 && committee.classes == 4)
    for (index, member) in ensemble.members.enumerated() {
      let own = try member.probabilities(of: x).values
      #expect(Array(committee.values[index * 2400..<(index + 1) * 2400]) == own)
    }
    #expect(try ensemble.probabilities(of: x) == committee.mean())
    #expect(Array(committee.values[0..<2400]) != Array(committee.values[2400..<4800]))
    let alone = try train(Self.set, Fixtures.quick)
    #expect(ensemble.members[0].parameterValues == alone.parameterValues)
    #expect(ensemble.trainingFLOPs == 3 * alone.trainingFLOPs)
  }

  @Test(
    "Ensembles are bit-identical on any number of threads, resampled or not", arguments: [Bootstrap.orders, .resample])
  func deterministic(bootstrap: Bootstrap) throws {
    let files = try [nil, ComputePool(threads: 2), ComputePool(threads: 3)].map {
      try Ensemble.train(Self.set, Fixtures.quick, members: 4, bootstrap: bootstrap, pool: $0).safetensors()
    }
    #expect(Set(files).count == 1)
  }

  @Test("An ensemble is more often right than its members on average")
  func accuracy() throws {
    let ensemble = try Ensemble.train(Self.set, Fixtures.quick, members: 5, bootstrap: .resample, pool: .shared)
    let single = try ensemble.members.map { try TrainingTests.accuracy($0, on: Self.test) }
    let mean = try #require(
      ClassificationMetrics(
        probabilities: ensemble.probabilities(of: Self.test.features.view), labels: Self.test.labels))
    #expect(mean.accuracy >= single.reduce(0, +) / 5)
  }

  @Test("Resampling keeps a class of one row, and one class or two rows train")
  func fewLabels() throws {
    let lonely = LabelledSet(
      features: Self.set.features.gatherRows(Array(0..<9)), labels: [0, 0, 0, 0, 1, 1, 1, 1, 3], classes: 4)
    let ensemble = try Ensemble.train(lonely, Fixtures.quick, members: 6, bootstrap: .resample)
    let p = try ensemble.committee(of: lonely.features.view)
    // Every member has seen the one row of class 3, so that no member finds class 2, which has none, more probable there.
    for member in 0..<6 { #expect(p.values[member * 36 + 8 * 4 + 3] > p.values[member * 36 + 8 * 4 + 2]) }
    let one = LabelledSet(features: lonely.features, labels: [Int](repeating: 2, count: 9), classes: 4)
    #expect(try Ensemble.train(one, Fixtures.quick, members: 2).members.allSatisfy { $0.epochsRun == 0 })
    let two = LabelledSet(features: lonely.features.gatherRows([0, 1]), labels: [0, 1], classes: 2)
    #expect(try Ensemble.train(two, Fixtures.quick, members: 2, bootstrap: .resample).members.count == 2)
  }

  @Test("An ensemble of independent labels gives independent probabilities")
  func multiLabel() throws {
    let set = Fixtures.labelSets(rows: 200, inputs: 6, seed: 1)
    let ensemble = try Ensemble.train(set, Fixtures.quick, members: 2, bootstrap: .resample, pool: .shared)
    let test = Fixtures.labelSets(rows: 300, inputs: 6, seed: 2)
    guard case .labels(let truth) = test.targets else { return }
    let p = try ensemble.probabilities(of: test.features.view)
    let metrics = try #require(MultiLabelMetrics(probabilities: p.view, labels: truth.view))
    #expect(metrics.microF1 > 0.85 && ensemble.outputKind == .sigmoid)
  }

  @Test("A file of an ensemble is read back, and other files are refused")
  func file() throws {
    let ensemble = try Ensemble.train(Self.set, Fixtures.quick, members: 2)
    let bytes = try ensemble.safetensors(metadata: ["round": "3", "winnow.format": "fake"])
    let read = try Ensemble(safetensors: bytes)
    let x = Self.test.features.view
    #expect(try read.committee(of: x).values == ensemble.committee(of: x).values)
    #expect(try SafeTensors(decoding: bytes).metadata["round"] == "3")
    #expect(throws: LearningError.self) { try Ensemble(safetensors: ensemble.members[0].safetensors()) }
    #expect(throws: LearningError.self) { try TrainedModel(safetensors: bytes) }
    var broken = try SafeTensors(decoding: bytes)
    broken.tensors["members.1.layers.0.bias"] = nil
    #expect(throws: LearningError.self) { try Ensemble(safetensors: broken.encode()) }
    broken = try SafeTensors(decoding: bytes)
    broken.metadata["winnow.members"] = "0"
    #expect(throws: LearningError.self) { try Ensemble(safetensors: broken.encode()) }
  }

  @Test("Every member tells its progress, and training ends at once when cancelled")
  func progress() throws {
    let told = Mutex<[Int: Int]>([:])
    _ = try Ensemble.train(
      Self.set, Fixtures.quick, members: 3, pool: .shared,
      progress: { report in told.withLock { $0[report.member, default: 0] += 1 } })
    #expect(told.withLock { $0 } == [0: 25, 1: 25, 2: 25])
    let asked = Atomic<Int>(0)
    #expect(throws: LearningError.cancelled) {
      try Ensemble.train(
        Self.set, Fixtures.quick, members: 50, pool: .shared,
        isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).newValue > 40 })
    }
    #expect(asked.load(ordering: .relaxed) < 50)
  }

  @Test("What cannot be an ensemble is refused")
  func refused() throws {
    #expect(throws: LearningError.self) { try Ensemble(members: []) }
    #expect(throws: LearningError.self) { try Ensemble.train(Self.set, Fixtures.quick, members: 0) }
    let other = try train(Fixtures.blobs(rows: 30, inputs: 5, classes: 4, seed: 1), Fixtures.quick)
    let model = try train(Self.set, Fixtures.quick)
    #expect(throws: LearningError.self) { try Ensemble(members: [model, other]) }
    var bad = Self.set
    bad.features[3, 2] = .nan
    #expect(throws: LearningError.notFiniteInput(row: 3, column: 2)) { try Ensemble.train(bad, Fixtures.quick) }
  }
}
