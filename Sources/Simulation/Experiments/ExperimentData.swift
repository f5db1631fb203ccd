import Foundation
import Tensors

/// The data sets that experiments are run on.
extension ExperimentContext {
  /// 1,797 digits of 8 × 8 pixels.
  func digits() throws -> LabelledItems {
    try DataSource(path: try file("digits/digits.csv.gz"), modality: .vector).read()
  }

  /// Images of MNIST's training part, and as many of its test part, drawn at random once for all runs.
  func mnist(pool: Int, test: Int) throws -> (pool: LabelledItems, test: LabelledItems) {
    func part(_ name: String, _ count: Int) throws -> LabelledItems {
      let images = try file("mnist/\(name)-images-idx3-ubyte.gz")
      let labels = try file("mnist/\(name)-labels-idx1-ubyte.gz")
      let all = try DataSource(path: "\(images),\(labels)", format: .idx).read()
      var order = Array(0..<all.count)
      var generator = SeededGenerator(seed: 0, stream: 0x3A157)
      generator.shuffle(&order)
      return all.subset(order.prefix(count).sorted())
    }
    return (try part("train", pool), try part("t10k", test))
  }

  private func file(_ name: String) throws -> String {
    let path = data + "/" + name
    guard FileManager.default.fileExists(atPath: path) else {
      throw SimulationError.data(path: path, reason: "there is no such file; name the folder of data sets with --data.")
    }
    return path
  }
}

extension LabelledItems {
  /// Rows of numbers and their shape; an experiment's images and vectors are such.
  var numbers: (Matrix, ImageShape?) {
    if case .numbers(let matrix, let shape) = content { return (matrix, shape) }
    return (Matrix(rows: 0, columns: 0), nil)
  }
}
