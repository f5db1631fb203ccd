import CWinnowImages
import Features

/// Encoded images of kinds that the product reads but never writes.
enum SampleImages {
  /// A picture whose pixels all differ from their neighbours, smooth enough for JPEG.
  static func gradient(width: Int, height: Int, channels: Int) -> DecodedImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          let value =
            channel == 0 ? x * 255 / width : channel == 1 ? y * 255 / height : (x + y) * 255 / (width + height)
          pixels.append(UInt8(value))
        }
      }
    }
    return DecodedImage(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// A JPEG of pixels in a TurboJPEG format (`TJPF_…`).
  static func jpeg(_ pixels: [UInt8], width: Int, height: Int, format: TJPF, sampling: TJSAMP = TJSAMP_444) -> [UInt8] {
    let handle = tjInitCompress()
    defer { tjDestroy(handle) }
    var output: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let status = tjCompress2(
      handle, pixels, Int32(width), 0, Int32(height), format.rawValue, &output, &size, Int32(sampling.rawValue), 95, 0)
    precondition(status == 0, String(cString: tjGetErrorStr2(handle)))
    defer { tjFree(output) }
    return Array(UnsafeBufferPointer(start: output, count: Int(size)))
  }

  static func jpeg(_ image: DecodedImage) -> [UInt8] {
    jpeg(
      image.pixels, width: image.width, height: image.height, format: image.channels == 1 ? TJPF_GRAY : TJPF_RGB,
      sampling: image.channels == 1 ? TJSAMP_GRAY : TJSAMP_444)
  }

  /// The JPEG with an Exif segment that gives its orientation.
  static func oriented(_ jpeg: [UInt8], _ orientation: UInt8) -> [UInt8] {
    let tiff: [UInt8] =
      Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1] + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0] + [
        0, 0, 0, 0,
      ]
    let segment = Array("Exif\0\0".utf8) + tiff
    return Array(jpeg[..<2]) + [0xFF, 0xE1, 0, UInt8(segment.count + 2)] + segment + jpeg[2...]
  }

  /// A PNG of raw samples in any colour type and depth, with a palette and transparency where given.
  static func png(
    _ samples: [UInt8], width: Int, height: Int, colour: spng_color_type, depth: UInt8 = 8, interlaced: Bool = false,
    palette: [[UInt8]] = [], paletteAlpha: [UInt8] = []
  ) -> [UInt8] {
    let context = spng_ctx_new(Int32(bitPattern: SPNG_CTX_ENCODER.rawValue))
    defer { spng_ctx_free(context) }
    spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1)
    var header = spng_ihdr(
      width: UInt32(width), height: UInt32(height), bit_depth: depth, color_type: UInt8(colour.rawValue),
      compression_method: 0, filter_method: 0, interlace_method: interlaced ? 1 : 0)
    spng_set_ihdr(context, &header)
    if !palette.isEmpty {
      var colours = spng_plte()
      colours.n_entries = UInt32(palette.count)
      withUnsafeMutableBytes(of: &colours.entries) { entries in
        let entries = entries.bindMemory(to: spng_plte_entry.self)
        for (index, colour) in palette.enumerated() {
          entries[index] = spng_plte_entry(red: colour[0], green: colour[1], blue: colour[2], alpha: 255)
        }
      }
      spng_set_plte(context, &colours)
    }
    if !paletteAlpha.isEmpty {
      var transparency = spng_trns()
      transparency.n_type3_entries = UInt32(paletteAlpha.count)
      withUnsafeMutableBytes(of: &transparency.type3_alpha) { $0.copyBytes(from: paletteAlpha) }
      spng_set_trns(context, &transparency)
    }
    // Raw: 16-bit samples are big-endian already.
    let status = spng_encode_image(
      context, samples, samples.count, Int32(bitPattern: SPNG_FMT_RAW.rawValue),
      Int32(bitPattern: SPNG_ENCODE_FINALIZE.rawValue))
    precondition(status == 0, String(cString: spng_strerror(status)))
    var size = 0
    var error: Int32 = 0
    let buffer = spng_get_png_buffer(context, &size, &error)
    defer { winnow_image_free(buffer) }
    return Array(UnsafeRawBufferPointer(start: buffer, count: size))
  }
}
