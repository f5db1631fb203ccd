public import Tensors

/// Small changes to standardised features: noise, and features that are left out.
///
/// Features are taken as centred with a deviation of about 1, as ``VectorFeaturizer`` makes them: noise is in those units,
/// and a feature that is left out becomes 0, its mean.
public struct VectorAugmentation: Sendable, Hashable {
  /// The standard deviation of the noise, in deviations of a feature.
  public var noise: Float
  /// The chance of each feature to be left out.
  public var dropRate: Float

  /// Creates an augmentation with a rate in `0...1`.
  public init(noise: Float = 0.1, dropRate: Float = 0.1) {
    self.noise = noise
    self.dropRate = dropRate
  }

  /// Writes one changed copy of a row of `count` features.
  public func view(
    of row: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>,
    using generator: inout SeededGenerator
  ) {
    for column in 0..<count {
      let kept = generator.uniform() >= dropRate
      let moved = row[column] + noise * generator.normal()
      // A feature that is constant in the pool says nothing, and noise would make it say something.
      result[column] = kept && row[column] != 0 ? moved : 0
    }
  }
}
