import Tensors

/// A convolution that keeps the image's size, maximum pooling, and a rectifier, in one step per image.
///
/// Images are `(height, width, channels)`, channels last; weights are `(filters, kernel, kernel, channels)`, then biases
/// `(filters)`. The three belong together because what lies between them, four times the size of what comes out, then
/// stays in the cache; and a maximum is rectified as well as what it is the maximum of.
///
/// Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998; as matrix products over patches
/// (Chellapilla et al., 2006), see ``PatchGeometry``.
struct ConvolutionLayer: Layer {
  let patches: PatchGeometry
  let filters: Int
  let pooling: Pooling

  init(height: Int, width: Int, channels: Int, filters: Int, kernel: Int, pooling: Int) {
    patches = PatchGeometry(height: height, width: width, channels: channels, kernel: kernel)
    self.filters = filters
    self.pooling = Pooling(height: height, width: width, channels: filters, side: pooling)
  }

  var inputs: Int { patches.inputs }
  var outputs: Int { pooling.outputs }
  /// Patches, then the place of every maximum.
  var stateWidth: Int { patches.count + outputs }
  var weightCount: Int { filters * patches.weights }
  var operationsPerRow: Double { 2 * Double(weightCount) * Double(patches.pixels) }

  var parameters: [ParameterShape] {
    let kernel = patches.kernel
    return [
      ParameterShape(name: "weight", shape: [filters, kernel, kernel, patches.channels], decays: true),
      ParameterShape(name: "bias", shape: [filters], decays: false),
    ]
  }

  func initialise(_ parameters: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator) {
    let bound = (6 / Float(patches.weights)).squareRoot()
    for index in 0..<weightCount { parameters[index] = bound * (2 * generator.uniform() - 1) }
    (parameters + weightCount).update(repeating: 0, count: filters)
  }

  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: patches.pixels * filters) { scratch in
      guard let maps = scratch.baseAddress else { return }
      for row in 0..<pass.rows {
        let state = pass.state + row * stateWidth
        convolve(pass.parameters, pass.input + row * inputs, patches: state, into: maps)
        pooling.apply(maps, into: pass.output + row * outputs, places: state + patches.count)
      }
    }
  }

  func infer(_ pass: LayerPass) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: patches.count + patches.pixels * filters + outputs) {
      guard let scratch = $0.baseAddress else { return }
      let maps = scratch + patches.count
      for row in 0..<pass.rows {
        convolve(pass.parameters, pass.input + row * inputs, patches: scratch, into: maps)
        pooling.apply(maps, into: pass.output + row * outputs, places: maps + patches.pixels * filters)
      }
    }
  }

  /// Writes the patches of one image, and its feature maps `(height, width, filters)`.
  private func convolve(
    _ parameters: UnsafePointer<Float>, _ image: UnsafePointer<Float>, patches buffer: UnsafeMutablePointer<Float>,
    into maps: UnsafeMutablePointer<Float>
  ) {
    patches.gather(image, into: buffer)
    let bias = parameters + weightCount
    for pixel in 0..<patches.pixels { (maps + pixel &* filters).update(from: bias, count: filters) }
    for product in 0..<patches.products {
      gemm(
        m: patches.pixels, n: filters, k: patches.depth, buffer + product * patches.shift, leadingA: patches.depth,
        parameters + product * patches.depth, leadingB: patches.weights, transposeB: true, beta: 1, into: maps,
        leadingC: filters)
    }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let pixels = patches.pixels
    let bias = parameterGradient + weightCount
    bias.update(repeating: 0, count: filters)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: pixels * filters + patches.count) { scratch in
      guard let maps = scratch.baseAddress else { return }
      let patchGradient = maps + pixels * filters
      for row in 0..<pass.rows {
        let state = pass.state + row * stateWidth
        pooling.spread(outputGradient + row * outputs, places: state + patches.count, into: maps)
        for pixel in 0..<pixels {
          let values = maps + pixel &* filters
          for filter in 0..<filters { bias[filter] += values[filter] }
        }
        for product in 0..<patches.products {
          // dW = dYᵀ P over the images.
          gemm(
            m: filters, n: patches.depth, k: pixels, maps, leadingA: filters, transposeA: true,
            state + product * patches.shift, leadingB: patches.depth, beta: row == 0 ? 0 : 1,
            into: parameterGradient + product * patches.depth, leadingC: patches.weights)
        }
        guard let inputGradient else { continue }
        patchGradient.update(repeating: 0, count: patches.count)
        for product in 0..<patches.products {
          // dP = dY W; patches of neighbouring kernel rows overlap in the buffer, so that they add up.
          gemm(
            m: pixels, n: patches.depth, k: filters, maps, leadingA: filters,
            pass.parameters + product * patches.depth, leadingB: patches.weights, beta: 1,
            into: patchGradient + product * patches.shift, leadingC: patches.depth)
        }
        patches.scatter(patchGradient, into: inputGradient + row * inputs)
      }
    }
  }
}
