import Features
import Testing

@Suite struct NearDuplicateKeyTests {
  @Test func textsWithTheSameWordsShareAKey() {
    let key = RawItem.text("Free entry, call NOW!").nearDuplicateKey
    #expect(key != nil && key == RawItem.text("  free   entry call now").nearDuplicateKey)
    #expect(key != RawItem.text("free entry call later").nearDuplicateKey)
    // The order of words is part of what a text says.
    #expect(RawItem.text("dog bites man").nearDuplicateKey != RawItem.text("man bites dog").nearDuplicateKey)
    #expect(RawItem.text(" ?! ").nearDuplicateKey == nil)
  }

  @Test func picturesShareAKeyHoweverTheyAreEncoded() throws {
    let wide = SampleImages.gradient(width: 40, height: 30, channels: 3)
    let tall = SampleImages.gradient(width: 30, height: 40, channels: 3)
    let png = RawItem.image(try ImageCodec.encodePNG(wide))
    #expect(png.nearDuplicateKey != nil && png.nearDuplicateKey == png.nearDuplicateKey)
    #expect(png.nearDuplicateKey != RawItem.image(try ImageCodec.encodePNG(tall)).nearDuplicateKey)
    #expect(RawItem.image([1, 2, 3]).nearDuplicateKey == nil)
  }

  @Test func vectorsShareAKeyWhereTheirNumbersAreTheSame() {
    #expect(RawItem.vector([1, 2]).nearDuplicateKey == RawItem.vector([1, 2]).nearDuplicateKey)
    #expect(RawItem.vector([1, 2]).nearDuplicateKey != RawItem.vector([2, 1]).nearDuplicateKey)
    let keys = Set((0..<5_000).map { RawItem.vector([Float($0), 1]).nearDuplicateKey })
    #expect(keys.count == 5_000)
  }
}
