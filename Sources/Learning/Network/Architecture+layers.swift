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
    case .network(let shape):
      for units in shape.hidden {
        layers.append(DenseLayer(inputs: width, outputs: units, isRectified: true))
        switch shape.normalization {
        case .none: break
        case .batch: layers.append(BatchNormalization(inputs: units))
        case .layer: layers.append(LayerNormalization(inputs: units))
        }
        layers.append(
          shape.activation == .relu
            ? RectifierLayer(inputs: units) : ActivationLayer(inputs: units, activation: shape.activation))
        if shape.dropout > 0 { layers.append(DropoutLayer(inputs: units, rate: shape.dropout)) }
        width = units
      }
    case .convolutional(let shape):
      var (height, columns, channels) = (shape.height, shape.width, shape.channels)
      for stage in shape.stages {
        layers.append(
          ConvolutionLayer(
            height: height, width: columns, channels: channels, filters: stage.channels, kernel: shape.kernel,
            pooling: shape.pooling))
        (height, columns, channels) = stage
        width = height * columns * channels
        if shape.convolutionDropout > 0 { layers.append(DropoutLayer(inputs: width, rate: shape.convolutionDropout)) }
      }
      layers.append(DenseLayer(inputs: width, outputs: shape.hidden, isRectified: true))
      layers.append(RectifierLayer(inputs: shape.hidden))
      if shape.dropout > 0 { layers.append(DropoutLayer(inputs: shape.hidden, rate: shape.dropout)) }
      width = shape.hidden
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
