import Features
import Tensors
import Testing

struct TextFeaturizerTests {
  /// Texts about three subjects, which share no word with each other.
  private func texts(_ count: Int) -> [RawItem] {
    let subjects = [
      ["river", "water", "fish", "boat", "swim"], ["planet", "star", "orbit", "moon", "rocket"],
      ["bread", "oven", "flour", "yeast", "dough"],
    ]
    var generator = SeededGenerator(seed: 11)
    return (0..<count).map { index in
      .text((0..<6).map { _ in subjects[index % 3][generator.index(below: 5)] }.joined(separator: " "))
    }
  }

  private func squaredLength(_ row: [Float]) -> Float { row.reduce(0) { $0 + $1 * $1 } }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test func textsOfOneSubjectLieTogether() throws {
    let items = texts(300)
    let featurizer = try TextFeaturizer.fit(items, seed: 1)
    let features = try featurizer.features(of: items)
    #expect(features.rows == 300 && features.columns == featurizer.dimension)
    #expect(featurizer.dimension > 2 && featurizer.dimension <= 256)
    for row in 0..<300 {
      #expect(abs(squaredLength(features.row(row)) / Float(featurizer.dimension) - 1) < 1e-3)
    }
    // Each text is nearer to the mean of its subject than to those of the others.
    let means = (0..<3).map { subject in
      (0..<featurizer.dimension).map { column in
        stride(from: subject, to: 300, by: 3).reduce(0) { $0 + features[$1, column] } / 100
      }
    }
    for row in 0..<300 {
      let nearest = (0..<3).min { distance(features.row(row), means[$0]) < distance(features.row(row), means[$1]) }
      #expect(nearest == row % 3)
    }
    // A new text of known words finds its subject too, even when its words are bent.
    let new = try featurizer.features(of: [.text("The boats were SWIMMING among fishes!")]).row(0)
    #expect((0..<3).min { distance(new, means[$0]) < distance(new, means[$1]) } == 0)
  }

  @Test func isTheSameOnAnyNumberOfThreadsInAnyBatchAndAfterStoring() throws {
    let items = texts(200) + [.text(""), .text("river 😀")]
    let featurizer = try AnyFeaturizer.fit(items, seed: 7)
    let features = try featurizer.features(of: items)
    let pool = ComputePool(threads: 3)
    #expect(try featurizer.features(of: items, pool: pool).values == features.values)
    #expect(try featurizer.features(of: [items[77]]).values == features.row(77))
    #expect(try AnyFeaturizer.fit(items, seed: 7, pool: pool).features(of: items).values == features.values)
    let restored = try AnyFeaturizer.decode(featurizer.encoded())
    #expect(restored.kind == .text && restored.dimension == featurizer.dimension)
    #expect(try restored.features(of: items).values == features.values)
    #expect(try restored.encoded() == featurizer.encoded())
  }

  @Test func textsWithoutKnownFeaturesAreZero() throws {
    let featurizer = try TextFeaturizer.fit(texts(60), seed: 1)
    let features = try featurizer.features(of: ["", " \n", "?!", "日本語", "😀"].map { .text($0) })
    #expect(features.rows == 5 && features.values.allSatisfy { $0 == 0 })
    #expect(try featurizer.features(of: []).rows == 0)
  }

  @Test(arguments: [
    [""], ["one text"], ["", "", ""], ["same text", "same text", "same text"], ["a", "b"], ["日本語 テスト", "日本 旅行"],
    ["😀 👍🏽", "😀", "👍"], ["x"],
  ])
  func smallPoolsGiveFiniteFeatures(_ texts: [String]) throws {
    let items = texts.map { RawItem.text($0) }
    let featurizer = try AnyFeaturizer.fit(items, seed: 1)
    #expect(featurizer.dimension >= 1 && featurizer.dimension <= max(1, texts.count))
    let features = try featurizer.features(of: items)
    #expect(features.values.allSatisfy { $0.isFinite })
    for (row, text) in texts.enumerated() {
      for (other, otherText) in texts.enumerated() where text == otherText {
        #expect(features.row(row) == features.row(other))
      }
    }
    let restored = try AnyFeaturizer.decode(featurizer.encoded())
    #expect(try restored.features(of: items).values == features.values)
  }

  @Test func reportsProgressAndStopsWhenCancelled() throws {
    var seen: [Double] = []
    _ = try TextFeaturizer.fit(texts(90), seed: 1, progress: { seen.append($0) })
    #expect(seen == seen.sorted() && seen.last == 1 && seen.allSatisfy { 0...1 ~= $0 })
    for allowed in 0..<6 {
      var asked = 0
      #expect(throws: FeatureError.cancelled) {
        try TextFeaturizer.fit(
          texts(90), seed: 1,
          isCancelled: {
            asked += 1
            return asked > allowed
          })
      }
    }
  }

  @Test func namesTheItemThatIsNoText() throws {
    let featurizer = try TextFeaturizer.fit(texts(30), seed: 1)
    let reason = FeatureError.Reason.wrongKind(expected: .text, found: .vector)
    #expect(throws: FeatureError.row(index: 30, reason: reason)) {
      try featurizer.features(of: texts(30) + [.vector([1])])
    }
    #expect(throws: FeatureError.row(index: 1, reason: reason)) {
      try TextFeaturizer.fit([.text("a"), .vector([1])], seed: 1)
    }
    #expect(throws: FeatureError.emptySample) { try TextFeaturizer.fit([], seed: 1) }
    #expect(throws: FeatureError.emptySample) { try AnyFeaturizer.fit([], seed: 1) }
  }
}
