import Learning
import Tensors
import Testing

@Suite(.enabled(if: Fixtures.digitsFile != nil, "the digits data set is not beside the repository"))
struct DigitsTests {
  @Test(
    "300 random labels reach 93 % on digits, by the network and by the mean of its dropout passes", arguments: 0..<3)
  func threeHundredLabels(seed: Int) throws {
    let digits = try Fixtures.digits()
    #expect(digits.labels.count == 1797)
    var order = Array(digits.labels.indices)
    var generator = SeededGenerator(seed: UInt64(seed))
    generator.shuffle(&order)
    let test = digits.subset(Array(order[..<500]))
    let labelled = digits.subset(Array(order[500..<800]))
    let configuration = TrainingConfiguration.default(classes: 10, inputs: 64, labels: 300, seed: UInt64(seed))
    let model = try train(labelled, configuration, pool: .shared)
    let direct = try #require(
      ClassificationMetrics(probabilities: try model.probabilities(of: test.features.view), labels: test.labels))
    let committee = try model.committee(of: test.features.view, passes: 20, seed: 1)
    let mean = try #require(ClassificationMetrics(probabilities: committee.mean(), labels: test.labels))
    #expect(direct.accuracy > 0.93)
    #expect(mean.accuracy > 0.93)
    #expect(direct.expectedCalibrationError < 0.1)
  }
}
