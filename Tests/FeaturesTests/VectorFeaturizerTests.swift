import Features
import Tensors
import Testing

struct VectorFeaturizerTests {
  @Test func standardisesColumns() throws {
    let items: [RawItem] = [[1, 5, 1e6], [2, 5, 1e6 + 1], [3, 5, 1e6 + 2], [6, 5, 1e6 + 1]].map { .vector($0) }
    let featurizer = try VectorFeaturizer.fit(items)
    let features = try featurizer.features(of: items)
    #expect(featurizer.dimension == 3 && features.rows == 4)
    // Column 0: mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5.
    let expected: [Float] = [-2, -1, 0, 3].map { $0 / Float(3.5).squareRoot() }
    for row in 0..<4 {
      #expect(abs(features[row, 0] - expected[row]) < 1e-5)
      #expect(features[row, 1] == 0)
    }
    // A spread of a millionth of the size is rounding, not data.
    #expect((0..<4).allSatisfy { features[$0, 2] == 0 })
    let other = try featurizer.features(of: [.vector([3, 1_000, -7])])
    #expect(other.values == [0, 0, 0])
  }

  @Test func namesTheRowThatIsBad() throws {
    let featurizer = try VectorFeaturizer.fit([.vector([1, 2]), .vector([3, 5])])
    let good = RawItem.vector([1, 1])
    let cases: [(RawItem, FeatureError.Reason)] = [
      (.vector([1]), .wrongLength(expected: 2, found: 1)), (.vector([]), .wrongLength(expected: 2, found: 0)),
      (.vector([1, 2, 3]), .wrongLength(expected: 2, found: 3)), (.vector([1, .nan]), .notFinite(position: 1)),
      (.vector([-.infinity, 0]), .notFinite(position: 0)), (.text("x"), .wrongKind(expected: .vector, found: .text)),
    ]
    let pool = ComputePool(threads: 2)
    for (bad, reason) in cases {
      let items = [RawItem](repeating: good, count: 700) + [bad] + [RawItem](repeating: bad, count: 700)
      #expect(throws: FeatureError.row(index: 700, reason: reason)) { try featurizer.features(of: items, pool: pool) }
    }
    #expect(
      FeatureError.row(index: 7, reason: .wrongLength(expected: 2, found: 3)).description
        == "item 7: the vector has 3 numbers where the others have 2")
  }

  @Test func fitsOnTheVectorsThatCanBeUsed() throws {
    let items: [RawItem] = [.vector([9]), .vector([1, 2]), .vector([3, 2]), .vector([.nan, 2])]
    let featurizer = try VectorFeaturizer.fit(items)
    #expect(try featurizer.features(of: [.vector([1, 2]), .vector([3, 2])]).values == [-1, 0, 1, 0])
    #expect(throws: FeatureError.emptySample) { try VectorFeaturizer.fit([]) }
    #expect(throws: FeatureError.row(index: 0, reason: .notFinite(position: 0))) {
      try VectorFeaturizer.fit([.vector([.nan])])
    }
    #expect(throws: FeatureError.cancelled) { try VectorFeaturizer.fit(items, isCancelled: { true }) }
  }

  @Test func isTheSameOnAnyNumberOfThreadsAndAfterStoring() throws {
    var generator = SeededGenerator(seed: 5)
    let items = (0..<1_000).map { _ in RawItem.vector((0..<17).map { _ in generator.normal() * 3 + 1 }) }
    let featurizer = try AnyFeaturizer.fit(items, seed: 1)
    let features = try featurizer.features(of: items)
    #expect(try featurizer.features(of: items, pool: ComputePool(threads: 3)).values == features.values)
    let restored = try AnyFeaturizer.decode(featurizer.encoded())
    #expect(restored.kind == .vector && restored.dimension == 17)
    #expect(try restored.features(of: items).values == features.values)
  }
}

struct FeaturizerCodingTests {
  @Test func refusesBytesThatHoldNoFeaturizer() throws {
    let items: [RawItem] = [.vector([1, 2]), .vector([2, 1])]
    let bytes = try AnyFeaturizer.fit(items, seed: 0).encoded()
    for length in 0..<bytes.count {
      #expect(throws: FeatureError.self) { try AnyFeaturizer.decode(Array(bytes[..<length])) }
    }
    #expect(throws: FeatureError.notAFeaturizer("1 bytes follow it")) { try AnyFeaturizer.decode(bytes + [0]) }
    var newer = bytes
    newer[6] = 2
    #expect(throws: FeatureError.notAFeaturizer("it has version 2, not 1")) { try AnyFeaturizer.decode(newer) }
    var unknown = bytes
    unknown[7] = 9
    #expect(throws: FeatureError.self) { try AnyFeaturizer.decode(unknown) }
    var huge = bytes
    huge.replaceSubrange(8..<16, with: [UInt8](repeating: 0xFF, count: 8))
    #expect(throws: FeatureError.self) { try AnyFeaturizer.decode(huge) }
  }
}
