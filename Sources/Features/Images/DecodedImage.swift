/// The pixels of an image: `(height, width, channels)`, row-major, 8 bits each.
public struct DecodedImage: Sendable, Hashable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// `height · width · channels` values; the channels of a pixel stand together.
  public let pixels: [UInt8]

  /// An image of these pixels.
  ///
  /// - Precondition: `channels` is 1 or 3, and `pixels` holds `width · height · channels` values.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(channels == 1 || channels == 3, "an image has 1 or 3 channels")
    precondition(width > 0 && height > 0 && pixels.count == width * height * channels, "pixels must fill the image")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Whether no pixel has a colour, whatever the number of channels.
  ///
  /// - Complexity: O(pixels), up to the first pixel that has one.
  public var isGrey: Bool {
    if channels == 1 { return true }
    return pixels.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: pixels.count, by: 3).allSatisfy {
        pixels[$0] == pixels[$0 + 1] && pixels[$0] == pixels[$0 + 2]
      }
    }
  }

  /// The image with every pixel's luma (ITU-R BT.601) in one channel.
  public func grey() -> DecodedImage {
    if channels == 1 { return self }
    let luma = [UInt8](unsafeUninitializedCapacity: width * height) { output, count in
      pixels.withUnsafeBufferPointer { pixels in
        for pixel in 0..<width * height {
          let red = Int(pixels[3 * pixel])
          let green = Int(pixels[3 * pixel + 1])
          let blue = Int(pixels[3 * pixel + 2])
          output[pixel] = UInt8((299 * red + 587 * green + 114 * blue + 500) / 1_000)
        }
      }
      count = width * height
    }
    return DecodedImage(width: width, height: height, channels: 1, pixels: luma)
  }

  /// The image in three channels.
  public func colour() -> DecodedImage {
    if channels == 3 { return self }
    return DecodedImage(width: width, height: height, channels: 3, pixels: pixels.flatMap { [$0, $0, $0] })
  }
}

extension DecodedImage: CustomStringConvertible {
  /// The shape; pixels would fill the screen.
  public var description: String { "\(width) × \(height) × \(channels)" }
}

extension DecodedImage: CustomReflectable {
  /// The shape alone, so that a failed comparison stays readable.
  public var customMirror: Mirror { Mirror(self, children: ["shape": description]) }
}
