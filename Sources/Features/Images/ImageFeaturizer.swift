public import Tensors

/// How much of an image its features keep.
public enum ImageDetail: Int, Sendable, Hashable {
  /// At most 28 × 28 pixels in grey or 16 × 16 in colour: few enough numbers for a perceptron and for distances.
  case vectors = 0
  /// At most 32 × 32 pixels, in colour too: what a small convolutional network reads.
  case pixels = 1

  var maxSide: (grey: Int, colour: Int) {
    switch self {
    case .vectors: (28, 16)
    case .pixels: (32, 32)
    }
  }
}

/// Features of images: their pixels at a common small size, centred.
///
/// Every image is averaged over areas to one size, at most that of an ``ImageDetail`` (a pool of smaller images keeps its
/// size); the sample's mean image is taken off, and one standard deviation of all pixels divides, so that an
/// image stays an image. Columns are `(height, width, channels)`, row-major. For photos, the caller's own embeddings
/// from a pretrained network are the better choice.
public struct ImageFeaturizer: Featurizer {
  /// Images that are looked at for fitting.
  static let maxImages = 1_000

  /// Columns of the features, `height · width · channels`.
  public var dimension: Int { mean.count }
  /// Pixels in a row of the common size.
  public let width: Int
  /// Rows of the common size.
  public let height: Int
  /// 1 where all images of the sample are grey, else 3.
  public let channels: Int
  /// How much of the images is kept.
  public let detail: ImageDetail
  let mean: [Float]
  let scale: Float

  /// Fits the common size, the mean image and the standard deviation.
  ///
  /// - Parameters:
  ///   - sample: images; at most 1,000 of them are looked at, chosen by the seed. Those that can't be decoded are left out.
  ///   - detail: how much of the images is kept.
  ///   - progress: called now and then with the share done, in `0...1`.
  /// - Throws: ``FeatureError`` for an empty sample, one without an image that can be decoded, or where cancelled.
  public static func fit(
    _ sample: [RawItem], seed: UInt64, detail: ImageDetail = .vectors, pool: ComputePool? = nil,
    progress: (Double) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws(FeatureError) -> ImageFeaturizer {
    if sample.isEmpty { throw .emptySample }
    let maxSide = detail.maxSide
    var order = Array(sample.indices)
    var generator = SeededGenerator(seed: seed, stream: 0x1_3A6E)
    generator.shuffle(&order)
    // At the size for grey first: whether there is colour shows only in the pixels.
    var images: [DecodedImage] = []
    var sizes: [ImageInfo] = []
    var failure: FeatureError?
    let chosen = order.prefix(maxImages)
    for (count, index) in chosen.enumerated() {
      progress(Double(count) / Double(chosen.count))
      if isCancelled() { throw .cancelled }
      do throws(FeatureError) {
        let bytes = try Self.bytes(of: sample[index], index: index)
        sizes.append(try Self.wrap(index) { () throws(ImageError) in try ImageCodec.inspect(bytes) })
        let image = try decoded(sample[index], index: index, detail: detail)
        images.append(
          image.resized(width: min(maxSide.grey, image.width), height: min(maxSide.grey, image.height)))
      } catch {
        failure = failure ?? error
      }
    }
    guard !images.isEmpty else { throw failure ?? .emptySample }
    let isGrey = images.allSatisfy(\.isGrey)
    let side = isGrey ? maxSide.grey : maxSide.colour
    let width = min(side, median(sizes.map(\.width)))
    let height = min(side, median(sizes.map(\.height)))
    let channels = isGrey ? 1 : 3
    let pixels = images.map { Self.pixels(of: $0, width: width, height: height, channels: channels) }
    progress(1)
    return ImageFeaturizer(pixels: pixels, width: width, height: height, channels: channels, detail: detail)
  }

  /// Fits the mean image and the standard deviation around it.
  private init(pixels: [[Float]], width: Int, height: Int, channels: Int, detail: ImageDetail) {
    let count = width * height * channels
    var mean = [Double](repeating: 0, count: count)
    for image in pixels { for index in 0..<count { mean[index] += Double(image[index]) } }
    for index in 0..<count { mean[index] /= Double(pixels.count) }
    var squares = 0.0
    for image in pixels {
      for index in 0..<count { squares += (Double(image[index]) - mean[index]) * (Double(image[index]) - mean[index]) }
    }
    let deviation = (squares / Double(pixels.count * count)).squareRoot()
    // Copies of one image have no deviation; new images are left at their own scale then.
    self.init(
      width: width, height: height, channels: channels, detail: detail, mean: mean.map { Float($0) },
      scale: deviation > 1e-6 ? Float(1 / deviation) : 1)
  }

  private init(width: Int, height: Int, channels: Int, detail: ImageDetail, mean: [Float], scale: Float) {
    self.width = width
    self.height = height
    self.channels = channels
    self.detail = detail
    self.mean = mean
    self.scale = scale
  }

  /// The features of `n` images, `(n, d)`.
  ///
  /// - Throws: ``FeatureError/row(index:reason:)`` for the first that can't be decoded.
  /// - Complexity: O(pixels of the images).
  public func features(of items: [RawItem], pool: ComputePool? = nil) throws -> Matrix {
    try matrixByRowBlocks(rows: items.count, columns: dimension, pool: pool, blockSize: 8) {
      (range, output) throws(FeatureError) in
      for index in range {
        let image = try Self.decoded(items[index], index: index, detail: detail)
        let pixels = Self.pixels(of: image, width: width, height: height, channels: channels)
        let start = (index - range.lowerBound) * dimension
        for column in 0..<dimension { output[start + column] = (pixels[column] - mean[column]) * scale }
      }
    }
  }

  private static func decoded(
    _ item: RawItem, index: Int, detail: ImageDetail
  ) throws(FeatureError) -> DecodedImage {
    let bytes = try bytes(of: item, index: index)
    return try wrap(index) { () throws(ImageError) in try ImageCodec.decode(bytes, atLeast: detail.maxSide.grey) }
  }

  private static func bytes(of item: RawItem, index: Int) throws(FeatureError) -> [UInt8] {
    guard case .image(let bytes) = item else {
      throw .row(index: index, reason: .wrongKind(expected: .image, found: item.kind))
    }
    return bytes
  }

  private static func wrap<Value>(
    _ index: Int, _ body: () throws(ImageError) -> Value
  ) throws(FeatureError) -> Value {
    do { return try body() } catch { throw .row(index: index, reason: .image(error)) }
  }

  /// The pixels in `0...1` at a size: `(height, width, channels)`.
  private static func pixels(of image: DecodedImage, width: Int, height: Int, channels: Int) -> [Float] {
    let image = channels == 1 ? image.grey() : image.colour()
    return image.areaAverages(width: width, height: height).map { $0 / 255 }
  }

  private static func median(_ values: [Int]) -> Int { values.sorted()[values.count / 2] }
}

extension ImageFeaturizer {
  /// The featurizer as bytes.
  public func encoded() throws -> [UInt8] {
    var writer = FeaturizerWriter(.image)
    writer.write(width)
    writer.write(height)
    writer.write(channels)
    writer.write(array: mean)
    writer.write(array: [scale])
    // Nothing for the usual detail, which is all that earlier versions knew.
    if detail != .vectors { writer.write(detail.rawValue) }
    return writer.bytes
  }

  init(_ reader: inout FeaturizerReader) throws(FeatureError) {
    let sides = 1...ImageDetail.pixels.maxSide.grey
    let width = try reader.int(in: sides)
    let height = try reader.int(in: sides)
    let channels = try reader.int(in: 1...3)
    if channels == 2 { throw .notAFeaturizer("an image can't have 2 channels") }
    let mean = try reader.floats(count: width * height * channels)
    let scale = try reader.floats(count: 1)[0]
    let detail = reader.hasMore ? ImageDetail(rawValue: try reader.int(in: 1...1)) ?? .pixels : .vectors
    self.init(width: width, height: height, channels: channels, detail: detail, mean: mean, scale: scale)
  }
}
