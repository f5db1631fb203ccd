/// How the patches that a filter sees lie in memory, such that a convolution becomes a few matrix products.
///
/// A patch is `kernel` rows of `kernel · channels` neighbouring values. Where such a row is long, patches are kept per
/// image row only: a product for each kernel row then reads the buffer shifted by one image row, and the buffer is
/// `kernel` times smaller than one of whole patches. Short rows would make poor products: then patches are kept whole.
/// What lies beyond the image's edge is 0.
struct PatchGeometry: Sendable {
  let height: Int
  let width: Int
  let channels: Int
  let kernel: Int
  /// Whether whole patches are kept.
  let isWhole: Bool

  /// The least number of values in a product's sums that keeps the multipliers busy.
  private static let leastDepth = 64

  init(height: Int, width: Int, channels: Int, kernel: Int) {
    self.height = height
    self.width = width
    self.channels = channels
    self.kernel = kernel
    isWhole = kernel * channels < Self.leastDepth
  }

  var inputs: Int { height * width * channels }
  var pixels: Int { height * width }
  /// Values of a patch, which is the number of weights of a filter.
  var weights: Int { kernel * kernel * channels }
  /// Matrix products of a convolution.
  var products: Int { isWhole ? 1 : kernel }
  /// The length of the sums of one product.
  var depth: Int { isWhole ? weights : kernel * channels }
  /// Floats between the patches of one product and those of the next.
  var shift: Int { isWhole ? 0 : width * depth }
  /// Floats of the buffer for one image.
  var count: Int { isWhole ? pixels * weights : (height + kernel - 1) * width * depth }

  /// Copies the patches of an image `(height, width, channels)`.
  func gather(_ image: UnsafePointer<Float>, into buffer: UnsafeMutablePointer<Float>) {
    let margin = kernel / 2
    let run = kernel * channels
    if isWhole {
      for y in 0..<height {
        for x in 0..<width {
          let patch = buffer + (y &* width &+ x) &* weights
          for offset in 0..<kernel {
            gatherRun(image, y: y &+ offset &- margin, x: x &- margin, into: patch + offset &* run)
          }
        }
      }
    } else {
      for y in 0..<height + kernel - 1 {
        for x in 0..<width {
          gatherRun(image, y: y &- margin, x: x &- margin, into: buffer + (y &* width &+ x) &* run)
        }
      }
    }
  }

  /// Copies `kernel` neighbouring pixels from `(y, x)` on.
  @inline(__always)
  private func gatherRun(_ image: UnsafePointer<Float>, y: Int, x: Int, into target: UnsafeMutablePointer<Float>) {
    let run = kernel &* channels
    if y < 0 || y >= height {
      for index in 0..<run { target[index] = 0 }
      return
    }
    let first = max(0, 0 &- x) &* channels
    let end = min(kernel, width &- x) &* channels
    let source = image + (y &* width &+ x) &* channels
    for index in 0..<first { target[index] = 0 }
    for index in first..<end { target[index] = source[index] }
    for index in end..<run { target[index] = 0 }
  }

  /// Adds the values of all patches to the pixels that they came from, `(height, width, channels)`.
  func scatter(_ buffer: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>) {
    image.update(repeating: 0, count: inputs)
    let margin = kernel / 2
    let run = kernel * channels
    if isWhole {
      for y in 0..<height {
        for x in 0..<width {
          let patch = buffer + (y &* width &+ x) &* weights
          for offset in 0..<kernel {
            scatterRun(patch + offset &* run, y: y &+ offset &- margin, x: x &- margin, into: image)
          }
        }
      }
    } else {
      for y in margin..<height + margin {
        for x in 0..<width {
          scatterRun(buffer + (y &* width &+ x) &* run, y: y &- margin, x: x &- margin, into: image)
        }
      }
    }
  }

  @inline(__always)
  private func scatterRun(_ source: UnsafePointer<Float>, y: Int, x: Int, into image: UnsafeMutablePointer<Float>) {
    if y < 0 || y >= height { return }
    let first = max(0, 0 &- x) &* channels
    let end = min(kernel, width &- x) &* channels
    let target = image + (y &* width &+ x) &* channels
    for index in first..<end { target[index] += source[index] }
  }
}
