internal import CWinnowImages

extension ImageCodec {
  static func decodeJPEG(_ bytes: [UInt8], atLeast: Int?) throws(ImageError) -> DecodedImage {
    let header = try JPEGHeader(bytes)
    guard let handle = tjInitDecompress() else { throw .outOfMemory }
    defer { tjDestroy(handle) }
    let (format, stored) =
      switch header.components {
      case 1: (TJPF_GRAY, 1)
      case 3: (TJPF_RGB, 3)
      case 4: (TJPF_CMYK, 4)
      default: throw .corrupt("it has \(header.components) components")
      }
    // Twice what is enough: the decoder's means over blocks are coarse.
    let smaller = [8, 4, 2].first { divisor in
      atLeast.map { min(header.width, header.height) / divisor >= 2 * $0 } ?? false
    }
    let width = (header.width + (smaller ?? 1) - 1) / (smaller ?? 1)
    let height = (header.height + (smaller ?? 1) - 1) / (smaller ?? 1)
    var pixels = [UInt8](repeating: 0, count: width * height * stored)
    // The size is given, not 0, so that TurboJPEG can't write more than there is room for, whatever it reads.
    // A bound on scans stops files that take hours to decode.
    let status = tjDecompress2(
      handle, bytes, UInt(bytes.count), &pixels, Int32(width), Int32(width * stored), Int32(height), format.rawValue,
      TJFLAG_LIMITSCANS)
    if status != 0 {
      let message = String(cString: tjGetErrorStr2(handle))
      // What is missing is filled with grey: not the image that was sent.
      if message.contains("remature end") || message.contains("missing SOS") { throw .truncated }
      // Stray bytes between the segments are accepted, as every viewer does.
      let isStray = winnow_jpeg_is_warning(handle) != 0 && message.hasPrefix("Corrupt JPEG data")
      if !isStray { throw .corrupt(message) }
    }
    if stored == 4 { convertCMYK(&pixels) }
    return turned(
      DecodedImage(width: width, height: height, channels: stored == 1 ? 1 : 3, pixels: pixels),
      orientation: header.orientation)
  }

  /// Makes red, green and blue of the inverted CMYK that JPEG files hold by Adobe's custom, in place.
  private static func convertCMYK(_ pixels: inout [UInt8]) {
    let count = pixels.count / 4
    pixels.withUnsafeMutableBufferPointer { pixels in
      for pixel in 0..<count {
        let black = Int(pixels[4 * pixel + 3])
        for channel in 0..<3 {
          pixels[3 * pixel + channel] = UInt8((Int(pixels[4 * pixel + channel]) * black + 127) / 255)
        }
      }
    }
    pixels.removeLast(count)
  }

  /// The image turned and mirrored upright, as Exif numbers the ways that a camera can be held.
  static func turned(_ image: DecodedImage, orientation: Int) -> DecodedImage {
    if orientation == 1 { return image }
    let (width, height, channels) = (image.width, image.height, image.channels)
    let swaps = orientation >= 5
    let (newWidth, newHeight) = swaps ? (height, width) : (width, height)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(image.pixels.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (oldX, oldY) =
          switch orientation {
          case 2: (width - 1 - x, y)
          case 3: (width - 1 - x, height - 1 - y)
          case 4: (x, height - 1 - y)
          case 5: (y, x)
          case 6: (y, height - 1 - x)
          case 7: (width - 1 - y, height - 1 - x)
          default: (width - 1 - y, x)
          }
        let start = (oldY * width + oldX) * channels
        for channel in 0..<channels { pixels.append(image.pixels[start + channel]) }
      }
    }
    return DecodedImage(width: newWidth, height: newHeight, channels: channels, pixels: pixels)
  }
}
