/// What the first bytes of an image say.
public struct ImageInfo: Sendable, Hashable {
  /// The formats that are read.
  public enum Format: String, Sendable, Hashable {
    case png, jpeg

    /// The media type, for `Content-Type`.
    public var mediaType: String { "image/\(rawValue)" }
  }

  /// The format.
  public let format: Format
  /// Pixels in a row, as shown: after the turn that a camera asks for.
  public let width: Int
  /// Rows, as shown.
  public let height: Int
}

/// How much an image may hold; a few hundred bytes can claim gigabytes of pixels.
public struct ImageLimits: Sendable, Hashable {
  /// Pixels that an image may have.
  public var maxPixels: Int

  /// Limits of 64 million pixels unless told otherwise: under 300 MB while an image is decoded.
  public init(maxPixels: Int = 64_000_000) {
    self.maxPixels = maxPixels
  }
}

/// Decodes PNG and JPEG, and encodes PNG.
public enum ImageCodec {
  private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The format and size of an image, from its header alone.
  ///
  /// - Throws: ``ImageError`` where the bytes are no image or end inside the header.
  /// - Complexity: O(header); no pixel is looked at.
  public static func inspect(_ bytes: [UInt8]) throws(ImageError) -> ImageInfo {
    switch format(of: bytes) {
    case .png: try inspectPNG(bytes)
    case .jpeg: try JPEGHeader(bytes).info
    case nil: throw .notAnImage
    }
  }

  /// The pixels of an image, as shown.
  ///
  /// Transparency is laid on white; 16 bits become 8; palettes and CMYK become red, green and blue; a photo is turned as
  /// its camera asks for. A grey image has one channel.
  ///
  /// - Parameter atLeast: a width and height that are enough: a JPEG much larger than that is decoded to a half, a quarter or
  ///   an eighth of its size, several times faster; nil for all pixels.
  /// - Throws: ``ImageError`` where the bytes are no image, are damaged or incomplete, or have too many pixels.
  public static func decode(
    _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), atLeast: Int? = nil
  ) throws(ImageError) -> DecodedImage {
    let info = try inspect(bytes)
    let (pixels, overflow) = info.width.multipliedReportingOverflow(by: info.height)
    if overflow || pixels > limits.maxPixels {
      throw .tooLarge(width: info.width, height: info.height, maxPixels: limits.maxPixels)
    }
    return switch info.format {
    case .png: try decodePNG(bytes)
    case .jpeg: try decodeJPEG(bytes, atLeast: atLeast)
    }
  }

  private static func format(of bytes: [UInt8]) -> ImageInfo.Format? {
    if bytes.starts(with: pngSignature) { return .png }
    return bytes.starts(with: [0xFF, 0xD8, 0xFF]) ? .jpeg : nil
  }

  /// The first chunk of a PNG is its header: 8 bytes of signature, 8 of length and type, then width and height.
  private static func inspectPNG(_ bytes: [UInt8]) throws(ImageError) -> ImageInfo {
    guard bytes.count >= 33 else { throw .truncated }
    guard bytes[12..<16].elementsEqual("IHDR".utf8) else { throw .corrupt("a PNG starts with its header") }
    func number(at index: Int) -> Int { bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) } }
    let width = number(at: 16)
    let height = number(at: 20)
    guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
      throw .corrupt("its size is \(width) × \(height)")
    }
    return ImageInfo(format: .png, width: width, height: height)
  }

  /// Lays a pixel's colour on white.
  static func onWhite(_ colour: UInt8, alpha: UInt8) -> UInt8 {
    let alpha = Int(alpha)
    return UInt8((Int(colour) * alpha + 255 * (255 - alpha) + 127) / 255)
  }
}
