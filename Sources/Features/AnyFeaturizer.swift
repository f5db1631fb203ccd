public import Tensors

/// A featurizer of whichever kind, as a project stores it.
public enum AnyFeaturizer: Featurizer {
  /// Of texts.
  case text(TextFeaturizer)
  /// Of images.
  case image(ImageFeaturizer)
  /// Of vectors and embeddings.
  case vector(VectorFeaturizer)

  /// Fits a featurizer of the kind that the first item of a sample has.
  ///
  /// - Parameters:
  ///   - sample: items of the pool, all of one kind; a uniform subsample is enough for a large pool.
  ///   - seed: of all random choices: the same sample and seed give the same featurizer.
  ///   - detail: how much of images is kept.
  ///   - progress: called now and then with the share done, in `0...1`.
  ///   - isCancelled: asked at least every few hundred milliseconds.
  /// - Throws: ``FeatureError``.
  public static func fit(
    _ sample: [RawItem], seed: UInt64, detail: ImageDetail = .vectors, pool: ComputePool? = nil,
    progress: (Double) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws(FeatureError) -> AnyFeaturizer {
    guard let kind = sample.first?.kind else { throw .emptySample }
    return switch kind {
    case .text:
      .text(
        try TextFeaturizer.fit(sample, seed: seed, pool: pool, progress: progress, isCancelled: isCancelled))
    case .image:
      .image(
        try ImageFeaturizer.fit(
          sample, seed: seed, detail: detail, pool: pool, progress: progress, isCancelled: isCancelled))
    case .vector:
      .vector(
        try VectorFeaturizer.fit(sample, seed: seed, pool: pool, progress: progress, isCancelled: isCancelled))
    }
  }

  private var featurizer: any Featurizer {
    switch self {
    case .text(let featurizer): featurizer
    case .image(let featurizer): featurizer
    case .vector(let featurizer): featurizer
    }
  }

  /// What the featurizer takes.
  public var kind: FeaturizerKind {
    switch self {
    case .text: .text
    case .image: .image
    case .vector: .vector
    }
  }

  /// Columns of the features, `d`.
  public var dimension: Int { featurizer.dimension }

  /// The features of `n` items, `(n, d)`.
  ///
  /// - Throws: ``FeatureError/row(index:reason:)`` for the first item that can't be featurised.
  public func features(of items: [RawItem], pool: ComputePool? = nil) throws -> Matrix {
    try featurizer.features(of: items, pool: pool)
  }

  /// The featurizer as bytes, its kind and version in front.
  public func encoded() throws -> [UInt8] { try featurizer.encoded() }

  /// Reads what ``encoded()`` of any featurizer wrote.
  ///
  /// - Throws: ``FeatureError/notAFeaturizer(_:)`` where the bytes are damaged, or written by a later version.
  public static func decode(_ bytes: [UInt8]) throws(FeatureError) -> AnyFeaturizer {
    var reader = FeaturizerReader(bytes)
    let kind = try reader.header()
    let featurizer: AnyFeaturizer =
      switch kind {
      case .text: .text(try TextFeaturizer(&reader))
      case .image: .image(try ImageFeaturizer(&reader))
      case .vector: .vector(try VectorFeaturizer(&reader))
      }
    try reader.end()
    return featurizer
  }
}
