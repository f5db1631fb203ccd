import Tensors

/// The shift and the scale that training applies to features: `(x - mean) * scale`.
///
/// The mean is that of each feature, but the scale is one for all features, such that their average variance is 1. Start
/// values and step sizes then fit features of any magnitude, as unit vectors of 384 dimensions or pixels in 0...255, while
/// distances keep their proportions: a feature that hardly varies is not blown up, as it would be by a scale of its own.
struct InputScaling: Sendable, Equatable {
  let mean: [Float]
  let scale: Float

  init(mean: [Float], scale: Float) {
    self.mean = mean
    self.scale = scale
  }

  /// Fits the scaling to training features `(m, d)`, `m ≥ 1`, in O(m·d).
  init(fitting features: MatrixView) {
    let (m, d) = (features.rows, features.columns)
    var sums = [Double](repeating: 0, count: d)
    var squares = 0.0
    for row in 0..<m {
      let values = features[row]
      for column in 0..<d { sums[column] += Double(values[column]) }
    }
    let means = sums.map { $0 / Double(m) }
    for row in 0..<m {
      let values = features[row]
      for column in 0..<d {
        let difference = Double(values[column]) - means[column]
        squares += difference * difference
      }
    }
    let variance = squares / Double(max(1, m * d))
    mean = means.map { Float($0) }
    let scale = Float(1 / variance.squareRoot())
    self.scale = scale.isFinite && scale > 0 ? scale : 1
  }

  /// Scaled features `(m, d)`.
  func apply(to features: MatrixView) -> Matrix {
    var result = Matrix(features)
    let d = features.columns
    result.withUnsafeMutableBufferPointer { values in
      mean.withUnsafeBufferPointer { mean in
        for row in 0..<features.rows {
          for column in 0..<d { values[row &* d &+ column] = (values[row &* d &+ column] - mean[column]) * scale }
        }
      }
    }
    return result
  }

  /// Changes the parameters of the first layer so that it takes features as they are: `W' = s W`, `b' = b - s W mean`.
  func fold(into parameters: inout Matrix, of layer: DenseLayer) {
    parameters.withUnsafeMutableBufferPointer { values in
      for unit in 0..<layer.outputs {
        var shift = 0.0
        for column in 0..<layer.inputs {
          let weight = values[unit * layer.inputs + column] * scale
          values[unit * layer.inputs + column] = weight
          shift += Double(weight) * Double(mean[column])
        }
        let bias = layer.weightCount + unit
        values[bias] = Float(Double(values[bias]) - shift)
      }
    }
  }
}
