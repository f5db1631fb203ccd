import Foundation
import Learning
import Tensors
import Testing

@Suite struct CurriculumTests {
  static let set = Fixtures.blobs(rows: 80, inputs: 6, classes: 3, seed: 1, spread: 1.5)

  @Test("A row is as difficult as its loss under the last model")
  func difficulties() throws {
    let model = try train(Self.set, Fixtures.quick)
    let losses = try difficulty(of: Self.set, under: model)
    let p = try model.probabilities(of: Self.set.features.view)
    for row in 0..<80 { #expect(abs(losses[row] + log(p[row, Self.set.labels[row]])) < 1e-6) }
    var soft = Matrix(rows: 80, columns: 3)
    for row in 0..<80 { soft[row, Self.set.labels[row]] = 1 }
    let same = LabelledSet(features: Self.set.features, targets: .distributions(soft), classes: 3)
    #expect(try difficulty(of: same, under: model) == losses)
  }

  @Test("Of several labels difficulty is the mean loss over labels")
  func multiLabel() throws {
    let set = Fixtures.labelSets(rows: 60, inputs: 6, seed: 1)
    let model = try train(set, Fixtures.quick)
    guard case .labels(let labels) = set.targets else { return }
    let (losses, p) = (try difficulty(of: set, under: model), try model.probabilities(of: set.features.view))
    for row in 0..<60 {
      let expected = (0..<3).reduce(Float(0)) { $0 - log(labels[row, $1] == 1 ? p[row, $1] : 1 - p[row, $1]) } / 3
      #expect(abs(losses[row] - expected) < 1e-5)
    }
  }

  @Test("Curricula order by difficulty once there is a model to judge by, and train")
  func orders() throws {
    let model = try train(Self.set, Fixtures.quick)
    #expect(try Curriculum.none.order(for: Self.set, after: model) == .shuffled)
    #expect(try Curriculum.easyFirst.order(for: Self.set, after: nil) == .shuffled)
    let losses = try difficulty(of: Self.set, under: model)
    for curriculum in [Curriculum.easyFirst, .hardFirst] {
      let order = try curriculum.order(for: Self.set, after: model)
      #expect(
        order == .curriculum(difficulty: losses, pacing: CurriculumPacing(hardFirst: curriculum == .hardFirst)))
      let again = try train(Self.set, Fixtures.quick, options: .init(order: order))
      #expect(try TrainingTests.accuracy(again, on: Self.set) > 0.8)
    }
  }

  @Test("A label set that has changed since the last round is refused")
  func changedLabels() throws {
    let model = try train(Self.set, Fixtures.quick)
    let wider = LabelledSet(features: Self.set.features, labels: Self.set.labels, classes: 4)
    #expect(throws: LearningError.targetWidth(expected: 3, actual: 4)) { try difficulty(of: wider, under: model) }
    #expect(throws: LearningError.self) { try Curriculum.easyFirst.order(for: wider, after: model) }
  }
}
