import Learning
import Tensors

extension Fixtures {
  /// A small and quick perceptron.
  static let quick = TrainingConfiguration(
    architecture: .perceptron(hidden: [24], dropout: 0.3), epochs: 20, minimumSteps: 100)

  /// Rows with three independent labels, each of which holds on one side of a plane through the origin.
  static func labelSets(rows: Int, inputs: Int, seed: UInt64) -> LabelledSet {
    var planes = SeededGenerator(seed: 99)
    let normals = (0..<3 * inputs).map { _ in planes.normal() }
    var generator = SeededGenerator(seed: seed)
    let features = Matrix(
      rows: rows, columns: inputs, values: (0..<rows * inputs).map { _ in generator.normal() })
    var labels = Matrix(rows: rows, columns: 3)
    for row in 0..<rows {
      for label in 0..<3 {
        let side = (0..<inputs).reduce(Float(0)) { $0 + features[row, $1] * normals[label * inputs + $1] }
        labels[row, label] = side > 0 ? 1 : 0
      }
    }
    return LabelledSet(features: features, targets: .labels(labels), classes: 3)
  }
}
