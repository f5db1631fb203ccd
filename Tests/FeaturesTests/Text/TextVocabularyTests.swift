import Foundation
import Testing

@testable import Features

struct TextVocabularyTests {
  private func row(_ text: String, _ vocabulary: TextVocabulary) -> [UInt64: Float] {
    var scratch = TextScratch(seed: 1)
    var positions: [Int32] = []
    var weights: [Float] = []
    vocabulary.appendRow(of: text, scratch: &scratch, positions: &positions, weights: &weights)
    #expect(positions == positions.sorted())
    return Dictionary(uniqueKeysWithValues: zip(positions.map { vocabulary.features[Int($0)] }, weights))
  }

  private func word(_ text: String) -> UInt64 {
    var scanner = TextScanner(seed: 1)
    var features: [UInt64] = []
    scanner.scan(text, into: &features)
    return features[0]
  }

  @Test func weighsAsComputedByHand() throws {
    // The pool: "a" in all three texts, "b" in two, "c" in one; the words of one letter have one gram each, " x ".
    let texts = ["a b", "a a b", "a c"]
    let vocabulary = try TextVocabulary(of: texts, seed: 1, isCancelled: { false })
    // Words a, b, the pair "a b" (in two texts), grams " a " and " b ". The rest is in one text only.
    #expect(vocabulary.features.count == 5)
    let idfA = log(4.0 / 4.0) + 1
    let idfB = log(4.0 / 3.0) + 1
    // The second text: words a twice, b once, the pair once; grams alike without a pair. Each part has length √½.
    let tf = 1 + log(2.0)
    let words = (tf * tf * idfA * idfA + 2 * idfB * idfB).squareRoot()
    let grams = (tf * tf * idfA * idfA + idfB * idfB).squareRoot()
    let weights = row("a a b", vocabulary)
    #expect(weights.count == 5)
    #expect(abs(Double(weights[word("a")]!) - tf * idfA / words / 2.0.squareRoot()) < 1e-6)
    #expect(abs(Double(weights[word("b")]!) - idfB / words / 2.0.squareRoot()) < 1e-6)
    let gramWeights = weights.filter { TextScanner.isCharacterGram($0.key) }.values.map { Double($0) }.sorted()
    #expect(abs(gramWeights[0] - idfB / grams / 2.0.squareRoot()) < 1e-6)
    #expect(abs(gramWeights[1] - tf * idfA / grams / 2.0.squareRoot()) < 1e-6)
    #expect(abs(weights.values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
    // "c" alone is unknown; next to it only "a" counts.
    #expect(row("c", vocabulary).isEmpty)
    #expect(row("a c", vocabulary).count == 2)
  }

  @Test func keepsEverythingWhereNothingIsShared() throws {
    let vocabulary = try TextVocabulary(of: ["only this"], seed: 1, isCancelled: { false })
    #expect(vocabulary.features.count > 10)
    #expect(try TextVocabulary(of: ["", "?!"], seed: 1, isCancelled: { false }).features.isEmpty)
  }

  @Test func theOrderOfTextsDoesNotMatter() throws {
    let texts = (0..<200).map { "text \($0 % 17) of \($0 % 5) words \($0)" }
    let vocabulary = try TextVocabulary(of: texts, seed: 1, isCancelled: { false })
    let reversed = try TextVocabulary(of: texts.reversed(), seed: 1, isCancelled: { false })
    #expect(vocabulary.features == reversed.features && vocabulary.idf == reversed.idf)
    #expect(throws: FeatureError.cancelled) { try TextVocabulary(of: texts, seed: 1, isCancelled: { true }) }
  }
}
