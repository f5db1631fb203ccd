import Features
import Tensors
import Testing

struct ImageFeaturizerTests {
  private func noise(width: Int, height: Int, channels: Int, seed: UInt64) -> DecodedImage {
    var generator = SeededGenerator(seed: seed)
    let count = width * height * channels
    return DecodedImage(
      width: width, height: height, channels: channels,
      pixels: (0..<count).map { _ in UInt8(generator.index(below: 256)) })
  }

  private func items(_ count: Int, width: Int, height: Int, channels: Int) throws -> [RawItem] {
    try (0..<count).map {
      .image(try ImageCodec.encodePNG(noise(width: width, height: height, channels: channels, seed: UInt64($0))))
    }
  }

  @Test func keepsSmallGreyImagesAndCentresThem() throws {
    let items = try items(50, width: 8, height: 8, channels: 1)
    let featurizer = try ImageFeaturizer.fit(items, seed: 1)
    #expect((featurizer.width, featurizer.height, featurizer.channels, featurizer.dimension) == (8, 8, 1, 64))
    let features = try featurizer.features(of: items)
    for column in 0..<64 {
      #expect(abs((0..<50).reduce(0) { $0 + features[$1, column] } / 50) < 1e-5)
    }
    let meanSquare = features.values.reduce(0) { $0 + $1 * $1 } / Float(features.values.count)
    #expect(abs(meanSquare - 1) < 1e-4)
  }

  @Test func shrinksLargeImagesAndKeepsColour() throws {
    let colour = try ImageFeaturizer.fit(items(5, width: 40, height: 20, channels: 3), seed: 1)
    #expect((colour.width, colour.height, colour.channels, colour.dimension) == (16, 16, 3, 768))
    let grey = try ImageFeaturizer.fit(items(5, width: 40, height: 20, channels: 1), seed: 1)
    #expect((grey.width, grey.height, grey.channels) == (28, 20, 1))
    // Grey pixels in three channels are grey; one image in colour makes the pool one of colour.
    let stored = try (0..<4).map {
      RawItem.image(try ImageCodec.encodePNG(noise(width: 9, height: 9, channels: 1, seed: $0).colour()))
    }
    #expect(try ImageFeaturizer.fit(stored, seed: 1).channels == 1)
    let mixed = try stored + items(1, width: 9, height: 9, channels: 3)
    let featurizer = try ImageFeaturizer.fit(mixed, seed: 1)
    #expect(featurizer.channels == 3)
    #expect(try featurizer.features(of: mixed).rows == 5)
  }

  @Test func anImageOfAnotherSizeGivesTheSameFeaturesNearly() throws {
    let image = SampleImages.gradient(width: 64, height: 64, channels: 1)
    let small = image.resized(width: 16, height: 16)
    let sample = try [RawItem.image(ImageCodec.encodePNG(small))] + items(9, width: 16, height: 16, channels: 1)
    let featurizer = try ImageFeaturizer.fit(sample, seed: 1)
    let features = try featurizer.features(of: [sample[0], .image(ImageCodec.encodePNG(image))])
    #expect(zip(features.row(0), features.row(1)).allSatisfy { abs($0 - $1) < 0.01 })
    let photo = SampleImages.jpeg(SampleImages.gradient(width: 1_024, height: 1_024, channels: 1))
    let fromPhoto = try featurizer.features(of: [.image(photo)]).row(0)
    #expect(zip(features.row(0), fromPhoto).allSatisfy { abs($0 - $1) < 0.1 })
  }

  @Test func namesTheImageThatIsBadAndFitsWithoutIt() throws {
    var sample = try items(6, width: 8, height: 8, channels: 1)
    let featurizer = try ImageFeaturizer.fit(sample + [.image([1, 2, 3])], seed: 1)
    guard case .image(let bytes) = sample[3] else { return }
    sample[3] = .image(Array(bytes.dropLast(30)))
    #expect(throws: FeatureError.row(index: 3, reason: .image(.truncated))) { try featurizer.features(of: sample) }
    sample[2] = .text("x")
    #expect(throws: FeatureError.row(index: 2, reason: .wrongKind(expected: .image, found: .text))) {
      try featurizer.features(of: sample)
    }
    #expect(throws: FeatureError.row(index: 0, reason: .image(.notAnImage))) {
      try ImageFeaturizer.fit([.image([])], seed: 1)
    }
    #expect(throws: FeatureError.cancelled) { try ImageFeaturizer.fit(sample, seed: 1, isCancelled: { true }) }
  }

  @Test func isTheSameOnAnyNumberOfThreadsAndAfterStoring() throws {
    let items = try items(40, width: 12, height: 10, channels: 3)
    let featurizer = try AnyFeaturizer.fit(items, seed: 3)
    let features = try featurizer.features(of: items)
    #expect(try featurizer.features(of: items, pool: ComputePool(threads: 3)).values == features.values)
    let restored = try AnyFeaturizer.decode(featurizer.encoded())
    #expect(restored.kind == .image && restored.dimension == featurizer.dimension)
    #expect(try restored.features(of: items).values == features.values)
    let copies = [RawItem](repeating: items[0], count: 3)
    #expect(try ImageFeaturizer.fit(copies, seed: 1).features(of: copies).values.allSatisfy { abs($0) < 1e-6 })
  }
}
