import Testing

@testable import Features

struct TextScannerTests {
  private func features(_ text: String, seed: UInt64 = 1) -> [UInt64] {
    var scanner = TextScanner(seed: seed)
    var features: [UInt64] = []
    scanner.scan(text, into: &features)
    return features
  }

  private func words(_ text: String) -> [UInt64] { features(text).filter { !TextScanner.isCharacterGram($0) } }

  @Test func countsWordsPairsAndCharacterGrams() {
    // " cat " has 3 + 2 + 1 grams of 3, 4 and 5 characters; " a " has 1; words: cat, a, and the pair.
    let all = features("Cat, A")
    #expect(all.filter { TextScanner.isCharacterGram($0) }.count == 7)
    #expect(words("Cat, A").count == 3)
    #expect(Set(all).count == 10)
    #expect(features("").isEmpty && features(" .,!? \n").isEmpty)
  }

  @Test(arguments: [
    ("Hello WORLD", "hello, world!"), ("ÄÖÜ Straße", "äöü straße"), ("ПРИВЕТ", "привет"), ("ΣΟΦΙΑ", "σοφια"),
    ("a  b", "a\t\nb"),
  ])
  func caseAndPunctuationDoNotMatter(_ first: String, _ second: String) {
    #expect(features(first) == features(second))
    #expect(!features(first).isEmpty)
  }

  @Test func scriptsWithoutSpacesAndEmojiGiveWords() {
    // Each ideograph is a word, with pairs between: 3 + 2.
    #expect(words("日本語").count == 5)
    #expect(Set(words("日本語")).intersection(words("日本")).count == 3)
    #expect(words("😀").count == 1 && words("😀😀").count == 3)
    #expect(words("good👍🏽").count >= 3)
    #expect(words("👍️") == words("👍"))
    #expect(words("$5").count == 3)
    // A combining mark stays in its word; Devanagari and Hangul are letters.
    #expect(words("cafe\u{301} x").count == 3)
    #expect(words("नमस्ते 안녕").count == 3)
  }

  @Test func hashesDependOnTheSeedAndOnOrder() {
    #expect(Set(features("one two three", seed: 1)).isDisjoint(with: features("one two three", seed: 2)))
    #expect(Set(words("one two")).intersection(words("two one")).count == 2)
    #expect(features("one two") == features("one two"))
  }

  @Test func looksAtABoundedPartOfALongText() {
    let start = String(repeating: "ab ", count: TextScanner.maxScalars / 3 + 1)
    #expect(features(start + String(repeating: "x", count: 1_000_000)).count < 10 * TextScanner.maxScalars)
    #expect(features(String(repeating: "y", count: 1_000_000)).count <= 3 * TextScanner.maxScalars + 6)
  }

  @Test func theTableCountsLikeADictionary() {
    var table = FeatureTable(minimumCapacity: 1)
    var expected: [UInt64: Int32] = [:]
    var state: UInt64 = 3
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let key = (state >> 33) % 3_000 &* 0x9E37_79B9_7F4A_7C15 | 1
      table.add(1, to: key)
      expected[key, default: 0] += 1
    }
    #expect(table.count == expected.count)
    #expect(expected.allSatisfy { table.value(of: $0.key) == $0.value })
    #expect(Dictionary(uniqueKeysWithValues: table.entries.map { ($0.key, $0.value) }) == expected)
    #expect(table.value(of: 2) == nil)
    table.add(1, to: 2, maxCount: table.count)
    #expect(table.value(of: 2) == nil)
  }
}
