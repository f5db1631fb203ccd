internal import CWinnowImages

extension ImageCodec {
  /// Bytes that one chunk besides the pixels, and all of them together, may take: profiles and texts can be bombs too.
  private static let maxChunkBytes = 8 << 20
  private static let maxChunksBytes = 16 << 20

  static func decodePNG(_ bytes: [UInt8]) throws(ImageError) -> DecodedImage {
    guard let context = spng_ctx_new(0) else { throw .outOfMemory }
    defer { spng_ctx_free(context) }
    // libspng keeps the pointer to the bytes: all of its work happens while it is valid.
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(ImageError) in try decodePNG(buffer, context) }
    }
    return try result.get()
  }

  private static func decodePNG(
    _ bytes: UnsafeBufferPointer<UInt8>, _ context: OpaquePointer
  ) throws(ImageError) -> DecodedImage {
    try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
    try check(spng_set_chunk_limits(context, maxChunkBytes, maxChunksBytes))
    var header = spng_ihdr()
    try check(spng_get_ihdr(context, &header))
    let width = Int(header.width)
    let height = Int(header.height)
    let hasGrey =
      header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue)
      || header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue)
    var transparency = spng_trns()
    let hasAlpha = header.color_type & 4 != 0 || spng_get_trns(context, &transparency) == SPNG_OK.rawValue
    // Grey with transparency, or of 16 bits, comes out of libspng as colour only.
    let format =
      hasAlpha ? SPNG_FMT_RGBA8 : hasGrey && header.bit_depth <= 8 ? SPNG_FMT_G8 : SPNG_FMT_RGB8
    let decodedChannels = hasAlpha ? 4 : format == SPNG_FMT_G8 ? 1 : 3
    let size = width * height * decodedChannels
    var needed = 0
    try check(spng_decoded_image_size(context, Int32(bitPattern: format.rawValue), &needed))
    guard needed == size else { throw .corrupt("its size in memory is \(needed) where \(size) was expected") }

    var pixels = [UInt8](repeating: 0, count: size)
    let flags = Int32(bitPattern: SPNG_DECODE_TRNS.rawValue)
    try check(spng_decode_image(context, &pixels, size, Int32(bitPattern: format.rawValue), flags))
    let channels = hasGrey ? 1 : 3
    if channels != decodedChannels { compact(&pixels, from: decodedChannels, to: channels) }
    return DecodedImage(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// Drops channels in place, laying colours on white where the fourth is transparency.
  private static func compact(_ pixels: inout [UInt8], from old: Int, to new: Int) {
    let count = pixels.count / old
    pixels.withUnsafeMutableBufferPointer { pixels in
      for pixel in 0..<count {
        let alpha = old == 4 ? pixels[pixel * old + 3] : 255
        for channel in 0..<new {
          pixels[pixel * new + channel] = onWhite(pixels[pixel * old + channel], alpha: alpha)
        }
      }
    }
    pixels.removeLast(pixels.count - count * new)
  }

  /// The image as a PNG of 8 bits a channel.
  ///
  /// - Throws: ``ImageError`` where there is no memory.
  public static func encodePNG(_ image: DecodedImage) throws(ImageError) -> [UInt8] {
    guard let context = spng_ctx_new(Int32(bitPattern: SPNG_CTX_ENCODER.rawValue)) else { throw .outOfMemory }
    defer { spng_ctx_free(context) }
    try check(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1))
    var header = spng_ihdr()
    header.width = UInt32(image.width)
    header.height = UInt32(image.height)
    header.bit_depth = 8
    let colour = image.channels == 1 ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR
    header.color_type = UInt8(colour.rawValue)
    try check(spng_set_ihdr(context, &header))
    let format = Int32(bitPattern: SPNG_FMT_PNG.rawValue)
    let flags = Int32(bitPattern: SPNG_ENCODE_FINALIZE.rawValue)
    try check(spng_encode_image(context, image.pixels, image.pixels.count, format, flags))
    var size = 0
    var status: Int32 = 0
    guard let buffer = spng_get_png_buffer(context, &size, &status) else {
      try check(status)
      throw .outOfMemory
    }
    // The buffer is ours from here on: libspng hands it over, made by malloc.
    defer { winnow_image_free(buffer) }
    return Array(UnsafeRawBufferPointer(start: buffer, count: size))
  }

  private static func check(_ status: Int32) throws(ImageError) {
    switch status {
    case 0: return
    case SPNG_IO_EOF.rawValue, Int32(SPNG_EIDAT_TOO_SHORT.rawValue), Int32(SPNG_EOF.rawValue): throw .truncated
    case Int32(SPNG_EMEM.rawValue): throw .outOfMemory
    default: throw .corrupt(String(cString: spng_strerror(status)))
    }
  }
}
