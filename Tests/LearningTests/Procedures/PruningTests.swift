import Learning
import Tensors
import Testing

@Suite struct PruningTests {
  static let set = Fixtures.blobs(rows: 200, inputs: 16, classes: 4, seed: 1, spread: 1)
  static let validation = Fixtures.blobs(rows: 400, inputs: 16, classes: 4, seed: 2, spread: 1)
  static let configuration = TrainingConfiguration(architecture: .perceptron(hidden: [64], dropout: 0.2), epochs: 20)

  @Test("Each step removes the smallest weights, which stay away, and accuracy is kept while enough are left")
  func sparsities() throws {
    let steps = try prune(Self.set, Self.configuration, validation: Self.validation, sparsities: [0.5, 0.8, 0.9])
    #expect(steps.map { ($0.sparsity * 100).rounded() } == [0, 50, 80, 90])
    for (index, step) in steps.enumerated() {
      let values = step.model.parameterValues
      let weights = step.model.isWeight
      #expect(values.indices.allSatisfy { step.mask.kept[$0] || values[$0] == 0 })
      #expect(values.indices.allSatisfy { step.mask.kept[$0] || weights[$0] }, "biases are kept")
      #expect(step.remainingParameters == step.mask.kept.count { $0 })
      #expect(try abs(step.accuracy - TrainingTests.accuracy(step.model, on: Self.validation)) < 1e-12)
      if index > 0 {
        // What one step removed, the next one does not bring back.
        let before = steps[index - 1].mask.kept
        #expect(before.indices.allSatisfy { before[$0] || !step.mask.kept[$0] })
      }
    }
    #expect(steps[2].accuracy > steps[0].accuracy - 0.03)
  }

  @Test("The mask of a sparsity keeps the largest weights")
  func magnitudes() throws {
    let model = try train(Self.set, Self.configuration)
    let mask = model.magnitudeMask(sparsity: 0.25)
    let weights = model.isWeight.indices.filter { model.isWeight[$0] }
    let removed = weights.filter { !mask.kept[$0] }
    #expect(removed.count == weights.count / 4)
    let largestRemoved = removed.map { abs(model.parameterValues[$0]) }.max() ?? 0
    let smallestKept = weights.filter { mask.kept[$0] }.map { abs(model.parameterValues[$0]) }.min() ?? 0
    #expect(largestRemoved <= smallestKept)
    #expect(model.magnitudeMask(sparsity: 0).kept.allSatisfy { $0 })
  }

  @Test("Sparsities out of range or order are refused; one class has nothing to prune; several labels work")
  func edges() throws {
    for bad in [[0.5, 0.4], [1.0], [-0.1], [.nan]] {
      #expect(throws: LearningError.self) {
        try prune(Self.set, Self.configuration, validation: Self.validation, sparsities: bad)
      }
    }
    let one = LabelledSet(features: Self.set.features, labels: [Int](repeating: 0, count: 200), classes: 4)
    let steps = try prune(one, Self.configuration, validation: Self.validation)
    #expect(steps.count == 1 && steps[0].accuracy == 0.25)
    let labels = try prune(
      Fixtures.labelSets(rows: 100, inputs: 6, seed: 1), Fixtures.quick,
      validation: Fixtures.labelSets(rows: 100, inputs: 6, seed: 2), sparsities: [0.5], retrainingEpochs: 5)
    #expect(labels.count == 2 && labels[1].accuracy > 0.8 && labels[1].accuracy <= 1)
  }
}
