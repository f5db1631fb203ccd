public import Tensors

/// An item of the pool as the caller gave it.
public enum RawItem: Sendable, Hashable {
  /// A text.
  case text(String)
  /// An encoded image.
  case image([UInt8])
  /// Numbers, or the caller's own embedding.
  case vector([Float])

  var kind: FeaturizerKind {
    switch self {
    case .text: .text
    case .image: .image
    case .vector: .vector
    }
  }
}

/// What a featurizer takes.
public enum FeaturizerKind: String, Sendable, Hashable, CaseIterable {
  case text, image, vector
}

/// Turns raw items to rows of numbers that a network learns from.
///
/// A featurizer is fitted once on a sample of the pool; from then on it is a fixed function: the same item gives the same
/// row in whatever batch, on any number of threads, and after ``encoded()`` and decoding.
public protocol Featurizer: Sendable {
  /// Columns of the features, `d`.
  var dimension: Int { get }

  /// The features of `n` items, `(n, d)`.
  ///
  /// - Throws: ``FeatureError/row(index:reason:)`` for the first item that can't be featurised.
  func features(of items: [RawItem], pool: ComputePool?) throws -> Matrix

  /// The featurizer as bytes, which ``AnyFeaturizer/decode(_:)`` reads.
  func encoded() throws -> [UInt8]
}

/// Why features can't be had.
public enum FeatureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Why one item can't be featurised.
  public enum Reason: Sendable, Hashable {
    /// The item is of another kind than the featurizer takes.
    case wrongKind(expected: FeaturizerKind, found: FeaturizerKind)
    /// A vector has another length than those that the featurizer was fitted on.
    case wrongLength(expected: Int, found: Int)
    /// A vector holds NaN or infinity at this position.
    case notFinite(position: Int)
    /// An image can't be decoded.
    case image(ImageError)
  }

  /// The item at `index` of the batch can't be featurised; the others may be.
  case row(index: Int, reason: Reason)
  /// There is no item to fit on.
  case emptySample
  /// The caller cancelled.
  case cancelled
  /// Bytes don't hold a featurizer that this version reads.
  case notAFeaturizer(String)

  /// What is wrong and what to do, in a sentence.
  public var description: String {
    switch self {
    case .row(let index, let reason): "item \(index): \(reason.description)"
    case .emptySample: "there is no item to fit a featurizer on; add items first"
    case .cancelled: "cancelled"
    case .notAFeaturizer(let detail): "the stored featurizer can't be read: \(detail); fit it again"
    }
  }
}

extension FeatureError.Reason: CustomStringConvertible {
  /// What is wrong with the item, without its position.
  public var description: String {
    switch self {
    case .wrongKind(let expected, let found): "it is of kind \(found.rawValue) where \(expected.rawValue) is expected"
    case .wrongLength(let expected, let found): "the vector has \(found) numbers where the others have \(expected)"
    case .notFinite(let position): "the number at position \(position) of the vector is not finite"
    case .image(let error): error.description
    }
  }
}
