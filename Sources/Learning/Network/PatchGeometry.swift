/// How the patches that a filter sees lie in memory, such that a convolution becomes a few matrix products.
///
/// A patch is `kernel` rows of `kernel · channels` neighbouring values. Where such a row is long, patches are kept per
/// image row only: a product for each kernel row then reads the buffer shifted by one image row, leaves out what lies
/// above or below the image, and the buffer is `kernel` times smaller than one of whole patches. Short rows would make
/// poor products: then patches are kept whole. What lies beyond the image's edge is 0.
///
/// Several images share a buffer, side by side: row 0 of all of them, then row 1. The products are then taller.
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
  /// Floats of the buffer for one image.
  var count: Int { pixels * depth }

  /// What one product computes: these pixels of all images, from the patches that begin at this place of the buffer.
  func part(_ product: Int, images: Int) -> (pixels: Range<Int>, patches: Int) {
    if isWhole { return (0..<images * pixels, 0) }
    let width = images * self.width
    let shift = product - kernel / 2
    let rows = max(0, -shift)..<max(max(0, -shift), min(height, height - shift))
    return (rows.lowerBound * width..<rows.upperBound * width, (rows.lowerBound + shift) * width * depth)
  }

  /// Copies the patches of images `(images, height, width, channels)`.
  func gather(_ source: UnsafePointer<Float>, images: Int, into buffer: UnsafeMutablePointer<Float>) {
    forEachRun(images: images) { image, y, x, place in
      gatherRun(source + image &* inputs, y: y, x: x, into: buffer + place)
    }
  }

  /// Adds the values of all patches to the pixels that they came from, `(images, height, width, channels)`.
  func scatter(_ buffer: UnsafePointer<Float>, images: Int, into target: UnsafeMutablePointer<Float>) {
    target.update(repeating: 0, count: images * inputs)
    forEachRun(images: images) { image, y, x, place in
      scatterRun(buffer + place, y: y, x: x, into: target + image &* inputs)
    }
  }

  /// Calls `body` with every run of `kernel` pixels in the buffer: its image, its first pixel, and its place.
  @inline(__always)
  private func forEachRun(images: Int, _ body: (_ image: Int, _ y: Int, _ x: Int, _ place: Int) -> Void) {
    let (margin, run) = (kernel / 2, kernel &* channels)
    let runs = isWhole ? kernel : 1
    for y in 0..<height {
      for image in 0..<images {
        for x in 0..<width {
          let place = ((y &* images &+ image) &* width &+ x) &* depth
          for offset in 0..<runs {
            body(image, isWhole ? y &+ offset &- margin : y, x &- margin, place &+ offset &* run)
          }
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

  @inline(__always)
  private func scatterRun(_ source: UnsafePointer<Float>, y: Int, x: Int, into image: UnsafeMutablePointer<Float>) {
    if y < 0 || y >= height { return }
    let first = max(0, 0 &- x) &* channels
    let end = min(kernel, width &- x) &* channels
    let target = image + (y &* width &+ x) &* channels
    for index in first..<end { target[index] += source[index] }
  }
}
