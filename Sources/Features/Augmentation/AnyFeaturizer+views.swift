public import Tensors

/// How items of each kind are changed when a model's consistency is asked for.
public struct Augmentation: Sendable, Hashable {
  /// Of texts.
  public var text = TextAugmentation()
  /// Of images.
  public var image = ImageAugmentation()
  /// Of vectors and embeddings.
  public var vector = VectorAugmentation()

  /// The defaults.
  public init() {}

  /// The generator of one view of one item: the same whatever batch the item comes in.
  static func generator(seed: UInt64, view: Int, item: Int) -> SeededGenerator {
    SeededGenerator(seed: seed &+ UInt64(view) &* 0x9E37_79B9_7F4A_7C15, stream: UInt64(bitPattern: Int64(item)))
  }
}

extension AnyFeaturizer {
  /// The features of `k` views of every item, `(k·n, d)`: first all items as they are, then all items changed once, and so on.
  ///
  /// Laid out so that predictions for the rows are a committee of `k` members, see `CommitteePredictions`.
  /// - Parameters:
  ///   - items: `n` raw items.
  ///   - ids: a number for each item, such as its row in the pool, that its changes are drawn by: `(n)`.
  ///   - count: views of each item, `k ≥ 1`, the original among them.
  ///   - seed: of all changes.
  /// - Throws: ``FeatureError/row(index:reason:)`` for the first item that can't be featurised.
  /// - Complexity: that of featurising `n` images or vectors once, or `k·n` texts; O(k·n·d) space.
  public func views(
    of items: [RawItem], ids: [Int], count: Int, seed: UInt64, augmentation: Augmentation = Augmentation(),
    pool: ComputePool? = nil
  ) throws -> Matrix {
    precondition(ids.count == items.count && count >= 1, "every item needs a number, and there is one view at least")
    let originals = try features(of: items, pool: pool)
    if case .text(let featurizer) = self {
      var all = Matrix(rows: count * items.count, columns: dimension)
      all.write(originals, at: 0)
      for view in 1..<max(1, count) {
        let changed = items.enumerated().map { index, item -> RawItem in
          guard case .text(let text) = item else { return item }
          var generator = Augmentation.generator(seed: seed, view: view, item: ids[index])
          return .text(augmentation.text.view(of: text, using: &generator))
        }
        all.write(try featurizer.features(of: changed, pool: pool), at: view * items.count)
      }
      return all
    }
    return views(ofRows: originals.view, ids: ids, count: count, seed: seed, augmentation: augmentation, pool: pool)
  }

  /// The features of `k` views of feature rows `(n, d)`, `(k·n, d)`; for texts, whose changes need the text, `k` copies.
  ///
  /// Images and vectors can be changed as features, so that a pool need not be read and decoded again.
  /// - Complexity: O(k·n·d).
  public func views(
    ofRows rows: MatrixView, ids: [Int], count: Int, seed: UInt64, augmentation: Augmentation = Augmentation(),
    pool: ComputePool? = nil
  ) -> Matrix {
    let (n, d) = (rows.rows, rows.columns)
    var all = Matrix(rows: count * n, columns: d)
    all.withUnsafeMutableBufferPointer { buffer in
      let target = SharedRows(buffer: buffer)
      forEachBlock(of: count * n, blockSize: 64, pool: pool) { range in
        guard let base = target.buffer.baseAddress else { return }
        for place in range {
          let (view, item) = (place / n, place % n)
          var generator = Augmentation.generator(seed: seed, view: view, item: ids[item])
          change(
            rows.base + item * d, count: d, isOriginal: view == 0, into: base + place * d, by: augmentation,
            using: &generator)
        }
      }
    }
    return all
  }

  private func change(
    _ row: UnsafePointer<Float>, count: Int, isOriginal: Bool, into result: UnsafeMutablePointer<Float>,
    by augmentation: Augmentation, using generator: inout SeededGenerator
  ) {
    switch (isOriginal, self) {
    case (true, _), (_, .text): result.update(from: row, count: count)
    case (_, .image(let featurizer)):
      featurizer.view(of: row, into: result, by: augmentation.image, using: &generator)
    case (_, .vector): augmentation.vector.view(of: row, count: count, into: result, using: &generator)
    }
  }
}

extension ImageFeaturizer {
  /// Changes one row of features: back to pixels, changed there, and centred again.
  func view(
    of row: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, by augmentation: ImageAugmentation,
    using generator: inout SeededGenerator
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { pixels in
      guard let base = pixels.baseAddress else { return }
      for column in 0..<dimension { base[column] = row[column] / scale + mean[column] }
      augmentation.view(of: base, height: height, width: width, channels: channels, into: result, using: &generator)
      for column in 0..<dimension { result[column] = (result[column] - mean[column]) * scale }
    }
  }
}

extension Matrix {
  /// Copies `rows` over the rows from `start` on.
  fileprivate mutating func write(_ rows: Matrix, at start: Int) {
    let columns = columns
    withUnsafeMutableBufferPointer { target in
      rows.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let base = target.baseAddress else { return }
        (base + start * columns).update(from: from, count: source.count)
      }
    }
  }
}
