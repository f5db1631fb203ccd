/// Cuts a text to the hashed features of a bag of words: word 1- and 2-grams, and character 3- to 5-grams of words.
///
/// Text is lower-cased. A word is a run of letters, marks and digits of any script; a symbol, such as an emoji or a currency
/// sign, is a word by itself, and so is a character of a script that is written without spaces. Character grams see a
/// space before and after their word. Only hashes leave: 64 bits, so that two features of a pool practically never meet.
struct TextScanner {
  /// Characters (Unicode scalars) of a text that are looked at; what follows is left out, so that a row's cost is bounded.
  static let maxScalars = 8_192

  private static let space: UInt32 = 0x20

  private let seed: UInt64
  private var word: [UInt32] = []
  private var previous: UInt64?

  init(seed: UInt64) {
    self.seed = seed
  }

  /// Whether a feature is a character gram; the others are words.
  static func isCharacterGram(_ feature: UInt64) -> Bool { feature & 1 == 1 }

  /// Replaces `features` by those of a text, one for each time that it occurs.
  ///
  /// - Returns: the number of scalars looked at.
  @discardableResult
  mutating func scan(_ text: String, into features: inout [UInt64]) -> Int {
    features.removeAll(keepingCapacity: true)
    word.removeAll(keepingCapacity: true)
    previous = nil
    var count = 0
    for scalar in text.unicodeScalars {
      if count == Self.maxScalars { break }
      count += 1
      if scalar.value < 0x80 {
        takeASCII(UInt8(scalar.value), into: &features)
      } else {
        take(scalar, into: &features)
      }
    }
    endWord(into: &features)
    return count
  }

  private mutating func takeASCII(_ byte: UInt8, into features: inout [UInt64]) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(UInt32(byte))
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(UInt32(byte | 0x20))
    default:
      endWord(into: &features)
      switch byte {
      case UInt8(ascii: "$"), UInt8(ascii: "+"), UInt8(ascii: "<"), UInt8(ascii: "="), UInt8(ascii: ">"):
        word.append(UInt32(byte))
        endWord(into: &features)
      default: break
      }
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar, into features: inout [UInt64]) {
    let properties = scalar.properties
    if properties.isIdeographic {
      endWord(into: &features)
      word.append(scalar.value)
      endWord(into: &features)
      return
    }
    switch properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter:
      for lower in properties.lowercaseMapping.unicodeScalars { word.append(lower.value) }
    case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber, .otherNumber:
      word.append(scalar.value)
    case .nonspacingMark, .spacingMark, .enclosingMark:
      // A mark belongs to the letter before it; behind a symbol it only chooses how that is drawn.
      if !word.isEmpty { word.append(scalar.value) }
    case .currencySymbol, .otherSymbol, .mathSymbol:
      endWord(into: &features)
      word.append(scalar.value)
      endWord(into: &features)
    default:
      endWord(into: &features)
    }
  }

  private mutating func endWord(into features: inout [UInt64]) {
    if word.isEmpty { return }
    var hash = seed ^ 0xA076_1D64_78BD_642F
    for scalar in word { hash = Self.step(hash, scalar) }
    let feature = Self.finish(hash) & ~1
    features.append(feature)
    if let previous {
      features.append(Self.finish(previous &* 0x9FB2_1C65_1E98_DF25 ^ feature &+ seed) & ~1)
    }
    previous = feature
    appendCharacterGrams(to: &features)
    word.removeAll(keepingCapacity: true)
  }

  private func appendCharacterGrams(to features: inout [UInt64]) {
    // The word with a space on either side has `count` positions.
    let count = word.count + 2
    for start in 0..<count - 2 {
      var hash = seed ^ 0xE703_7ED1_A0B4_28DB
      for offset in 0..<min(5, count - start) {
        let position = start + offset
        hash = Self.step(hash, position == 0 || position == count - 1 ? Self.space : word[position - 1])
        if offset >= 2 { features.append(Self.finish(hash) | 1) }
      }
    }
  }

  /// One step of FNV-1a (Fowler, Noll and Vo), over scalars instead of bytes.
  private static func step(_ hash: UInt64, _ scalar: UInt32) -> UInt64 {
    (hash ^ UInt64(scalar)) &* 0x0000_0100_0000_01B3
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): FNV leaves its high bits poorly mixed.
  private static func finish(_ hash: UInt64) -> UInt64 {
    var mixed = (hash ^ hash &>> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed &>> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed &>> 31
  }
}
