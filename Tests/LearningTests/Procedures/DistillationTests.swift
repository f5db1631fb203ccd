import Learning
import Tensors
import Testing

@Suite struct DistillationTests {
  static let labelled = Fixtures.blobs(rows: 40, inputs: 10, classes: 4, seed: 1, spread: 2.5)
  static let pool = Fixtures.blobs(rows: 1500, inputs: 10, classes: 4, seed: 2, spread: 2.5)
  static let test = Fixtures.blobs(rows: 1000, inputs: 10, classes: 4, seed: 3, spread: 2.5)

  static func agreement(_ a: Matrix, _ b: Matrix) -> Double {
    let same = zip(Targets.distributions(a).labels, Targets.distributions(b).labels).count { $0 == $1 }
    return Double(same) / Double(a.rows)
  }

  @Test("The student says what the committee says, better than a network of the labels does")
  func imitates() throws {
    let ensemble = try Ensemble.train(Self.labelled, Fixtures.quick, members: 8, bootstrap: .resample, pool: .shared)
    let student = try distill(ensemble, over: Self.pool.features.view, labelled: Self.labelled, Fixtures.quick)
    let single = try train(Self.labelled, Fixtures.quick)
    let x = Self.test.features.view
    let teacher = try ensemble.probabilities(of: x)
    let (ours, alone) = (try student.probabilities(of: x), try single.probabilities(of: x))
    #expect(Self.agreement(ours, teacher) > Self.agreement(alone, teacher))
    #expect(Self.agreement(ours, teacher) > 0.93)
    let gap = zip(ours.values, teacher.values).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(ours.values.count)
    #expect(gap < 0.04)
    #expect(student.parameterCount * 8 == ensemble.parameterCount)
  }

  @Test("Few rows of a large pool are learned from where a limit says so; none are labelled where none are")
  func limits() throws {
    let ensemble = try Ensemble.train(Self.labelled, Fixtures.quick, members: 2)
    let empty = LabelledSet(features: Matrix(rows: 0, columns: 10), labels: [], classes: 4)
    var epochs = Fixtures.quick
    epochs.minimumSteps = 1
    epochs.epochs = 3
    let full = try distill(ensemble, over: Self.pool.features.view, labelled: empty, epochs)
    let part = try distill(
      ensemble, over: Self.pool.features.view, labelled: empty, epochs, settings: .init(rowLimit: 150))
    #expect(abs(full.trainingFLOPs / part.trainingFLOPs - 10) < 1e-9)
    let none = Matrix(rows: 0, columns: 10)
    #expect(try distill(ensemble, over: none.view, labelled: Self.labelled, epochs).classes == 4)
    #expect(throws: LearningError.noLabels) { try distill(ensemble, over: none.view, labelled: empty, epochs) }
  }

  @Test("A committee of independent labels has a student of independent labels")
  func multiLabel() throws {
    let labelled = Fixtures.labelSets(rows: 150, inputs: 6, seed: 1)
    let test = Fixtures.labelSets(rows: 500, inputs: 6, seed: 3)
    let ensemble = try Ensemble.train(labelled, Fixtures.quick, members: 3, pool: .shared)
    let student = try distill(
      ensemble, over: Fixtures.labelSets(rows: 500, inputs: 6, seed: 2).features.view, labelled: labelled,
      Fixtures.quick)
    #expect(student.outputKind == .sigmoid)
    let (ours, teacher) = (
      try student.probabilities(of: test.features.view), try ensemble.probabilities(of: test.features.view)
    )
    let same = zip(ours.values, teacher.values).count { ($0 >= 0.5) == ($1 >= 0.5) }
    #expect(Double(same) / Double(ours.values.count) > 0.93)
  }

  @Test("Bad settings and shapes are refused")
  func refused() throws {
    let ensemble = try Ensemble.train(Self.labelled, Fixtures.quick, members: 2)
    let pool = Self.pool.features.view
    for settings in [Distillation(temperature: 0), .init(labelShare: 1.5), .init(rowLimit: -1)] {
      #expect(throws: LearningError.self) {
        try distill(ensemble, over: pool, labelled: Self.labelled, Fixtures.quick, settings: settings)
      }
    }
    #expect(throws: LearningError.widthMismatch(expected: 10, actual: 3)) {
      try distill(ensemble, over: Matrix(rows: 2, columns: 3).view, labelled: Self.labelled, Fixtures.quick)
    }
    let wider = LabelledSet(features: Self.labelled.features, labels: Self.labelled.labels, classes: 5)
    #expect(throws: LearningError.targetWidth(expected: 5, actual: 4)) {
      try distill(ensemble, over: pool, labelled: wider, Fixtures.quick)
    }
    #expect(throws: LearningError.cancelled) {
      try distill(ensemble, over: pool, labelled: Self.labelled, Fixtures.quick, isCancelled: { true })
    }
  }
}
