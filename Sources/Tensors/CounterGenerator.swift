/// A counter-based generator: every block of random bits is a function of a seed and of an address.
///
/// Where a number belongs to an item and a pass, it is drawn by that address, and whoever computes it in whatever order
/// gets the same. Not for secrets.
///
/// Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011 (Philox4x32-10).
public struct CounterGenerator: Sendable, Equatable {
  private let key: SIMD2<UInt32>

  /// Creates the generator of a seed.
  public init(seed: UInt64) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
  }

  /// The 128 random bits at an address, such as `(item, pass, position)`.
  public func block(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> SIMD4<UInt32> {
    Self.block(counter: SIMD4(a, b, c, 0), key: key)
  }

  /// Philox4x32 with ten rounds, as published.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    let words = rounds(counter[0], counter[1], counter[2], counter[3], key[0], key[1])
    return SIMD4(words.0, words.1, words.2, words.3)
  }

  /// Writes `blocks` times 16 random bytes for an item's address; the words of all blocks interleave.
  ///
  /// The loop has no dependencies between blocks, so that several are computed in the lanes of one vector.
  package func fill(_ target: UnsafeMutableRawPointer, blocks: Int, _ item: Int, _ address: UInt32) {
    let words = target.assumingMemoryBound(to: UInt32.self)
    let (low, high) = (UInt32(truncatingIfNeeded: item), UInt32(truncatingIfNeeded: item &>> 32))
    let (k0, k1) = (key[0], key[1])
    for block in 0..<blocks {
      let result = Self.rounds(UInt32(truncatingIfNeeded: block), low, high, address, k0, k1)
      words[block] = result.0
      words[blocks &+ block] = result.1
      words[2 &* blocks &+ block] = result.2
      words[3 &* blocks &+ block] = result.3
    }
  }

  @inline(__always)
  private static func rounds(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ key0: UInt32, _ key1: UInt32
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3, k0, k1) = (a, b, c, d, key0, key1)
    for _ in 0..<10 {
      let first = UInt64(c0) &* 0xD251_1F53
      let second = UInt64(c2) &* 0xCD9E_8D57
      c0 = UInt32(truncatingIfNeeded: second &>> 32) ^ c1 ^ k0
      c2 = UInt32(truncatingIfNeeded: first &>> 32) ^ c3 ^ k1
      c1 = UInt32(truncatingIfNeeded: second)
      c3 = UInt32(truncatingIfNeeded: first)
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}
