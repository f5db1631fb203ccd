import Tensors

/// The gradients that items would give the last layer if their likeliest class were their label: `(p − e_ŷ) ⊗ h`, kept as their
/// two factors, so that no item needs `c·h` floats.
///
/// Source: Ash et al., "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds", 2020, section 3.
struct GradientEmbedding {
  /// `p − e_ŷ` of every item, `(n, c)`.
  let errors: Matrix
  /// Last hidden representations, `(n, h)`.
  let hidden: Matrix
  /// Squared lengths of the gradients, `(n)`: products of those of the factors.
  let squaredLengths: [Float]

  /// The number of items.
  var count: Int { errors.rows }

  /// - Parameters:
  ///   - probabilities: `(n, c)`; independent ones where `labelsAreIndependent`, and then the likeliest answer is that for
  ///     each label by itself.
  ///   - hidden: `(n, h)`.
  init(probabilities: Matrix, hidden: Matrix, labelsAreIndependent: Bool = false) {
    precondition(probabilities.rows == hidden.rows, "Gradients need a hidden representation for each item")
    var errors = probabilities
    errors.withUnsafeMutableBufferPointer { values in
      for row in 0..<probabilities.rows {
        let range = row * probabilities.columns..<(row + 1) * probabilities.columns
        if labelsAreIndependent {
          for index in range where values[index] > 0.5 { values[index] -= 1 }
        } else if let likeliest = range.max(by: { values[$0] < values[$1] }) {
          values[likeliest] -= 1
        }
      }
    }
    self.errors = errors
    self.hidden = hidden
    squaredLengths = zip(squaredNorms(errors.view), squaredNorms(hidden.view)).map { $0 * $1 }
  }

  /// Lowers each item's bound to its squared distance from some centres, where that is less.
  ///
  /// `‖g − g′‖² = ‖a‖²‖h‖² + ‖a′‖²‖h′‖² − 2(a·a′)(h·h′)`; differences within rounding of 0 are 0, so that copies of a centre are.
  /// - Parameters:
  ///   - bounds: `(n)`, changed in place.
  ///   - centres: items.
  /// - Complexity: O(n·k·(c + h)), two products a block.
  func lower(_ bounds: inout [Float], toDistancesFrom centres: [Int], pool: ComputePool?) {
    let (errors, hidden) = (errors.view, hidden.view)
    let (centreErrors, centreHidden) = (errors.gatherRows(centres), hidden.gatherRows(centres))
    let centreLengths = centres.map { squaredLengths[$0] }
    let count = count
    bounds.withUnsafeMutableBufferPointer { bounds in
      nonisolated(unsafe) let bounds = bounds  // Blocks write disjoint elements.
      let body: @Sendable (Range<Int>) -> Void = { range in
        var similarity = Matrix(rows: range.count, columns: centres.count)
        var errorSimilarity = similarity
        gemm(hidden.rowRange(range), centreHidden.view, transposeB: true, into: &similarity)
        gemm(errors.rowRange(range), centreErrors.view, transposeB: true, into: &errorSimilarity)
        similarity.withUnsafeBufferPointer { products in
          errorSimilarity.withUnsafeBufferPointer { errorProducts in
            squaredLengths.withUnsafeBufferPointer { lengths in
              centreLengths.withUnsafeBufferPointer { centreLengths in
                var index = 0
                for item in range {
                  var least = bounds[item]
                  for centre in 0..<centreLengths.count {
                    let sum = lengths[item] + centreLengths[centre]
                    let distance = sum - 2 * products[index] * errorProducts[index]
                    let settled = distance > 1e-6 * sum ? distance : 0
                    least = settled < least ? settled : least
                    index &+= 1
                  }
                  bounds[item] = least
                }
              }
            }
          }
        }
      }
      if let pool { pool.forEachBlock(of: count, blockSize: 512, body) } else { body(0..<count) }
    }
  }

  /// The squared distance of two items' gradients; within rounding of 0 it is 0.
  func squaredDistance(_ left: Int, _ right: Int) -> Float {
    let sum = squaredLengths[left] + squaredLengths[right]
    let errorProduct = dotProduct(errors.view[left], errors.view[right])
    let distance = sum - 2 * errorProduct * dotProduct(hidden.view[left], hidden.view[right])
    return distance > 1e-6 * sum ? distance : 0
  }
}
