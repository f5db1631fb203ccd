internal import Tensors

extension RawItem {
  /// A number that items have in common which say the same: a person need be asked about one of them only.
  ///
  /// Texts agree where their words do, whatever the case, the punctuation and the spaces; images where their pixels do at
  /// a small size and in sixteen shades, however they were encoded; vectors where their numbers do. Unlike items have the
  /// same key with a chance of 2⁻⁶⁴. Nil for a text without words and for an image that can't be decoded.
  ///
  /// Needs no featurizer, so that duplicates are found before there is one; once there is, the cosine of features finds
  /// more of them.
  /// - Complexity: O(characters), O(pixels) or O(numbers).
  public var nearDuplicateKey: UInt64? {
    var hash = ContentHash()
    switch self {
    case .text(let text):
      var scanner = TextScanner(seed: 0)
      var features: [UInt64] = []
      scanner.scan(text, into: &features)
      if features.isEmpty { return nil }
      for feature in features { hash.add(feature) }
    case .image(let bytes):
      guard let info = try? ImageCodec.inspect(bytes), let image = try? ImageCodec.decode(bytes, atLeast: Self.side)
      else { return nil }
      // The shape counts too: a wide picture squeezed is not the narrow one.
      hash.add(UInt64(8 * info.width / info.height))
      for value in image.colour().areaAverages(width: Self.side, height: Self.side) {
        hash.add(UInt64(value / 16 + 0.5))
      }
    case .vector(let values):
      for value in values { hash.add(UInt64(value.bitPattern)) }
    }
    return hash.value
  }

  private static let side = 28
}

/// A running 64-bit hash of whole numbers: steps of FNV-1a, each mixed as SplitMix64 does.
private struct ContentHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ number: UInt64) {
    var mixed = (value ^ number) &* 0x0000_0100_0000_01B3
    mixed = (mixed ^ mixed &>> 30) &* 0xBF58_476D_1CE4_E5B9
    value = mixed ^ mixed &>> 27
  }
}
