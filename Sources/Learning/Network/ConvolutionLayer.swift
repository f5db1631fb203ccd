import Tensors

/// A convolution that keeps the image's size, maximum pooling, and a rectifier, in one step for a few images at a time.
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

  /// Images of one step: enough for tall products, few enough for the cache.
  private static let group = 4

  init(height: Int, width: Int, channels: Int, filters: Int, kernel: Int, pooling: Int) {
    patches = PatchGeometry(height: height, width: width, channels: channels, kernel: kernel)
    self.filters = filters
    self.pooling = Pooling(height: height, width: width, channels: filters, side: pooling)
  }

  var inputs: Int { patches.inputs }
  var outputs: Int { pooling.outputs }
  /// Patches of a step's images, then the places of their maxima.
  var stateWidth: Int { patches.count + outputs }
  /// Feature maps and patches of one step.
  var scratchWidth: Int { Self.group * (patches.pixels * filters + patches.count) }
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
    for images in groups(pass.rows) {
      let state = pass.state + images.lowerBound * stateWidth
      let input = pass.input + images.lowerBound * inputs
      convolve(pass.parameters, input, images: images.count, patches: state, into: pass.scratch)
      pooling.apply(
        pass.scratch, images: images.count, into: pass.output + images.lowerBound * outputs,
        places: state + images.count * patches.count)
    }
  }

  func infer(_ pass: LayerPass) {
    let count = min(Self.group, pass.rows)
    let (patchCount, mapCount) = (count * patches.count, count * patches.pixels * filters)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, patchCount + mapCount + count * outputs)) {
      guard let scratch = $0.baseAddress else { return }
      let maps = scratch + patchCount
      for images in groups(pass.rows) {
        let input = pass.input + images.lowerBound * inputs
        convolve(pass.parameters, input, images: images.count, patches: scratch, into: maps)
        pooling.apply(
          maps, images: images.count, into: pass.output + images.lowerBound * outputs, places: maps + mapCount)
      }
    }
  }

  private func groups(_ rows: Int) -> [Range<Int>] {
    stride(from: 0, to: rows, by: Self.group).map { $0..<min(rows, $0 + Self.group) }
  }

  /// Writes the patches of images, and their feature maps `(height, images, width, filters)`.
  private func convolve(
    _ parameters: UnsafePointer<Float>, _ input: UnsafePointer<Float>, images: Int,
    patches buffer: UnsafeMutablePointer<Float>, into maps: UnsafeMutablePointer<Float>
  ) {
    patches.gather(input, images: images, into: buffer)
    let bias = parameters + weightCount
    for pixel in 0..<images * patches.pixels { (maps + pixel &* filters).update(from: bias, count: filters) }
    for product in 0..<patches.products {
      let part = patches.part(product, images: images)
      gemm(
        m: part.pixels.count, n: filters, k: patches.depth, buffer + part.patches, leadingA: patches.depth,
        parameters + product * patches.depth, leadingB: patches.weights, transposeB: true, beta: 1,
        into: maps + part.pixels.lowerBound * filters, leadingC: filters)
    }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let (maps, patchGradient) = (pass.scratch, pass.scratch + Self.group * patches.pixels * filters)
    parameterGradient.update(repeating: 0, count: weightCount + filters)
    for images in groups(pass.rows) {
      let state = pass.state + images.lowerBound * stateWidth
      pooling.spread(
        outputGradient + images.lowerBound * outputs, places: state + images.count * patches.count,
        images: images.count, into: maps)
      addToGradient(of: parameterGradient, maps, images: images.count, patches: state)
      guard let inputGradient else { continue }
      patchGradient.update(repeating: 0, count: images.count * patches.count)
      for product in 0..<patches.products {
        // dP = dY W; the patches of several products share the buffer, so that they add up.
        let part = patches.part(product, images: images.count)
        gemm(
          m: part.pixels.count, n: patches.depth, k: filters, maps + part.pixels.lowerBound * filters,
          leadingA: filters, pass.parameters + product * patches.depth, leadingB: patches.weights, beta: 1,
          into: patchGradient + part.patches, leadingC: patches.depth)
      }
      patches.scatter(patchGradient, images: images.count, into: inputGradient + images.lowerBound * inputs)
    }
  }

  /// Adds what some images contribute: dW = dYᵀ P, and db, the sums of dY over pixels.
  private func addToGradient(
    of parameters: UnsafeMutablePointer<Float>, _ maps: UnsafePointer<Float>, images: Int,
    patches buffer: UnsafePointer<Float>
  ) {
    let bias = parameters + weightCount
    for pixel in 0..<images * patches.pixels {
      let values = maps + pixel &* filters
      for filter in 0..<filters { bias[filter] += values[filter] }
    }
    for product in 0..<patches.products {
      let part = patches.part(product, images: images)
      gemm(
        m: filters, n: patches.depth, k: part.pixels.count, maps + part.pixels.lowerBound * filters,
        leadingA: filters, transposeA: true, buffer + part.patches, leadingB: patches.depth, beta: 1,
        into: parameters + product * patches.depth, leadingC: patches.weights)
    }
  }
}
