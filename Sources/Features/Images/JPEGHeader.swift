/// What stands before the pixels of a JPEG: its size, its number of components, and how the camera was held.
///
/// Source: ITU-T T.81, annex B; Exif 2.3, tag 0x0112.
struct JPEGHeader {
  /// Pixels in a row, as stored.
  let width: Int
  /// Rows, as stored.
  let height: Int
  /// 1 for grey, 3 for colour, 4 for CMYK.
  let components: Int
  /// Exif's orientation: 1 is upright, 5 to 8 swap width and height.
  let orientation: Int

  var info: ImageInfo {
    orientation >= 5
      ? ImageInfo(format: .jpeg, width: height, height: width) : ImageInfo(format: .jpeg, width: width, height: height)
  }

  /// Reads the segments up to the frame header.
  init(_ bytes: [UInt8]) throws(ImageError) {
    var orientation = 1
    var position = 2
    func number(at index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }
    while true {
      // Segments start with 0xFF, which may be repeated, and a marker.
      guard position + 1 < bytes.count else { throw .truncated }
      guard bytes[position] == 0xFF else { throw .corrupt("there is no marker at byte \(position)") }
      let marker = bytes[position + 1]
      if marker == 0xFF {
        position += 1
        continue
      }
      position += 2
      if marker == 0x01 || 0xD0...0xD7 ~= marker { continue }
      if marker == 0xD9 || marker == 0xDA { throw .corrupt("it has no frame header") }
      guard position + 1 < bytes.count else { throw .truncated }
      let length = number(at: position)
      guard length >= 2 else { throw .corrupt("a segment has the length \(length)") }
      // Huffman tables, extensions and arithmetic conditioning sit between the markers of frames.
      if 0xC0...0xCF ~= marker && marker != 0xC4 && marker != 0xC8 && marker != 0xCC {
        guard length >= 8, position + 8 <= bytes.count else { throw .truncated }
        self.height = number(at: position + 3)
        self.width = number(at: position + 5)
        self.components = Int(bytes[position + 7])
        self.orientation = orientation
        guard width > 0, height > 0 else { throw .corrupt("its size is \(width) × \(height)") }
        return
      }
      guard position + length <= bytes.count else { throw .truncated }
      if marker == 0xE1, let turn = Self.exifOrientation(bytes[position + 2..<position + length]) {
        orientation = turn
      }
      position += length
    }
  }

  /// The orientation in an Exif segment, or nil where it has none.
  private static func exifOrientation(_ segment: ArraySlice<UInt8>) -> Int? {
    guard segment.starts(with: Array("Exif\0\0".utf8)) else { return nil }
    let tiff = Array(segment.dropFirst(6))
    let little = tiff.starts(with: Array("II".utf8))
    func number(at index: Int, bytes: Int) -> Int? {
      guard index >= 0, index + bytes <= tiff.count else { return nil }
      let digits = tiff[index..<index + bytes]
      return little ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
      let entries = number(at: directory, bytes: 2)
    else { return nil }
    for entry in 0..<entries {
      let position = directory + 2 + 12 * entry
      guard let tag = number(at: position, bytes: 2) else { return nil }
      if tag == 0x0112, let value = number(at: position + 8, bytes: 2), 1...8 ~= value { return value }
    }
    return nil
  }
}
