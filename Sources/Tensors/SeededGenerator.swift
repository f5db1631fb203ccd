import Glibc

/// A small, fast, seeded generator: the same seed and stream give the same numbers on every machine.
///
/// Streams of one seed are independent for all practical purposes: work that is split gives each part its own stream,
/// so that results do not depend on who computes what. Not for secrets.
///
/// Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021 (xoshiro256++, SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  /// Creates the generator of one `stream` of `seed`.
  public init(seed: UInt64, stream: UInt64 = 0) {
    // The stream is mixed before it meets the seed: neighbouring pairs (seed, stream) must not share a state.
    var streamMixer = SplitMix64(state: stream &+ 0x5851_F42D_4C95_7F2D)
    var mixer = SplitMix64(state: seed ^ streamMixer.next())
    a = mixer.next()
    b = mixer.next()
    c = mixer.next()
    d = mixer.next()
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let sum = a &+ d
    let result = ((sum &<< 23) | (sum &>> 41)) &+ a
    let t = b &<< 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d &<< 45) | (d &>> 19)
    return result
  }

  /// A uniform float in `0..<1`, a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float { Float(next() &>> 40) * 0x1p-24 }

  /// A standard normal float (Box and Muller, 1958); consumes two draws.
  public mutating func normal() -> Float {
    let radius = (-2 * log(Double(next() &>> 11 | 1) * 0x1p-53)).squareRoot()
    let angle = 2 * Double.pi * (Double(next() &>> 11) * 0x1p-53)
    return Float(radius * cos(angle))
  }

  /// A uniform integer in `0..<bound`, without bias (Lemire, 2019).
  ///
  /// `bound` must be positive.
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "There is no integer in 0..<\(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Permutes `indices` uniformly (Fisher and Yates).
  public mutating func shuffle(_ indices: inout [Int]) {
    guard indices.count > 1 else { return }
    for last in stride(from: indices.count - 1, to: 0, by: -1) { indices.swapAt(last, index(below: last + 1)) }
  }
}

/// Expands one word to many; used for seeding only.
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}
