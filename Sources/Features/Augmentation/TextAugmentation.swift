public import Tensors

/// Small changes to a text that leave its meaning be: dropped words, swapped neighbours, slips of the keyboard.
///
/// A model that changes its mind under them has not understood the text: that is what augmentation consistency asks for.
/// Texts of one word, and scripts that put no spaces between words, are changed character by character.
/// Source: the operations of Wei and Zou, "EDA: Easy Data Augmentation Techniques", 2019, that need no dictionary.
public struct TextAugmentation: Sendable, Hashable {
  /// The chance of each word to be left out; the last one left always stays.
  public var dropRate: Float
  /// The chance of each word to change places with the next.
  public var swapRate: Float
  /// The chance of each word of four or more characters to have two inner neighbours exchanged.
  public var slipRate: Float

  /// Creates an augmentation with rates in `0...1`.
  public init(dropRate: Float = 0.1, swapRate: Float = 0.05, slipRate: Float = 0.05) {
    self.dropRate = dropRate
    self.swapRate = swapRate
    self.slipRate = slipRate
  }

  /// One changed copy of a text; an empty text stays as it is.
  ///
  /// - Complexity: O(characters).
  public func view(of text: String, using generator: inout SeededGenerator) -> String {
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    var separator = " "
    if words.count == 1 {
      words = words[0].map(String.init)
      separator = ""
    }
    if words.isEmpty { return text }
    var kept = words.filter { _ in generator.uniform() >= dropRate }
    if kept.isEmpty { kept = [words[generator.index(below: words.count)]] }
    for place in kept.indices.dropLast() where generator.uniform() < swapRate { kept.swapAt(place, place + 1) }
    for place in kept.indices where generator.uniform() < slipRate {
      kept[place] = Self.slip(kept[place], using: &generator)
    }
    return kept.joined(separator: separator)
  }

  /// A word with two neighbours inside exchanged; its first and last characters, by which people read it, stay.
  private static func slip(_ word: String, using generator: inout SeededGenerator) -> String {
    var characters = Array(word)
    guard characters.count >= 4 else { return word }
    let place = 1 + generator.index(below: characters.count - 3)
    characters.swapAt(place, place + 1)
    return String(characters)
  }
}
