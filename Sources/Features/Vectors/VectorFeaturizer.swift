public import Tensors

/// Features of vectors, such as the caller's own embeddings: every column with mean 0 and standard deviation 1.
///
/// A column that is the same in the whole sample tells nothing and becomes 0.
public struct VectorFeaturizer: Featurizer {
  /// Columns of the features, `d`: the length of the vectors.
  public let dimension: Int
  private let mean: [Float]
  private let scale: [Float]

  private init(mean: [Float], scale: [Float]) {
    self.dimension = mean.count
    self.mean = mean
    self.scale = scale
  }

  /// Fits the mean and the standard deviation of every column.
  ///
  /// The length that most vectors of the sample have is the length expected; vectors that can't be used are left out.
  ///
  /// - Throws: ``FeatureError`` for an empty sample, one without a usable vector, or where cancelled.
  /// - Complexity: O(n·d).
  public static func fit(
    _ sample: [RawItem], seed: UInt64 = 0, pool: ComputePool? = nil, progress: (Double) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws(FeatureError) -> VectorFeaturizer {
    if sample.isEmpty { throw .emptySample }
    let dimension = commonLength(sample)
    var count = 0.0
    var mean = [Double](repeating: 0, count: dimension)
    var squares = mean
    var largest = mean
    var failure: FeatureError?
    for (index, item) in sample.enumerated() {
      if index % 1_024 == 0 {
        progress(Double(index) / Double(sample.count))
        if isCancelled() { throw .cancelled }
      }
      do throws(FeatureError) {
        let vector = try checked(item, index: index, dimension: dimension)
        // Welford's update, which keeps its digits where the mean is large.
        count += 1
        for column in 0..<dimension {
          let value = Double(vector[column])
          let delta = value - mean[column]
          mean[column] += delta / count
          squares[column] += delta * (value - mean[column])
          largest[column] = max(largest[column], abs(value))
        }
      } catch {
        failure = failure ?? error
      }
    }
    if count == 0, let failure { throw failure }
    let scale = (0..<dimension).map { column -> Float in
      let deviation = (squares[column] / count).squareRoot()
      // Less than float32 can tell apart at this size is a constant with rounding on it.
      return deviation > 1e-6 * largest[column] ? Float(1 / deviation) : 0
    }
    progress(1)
    return VectorFeaturizer(mean: mean.map { Float($0) }, scale: scale.map { $0.isFinite ? $0 : 0 })
  }

  /// The features of `n` vectors, `(n, d)`.
  ///
  /// - Throws: ``FeatureError/row(index:reason:)`` for the first that has another length, or holds NaN or infinity.
  public func features(of items: [RawItem], pool: ComputePool? = nil) throws -> Matrix {
    try matrixByRowBlocks(rows: items.count, columns: dimension, pool: pool, blockSize: 256) {
      (range, output) throws(FeatureError) in
      for index in range {
        let vector = try Self.checked(items[index], index: index, dimension: dimension)
        let start = (index - range.lowerBound) * dimension
        for column in 0..<dimension {
          // A column without a scale stays 0 even where a value of it is out of all bounds.
          output[start + column] = scale[column] == 0 ? 0 : (vector[column] - mean[column]) * scale[column]
        }
      }
    }
  }

  private static func checked(_ item: RawItem, index: Int, dimension: Int) throws(FeatureError) -> [Float] {
    guard case .vector(let vector) = item else {
      throw .row(index: index, reason: .wrongKind(expected: .vector, found: item.kind))
    }
    if vector.count != dimension {
      throw .row(index: index, reason: .wrongLength(expected: dimension, found: vector.count))
    }
    if let position = vector.firstIndex(where: { !$0.isFinite }) {
      throw .row(index: index, reason: .notFinite(position: position))
    }
    return vector
  }

  /// The length that most vectors have; of several, that of the first vector that has one of them.
  private static func commonLength(_ sample: [RawItem]) -> Int {
    var counts: [Int: Int] = [:]
    let lengths = sample.compactMap { item in if case .vector(let vector) = item { vector.count } else { nil } }
    for length in lengths { counts[length, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    return lengths.first { counts[$0] == most } ?? 0
  }
}

extension VectorFeaturizer {
  /// The featurizer as bytes.
  public func encoded() throws -> [UInt8] {
    var writer = FeaturizerWriter(.vector)
    writer.write(array: mean)
    writer.write(array: scale)
    return writer.bytes
  }

  init(_ reader: inout FeaturizerReader) throws(FeatureError) {
    let mean = try reader.floats()
    self.init(mean: mean, scale: try reader.floats(count: mean.count))
  }
}
