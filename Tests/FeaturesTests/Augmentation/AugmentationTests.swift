import Features
import Tensors
import Testing

@Suite struct AugmentationTests {
  @Test func viewsOfATextKeepMostOfItsWordsAndNeverLoseAll() {
    let text = "please cancel the order that arrived broken yesterday and refund me"
    let words = Set(text.split(separator: " "))
    var changed = 0
    for seed in 0..<200 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let view = TextAugmentation().view(of: text, using: &generator)
      changed += view == text ? 0 : 1
      #expect(view.split(separator: " ").count { words.contains($0) } >= 4)
    }
    #expect(changed > 120)
    var generator = SeededGenerator(seed: 1)
    let greedy = TextAugmentation(dropRate: 1, swapRate: 0, slipRate: 0)
    #expect(words.contains(Substring(greedy.view(of: text, using: &generator))))
    #expect(TextAugmentation().view(of: "", using: &generator) == "")
    #expect(greedy.view(of: "東京都", using: &generator).count == 1)
  }

  @Test func anImageThatMayNotChangeStaysAsItIs() {
    let image = (0..<7 * 5 * 3).map { Float(($0 * 37) % 11) }
    var result = [Float](repeating: 0, count: image.count)
    var generator = SeededGenerator(seed: 3)
    let still = ImageAugmentation(shift: 0, rotation: 0, zoom: 0, contrast: 0)
    still.view(of: image, height: 7, width: 5, channels: 3, into: &result, using: &generator)
    #expect(zip(image, result).allSatisfy { abs($0 - $1) < 1e-4 })
    // A mirror is its own inverse.
    var mirror = still
    mirror.mirrors = true
    var seenMirrored = false
    for _ in 0..<20 {
      mirror.view(of: image, height: 7, width: 5, channels: 3, into: &result, using: &generator)
      let flipped = (0..<105).allSatisfy { abs(result[$0] - image[($0 / 15 * 5 + 4 - $0 / 3 % 5) * 3 + $0 % 3]) < 1e-4 }
      let same = (0..<105).allSatisfy { abs(result[$0] - image[$0]) < 1e-4 }
      #expect(flipped || same)
      seenMirrored = seenMirrored || flipped && !same
    }
    #expect(seenMirrored)
  }

  @Test func aShiftedImageMovesByWholePixels() {
    // One bright pixel in the middle: whatever the shift, the brightness around it stays the same.
    var image = [Float](repeating: 0, count: 81)
    image[40] = 1
    var result = image
    for seed in 0..<50 {
      var generator = SeededGenerator(seed: UInt64(seed))
      ImageAugmentation(shift: 0.3, rotation: 0, zoom: 0, contrast: 0)
        .view(of: image, height: 9, width: 9, channels: 1, into: &result, using: &generator)
      #expect(abs(result.reduce(0, +) - 1) < 1e-4)
    }
  }

  @Test func viewsDoNotDependOnTheBatchOrTheThreads() throws {
    let items = (0..<40).map { row in RawItem.vector((0..<12).map { Float((row * 7 + $0 * 3) % 13) }) }
    let featurizer = try AnyFeaturizer.fit(items, seed: 0)
    let all = try featurizer.views(
      of: items, ids: Array(0..<40), count: 3, seed: 5, pool: ComputePool(threads: 3))
    #expect(all.rows == 120 && all.columns == 12)
    let originals = try featurizer.features(of: items)
    #expect((0..<40).allSatisfy { all.row($0) == originals.row($0) })
    let one = try featurizer.views(of: [items[17]], ids: [17], count: 3, seed: 5)
    for view in 0..<3 { #expect(one.row(view) == all.row(view * 40 + 17)) }
    #expect(all.row(57) != all.row(17) && all.row(97) != all.row(57))
  }

  @Test func viewsOfImagesAndTextsAreFeaturesOfTheirKind() throws {
    let texts = ["red green blue grey", "one two three four", "north south east west"].map(RawItem.text)
    let textual = try AnyFeaturizer.fit(texts, seed: 0)
    let views = try textual.views(of: texts, ids: [0, 1, 2], count: 8, seed: 1)
    #expect(views.rows == 24)
    #expect((3..<24).contains { views.row($0) != views.row($0 % 3) })
    let images = try [(9, 12), (12, 9), (14, 10), (11, 11)].map {
      RawItem.image(try ImageCodec.encodePNG(SampleImages.gradient(width: $0.0, height: $0.1, channels: 3)))
    }
    let visual = try AnyFeaturizer.fit(images, seed: 0)
    let seen = try visual.views(of: images, ids: [0, 1, 2, 3], count: 4, seed: 1)
    #expect(seen.rows == 16 && seen.values.allSatisfy(\.isFinite))
    #expect((4..<16).allSatisfy { seen.row($0) != seen.row($0 % 4) })
  }
}
