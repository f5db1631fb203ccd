import CWinnowImages
import Features
import Testing

/// Decoders of pictures.
@Suite struct ImagesFuzz {
  private static func jpeg(_ width: Int, _ height: Int, grey: Bool = false, flags: Int32 = 0) -> [UInt8] {
    guard let handle = tjInitCompress() else { return [] }
    defer { tjDestroy(handle) }
    let channels = grey ? 1 : 3
    let pixels = (0..<(width * height * channels)).map { UInt8(truncatingIfNeeded: $0 * 37) }
    var output: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let (format, sampling) = grey ? (TJPF_GRAY, TJSAMP_GRAY) : (TJPF_RGB, TJSAMP_420)
    guard
      tjCompress2(
        handle, pixels, Int32(width), 0, Int32(height), format.rawValue, &output, &size, Int32(sampling.rawValue), 80,
        flags)
        == 0, let output
    else { return [] }
    defer { tjFree(output) }
    return Array(UnsafeBufferPointer(start: output, count: Int(size)))
  }

  private func check(_ bytes: [UInt8]) -> String? {
    let limits = ImageLimits(maxPixels: 1 << 18)
    for atLeast in [nil, 8] {
      do throws(ImageError) {
        let image = try ImageCodec.decode(bytes, limits: limits, atLeast: atLeast)
        if image.width * image.height > limits.maxPixels { return "\(image.width) × \(image.height)" }
        _ = image.resized(maxWidth: 5).grey()
        if image.width * image.height < 4096 { _ = try ImageCodec.encodePNG(image.colour()) }
      } catch {
        if "\(error)".isEmpty { return "an error without words" }
      }
    }
    return nil
  }

  @Test func pngs() throws {
    let seeds = try [(1, 1, 1), (17, 9, 3), (64, 64, 1), (3, 200, 3)].map { width, height, channels in
      try ImageCodec.encodePNG(
        DecodedImage(
          width: width, height: height, channels: channels,
          pixels: (0..<(width * height * channels)).map { UInt8(truncatingIfNeeded: $0 * 7) }))
    }
    let mutator = Mutator(seeds: seeds, words: ["IHDR", "IDAT", "IEND", "tRNS", "PLTE", "iCCP", "zTXt", "\0\0\0\u{D}"])
    try Fuzz.run("png", mutator) { bytes, random in
      // Most changes break a checksum, and would be seen for that alone.
      check(random.below(4) == 0 ? bytes : PNGChecksums.repaired(bytes))
    }
  }

  @Test func jpegs() throws {
    let seeds = [
      Self.jpeg(16, 16), Self.jpeg(33, 17), Self.jpeg(40, 40, grey: true), Self.jpeg(33, 65, flags: TJFLAG_PROGRESSIVE),
    ]
    try #require(seeds.allSatisfy { !$0.isEmpty })
    let exif: [UInt8] =
      [0xFF, 0xE1, 0, 34] + Array("Exif\0\0II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
      + [0, 0, 0, 0]
    let turned = Array(seeds[0].prefix(2)) + exif + seeds[0].dropFirst(2)
    let mutator = Mutator(seeds: seeds + [turned], words: ["Exif\0\0", "II*\0", "MM\0*", "\u{1}\u{12}"])
    try Fuzz.run("jpeg", mutator) { bytes, _ in check(bytes) }
  }
}

/// The checksums of a PNG, made right again after its chunks were changed.
enum PNGChecksums {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { state, _ in state >> 1 ^ (state & 1 == 0 ? 0 : 0xEDB8_8320) }
  }

  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard position + 12 + length <= bytes.count else { break }
      let end = position + 8 + length
      let sum = ~bytes[(position + 4)..<end].reduce(UInt32.max) {
        Self.table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8
      }
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
      position = end + 4
    }
    return bytes
  }
}
