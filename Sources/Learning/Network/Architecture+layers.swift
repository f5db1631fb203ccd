extension Architecture {
  /// The layers of a network of this shape.
  func layers(inputs: Int, classes: Int) -> [any Layer] {
    var layers: [any Layer] = []
    var width = inputs
    switch self {
    case .linear: break
    case .perceptron(let hidden, let dropout):
      for units in hidden {
        layers.append(DenseLayer(inputs: width, outputs: units, isRectified: true))
        layers.append(RectifierLayer(inputs: units))
        if dropout > 0 { layers.append(DropoutLayer(inputs: units, rate: dropout)) }
        width = units
      }
    case .network(let shape): _ = shape
    case .convolutional(let shape): _ = shape
    }
    layers.append(DenseLayer(inputs: width, outputs: classes, isRectified: false))
    return layers
  }

  /// Checks that the network can take rows of `inputs` features.
  func validate(inputs: Int) throws(LearningError) {
    if case .convolutional(let shape) = self, shape.inputs != inputs {
      throw .widthMismatch(expected: shape.inputs, actual: inputs)
    }
  }
}
