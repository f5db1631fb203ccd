import CWinnowImages
import Features
import Testing

struct ImageCodecTests {
  @Test(arguments: [1, 3], [(1, 1), (7, 3), (64, 48)])
  func pngIsReadBackAsWritten(channels: Int, size: (Int, Int)) throws {
    let image = SampleImages.gradient(width: size.0, height: size.1, channels: channels)
    let bytes = try ImageCodec.encodePNG(image)
    let info = try ImageCodec.inspect(bytes)
    #expect(info.format == .png && info.width == size.0 && info.height == size.1)
    #expect(info.format.mediaType == "image/png")
    #expect(try ImageCodec.decode(bytes) == image)
  }

  @Test(arguments: [1, 3])
  func jpegIsReadBackNearly(channels: Int) throws {
    let image = SampleImages.gradient(width: 37, height: 21, channels: channels)
    let bytes = SampleImages.jpeg(image)
    let info = try ImageCodec.inspect(bytes)
    #expect(info.format == .jpeg && info.width == 37 && info.height == 21)
    let decoded = try ImageCodec.decode(bytes)
    #expect(decoded.width == 37 && decoded.height == 21 && decoded.channels == channels)
    #expect(zip(decoded.pixels, image.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 8 })
  }

  @Test func laysTransparencyOnWhite() throws {
    let colours = SampleImages.png(
      [10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128], width: 3, height: 1, colour: SPNG_COLOR_TYPE_TRUECOLOR_ALPHA)
    #expect(try ImageCodec.decode(colours).pixels == [10, 20, 30, 255, 255, 255, 127, 177, 227])
    let grey = try ImageCodec.decode(
      SampleImages.png([0, 255, 0, 0, 100, 128], width: 3, height: 1, colour: SPNG_COLOR_TYPE_GRAYSCALE_ALPHA))
    #expect(grey.channels == 1 && grey.pixels == [0, 255, 177])
  }

  @Test func readsPalettesSixteenBitsAndInterlacing() throws {
    let palette: [[UInt8]] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    let indexed = SampleImages.png(
      [0, 1, 2, 1], width: 2, height: 2, colour: SPNG_COLOR_TYPE_INDEXED, palette: palette)
    #expect(try ImageCodec.decode(indexed).pixels == [255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 0])
    let clear = SampleImages.png(
      [0, 1], width: 2, height: 1, colour: SPNG_COLOR_TYPE_INDEXED, palette: palette, paletteAlpha: [0])
    #expect(try ImageCodec.decode(clear).pixels == [255, 255, 255, 0, 255, 0])
    let deep = try ImageCodec.decode(
      SampleImages.png(
        [0, 0, 0x80, 0x80, 0xFF, 0xFF], width: 3, height: 1, colour: SPNG_COLOR_TYPE_GRAYSCALE, depth: 16))
    #expect(deep.channels == 1 && deep.pixels == [0, 128, 255])
    let bits = try ImageCodec.decode(
      SampleImages.png([0b1010_0000], width: 4, height: 1, colour: SPNG_COLOR_TYPE_GRAYSCALE, depth: 1))
    #expect(bits.channels == 1 && bits.pixels == [255, 0, 255, 0])
    let image = SampleImages.gradient(width: 9, height: 7, channels: 3)
    let interlaced = SampleImages.png(
      image.pixels, width: 9, height: 7, colour: SPNG_COLOR_TYPE_TRUECOLOR, interlaced: true)
    #expect(try ImageCodec.decode(interlaced) == image)
  }

  @Test func convertsCMYK() throws {
    // Inverted, as Adobe stores it: 255 is no ink. White, black, and full cyan.
    let pixels: [UInt8] = [255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 255]
    for (index, expected) in [[255, 255, 255], [0, 0, 0], [0, 255, 255]].enumerated() {
      let block = (0..<64).flatMap { _ in pixels[4 * index..<4 * index + 4] }
      let decoded = try ImageCodec.decode(SampleImages.jpeg(block, width: 8, height: 8, format: TJPF_CMYK))
      #expect(decoded.channels == 3)
      #expect(zip(decoded.pixels[..<3], expected).allSatisfy { abs(Int($0) - $1) <= 3 })
    }
  }

  @Test func turnsPhotosUpright() throws {
    // Dark on the left, light on the right.
    let image = DecodedImage(
      width: 32, height: 16, channels: 1, pixels: (0..<512).map { $0 % 32 < 16 ? 20 : 230 })
    let jpeg = SampleImages.jpeg(image)
    for (orientation, darkSide) in [(1, "left"), (3, "right"), (6, "top"), (8, "bottom"), (2, "right"), (5, "top")] {
      let turned = SampleImages.oriented(jpeg, UInt8(orientation))
      let decoded = try ImageCodec.decode(turned)
      let info = try ImageCodec.inspect(turned)
      #expect((decoded.width, decoded.height) == (info.width, info.height))
      #expect((info.width, info.height) == (orientation >= 5 ? (16, 32) : (32, 16)))
      let first = decoded.pixels[0] < 128
      let last = decoded.pixels[decoded.pixels.count - 1] < 128
      #expect(first == (darkSide == "left" || darkSide == "top") && last != first, "orientation \(orientation)")
    }
  }

  @Test func refusesWhatIsNoImage() {
    for bytes in [[], Array("hello".utf8), Array("GIF89a".utf8), [0xFF], [UInt8](repeating: 0, count: 1_000)] {
      #expect(throws: ImageError.notAnImage) { try ImageCodec.decode(bytes) }
      #expect(throws: ImageError.notAnImage) { try ImageCodec.inspect(bytes) }
    }
  }

  @Test func everyTruncationIsAnErrorAndNoneIsACrash() throws {
    let image = SampleImages.gradient(width: 120, height: 90, channels: 3)
    for bytes in [try ImageCodec.encodePNG(image), SampleImages.jpeg(image)] {
      for length in stride(from: 0, to: bytes.count - 16, by: 11) {
        let error = #expect(throws: ImageError.self, "\(length) of \(bytes.count) bytes") {
          try ImageCodec.decode(Array(bytes[..<length]))
        }
        if length > 700 { #expect(error == .truncated, "\(length) of \(bytes.count) bytes") }
      }
    }
  }

  @Test func damageIsAnErrorOrAnImageOfTheSameSize() throws {
    let image = SampleImages.gradient(width: 24, height: 24, channels: 3)
    var generator: UInt64 = 7
    for bytes in [try ImageCodec.encodePNG(image), SampleImages.jpeg(image)] {
      for _ in 0..<300 {
        generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var damaged = bytes
        damaged[Int(generator >> 33) % bytes.count] ^= UInt8(truncatingIfNeeded: generator >> 25) | 1
        guard let decoded = try? ImageCodec.decode(damaged, limits: ImageLimits(maxPixels: 10_000)) else { continue }
        #expect(decoded.pixels.count == decoded.width * decoded.height * decoded.channels)
      }
    }
    var checksum = try ImageCodec.encodePNG(image)
    checksum[45] ^= 1
    let error = #expect(throws: ImageError.self) { try ImageCodec.decode(checksum) }
    if case .corrupt(let reason) = error {
      #expect(!reason.isEmpty)
    } else {
      Issue.record("\(String(describing: error))")
    }
  }

  @Test func refusesTooManyPixelsBeforeDecodingThem() throws {
    let bytes = try ImageCodec.encodePNG(SampleImages.gradient(width: 100, height: 100, channels: 1))
    #expect(throws: ImageError.tooLarge(width: 100, height: 100, maxPixels: 9_999)) {
      try ImageCodec.decode(bytes, limits: ImageLimits(maxPixels: 9_999))
    }
    var bomb = bytes
    bomb.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
    #expect(throws: ImageError.self) { try ImageCodec.decode(bomb) }
  }
}

struct ImageResizeTests {
  @Test func takesTheMeanOfTheAreaCovered() {
    let image = DecodedImage(width: 4, height: 2, channels: 1, pixels: [0, 10, 20, 30, 40, 50, 60, 70])
    #expect(image.resized(width: 2, height: 1).pixels == [25, 45])
    #expect(image.resized(width: 4, height: 2) == image)
    // Three from two: the middle one covers a half of each.
    let pair = DecodedImage(width: 2, height: 1, channels: 1, pixels: [0, 100])
    #expect(pair.resized(width: 3, height: 1).pixels == [0, 50, 100])
    #expect(pair.resized(width: 4, height: 2).pixels == [0, 0, 100, 100, 0, 0, 100, 100])
    let colours = DecodedImage(width: 1, height: 2, channels: 3, pixels: [0, 50, 100, 100, 150, 200])
    #expect(colours.resized(width: 1, height: 1).pixels == [50, 100, 150])
  }

  @Test(arguments: [(5, 3), (13, 17), (100, 1)])
  func keepsTheMeanOfTheImage(width: Int, height: Int) {
    let image = SampleImages.gradient(width: 60, height: 51, channels: 1)
    let resized = image.resized(width: width, height: height)
    func mean(_ image: DecodedImage) -> Double {
      Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
    }
    #expect(resized.width == width && resized.height == height)
    #expect(abs(mean(resized) - mean(image)) < 0.5)
  }

  @Test func makesPreviewsInProportionAndNeverLarger() {
    let image = SampleImages.gradient(width: 60, height: 40, channels: 3)
    let preview = image.resized(maxWidth: 15)
    #expect(preview.width == 15 && preview.height == 10)
    #expect(image.resized(maxWidth: 100) == image)
    #expect(SampleImages.gradient(width: 300, height: 2, channels: 1).resized(maxWidth: 3).height == 1)
  }

  @Test func turnsGreyAndBack() {
    let grey = DecodedImage(width: 2, height: 1, channels: 1, pixels: [7, 200])
    #expect(grey.colour().pixels == [7, 7, 7, 200, 200, 200])
    #expect(grey.colour().isGrey && grey.isGrey && grey.colour().grey() == grey)
    let colour = DecodedImage(width: 1, height: 1, channels: 3, pixels: [255, 0, 0])
    #expect(!colour.isGrey && colour.grey().pixels == [76])
  }
}
