/// A generator of numbers that the same seed makes again (SplitMix64; Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below a bound.
  mutating func below(_ bound: Int) -> Int { Int(next(upperBound: UInt64(max(1, bound)))) }
}

/// Changes good inputs into bad ones, as mutation-based fuzzers do: bits, bytes, numbers, pieces, words of the format.
struct Mutator {
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]
  private let maxBytes: Int

  /// - Parameters:
  ///   - seeds: inputs that the reader takes.
  ///   - words: what the format is made of.
  init(seeds: [[UInt8]], words: [String], maxBytes: Int = 1 << 16) {
    self.seeds = seeds
    self.words = words.map { Array($0.utf8) }
    self.maxBytes = maxBytes
  }

  /// Another input.
  func input(_ random: inout SplitMix64) -> [UInt8] {
    var bytes = seeds[random.below(seeds.count)]
    for _ in 0..<(1 << random.below(5)) - (random.below(8) == 0 ? 1 : 0) { change(&bytes, &random) }
    return bytes.count > maxBytes ? Array(bytes.prefix(maxBytes)) : bytes
  }

  private func change(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    let place = random.below(bytes.count + 1)
    switch random.below(10) {
    case 0 where !bytes.isEmpty: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    case 1 where !bytes.isEmpty: bytes[random.below(bytes.count)] = UInt8(random.below(256))
    case 2 where place < bytes.count: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(16)))
    case 3:
      bytes.insert(contentsOf: (0...random.below(16)).map { _ in UInt8.random(in: 0...255, using: &random) }, at: place)
    case 4 where !words.isEmpty: bytes.insert(contentsOf: words[random.below(words.count)], at: place)
    case 5: bytes.removeSubrange(place...)
    case 6: overwrite(&bytes, at: place, &random)
    case 7 where place < bytes.count:
      // The same again, many times.
      let piece = bytes[place..<min(bytes.count, place + 1 + random.below(32))]
      for _ in 0...random.below(20) { bytes.insert(contentsOf: piece, at: place) }
    case 8:
      let other = seeds[random.below(seeds.count)]
      bytes = Array(bytes[..<place]) + other[random.below(other.count + 1)...]
    default:
      let end = min(bytes.count, place + random.below(64))
      let moved = bytes[place..<end]
      bytes.removeSubrange(place..<end)
      bytes.insert(contentsOf: moved, at: random.below(bytes.count + 1))
    }
  }

  /// Puts a number that programs stumble over where there may be a length.
  private func overwrite(_ bytes: inout [UInt8], at place: Int, _ random: inout SplitMix64) {
    let numbers: [UInt64] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, .max, .max >> 1]
    let number = numbers[random.below(numbers.count)]
    let width = 1 << random.below(4)
    var written = (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    if random.below(2) == 0 { written.reverse() }
    bytes.replaceSubrange(place..<min(bytes.count, place + width), with: written)
  }

  /// Cuts an input into chunks, small ones and large ones.
  static func chunks(_ bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
    let largest = 1 << random.below(10)
    var chunks: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 + random.below(largest))
      chunks.append(Array(bytes[start..<end]))
      start = end
    }
    return chunks
  }
}
