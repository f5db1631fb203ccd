private import CWinnowLanes

/// Where the summary of a block of rows over the members of a committee is written.
package struct MemberSummary {
  /// `(rows, columns)`.
  let mean: UnsafeMutablePointer<Float>
  /// `(rows)`.
  let entropyOfMean: UnsafeMutablePointer<Float>
  /// `(rows)`.
  let meanEntropy: UnsafeMutablePointer<Float>

  package init(
    mean: UnsafeMutablePointer<Float>, entropyOfMean: UnsafeMutablePointer<Float>,
    meanEntropy: UnsafeMutablePointer<Float>
  ) {
    self.mean = mean
    self.entropyOfMean = entropyOfMean
    self.meanEntropy = meanEntropy
  }

  /// Writes up to 16 rows, one in each lane.
  @inline(__always)
  fileprivate func write(
    _ sums: UnsafeMutableBufferPointer<SIMD16<Float>>, _ ofMean: SIMD16<Float>, _ mean: SIMD16<Float>, first: Int,
    count: Int
  ) {
    let columns = sums.count
    for column in 0..<columns {
      let values = sums[column]
      for lane in 0..<count { self.mean[(first &+ lane) &* columns &+ column] = values[lane] }
    }
    for lane in 0..<count {
      entropyOfMean[first &+ lane] = ofMean[lane] > 0 ? ofMean[lane] : ofMean[lane].isNaN ? .nan : 0
      meanEntropy[first &+ lane] = mean[lane] > 0 ? mean[lane] : mean[lane].isNaN ? .nan : 0
    }
  }
}

/// Summarises members of softmax outputs, from logits that lie transposed, `(members, columns, rows)`.
///
/// The entropy of a member comes from its exponentials, without a logarithm for each class: with `v = z - max z`,
/// `H = ln Σ eᵛ - Σ eᵛ v / Σ eᵛ`. Within 3e-6 of double precision. O(members·columns·rows).
package func summarizeSoftmaxColumns(
  _ logits: UnsafePointer<Float>, members: Int, columns: Int, rows: Int, into summary: MemberSummary
) {
  withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: 2 * columns) { scratch in
    let powers = UnsafeMutableBufferPointer(rebasing: scratch[..<columns])
    let sums = UnsafeMutableBufferPointer(rebasing: scratch[columns...])
    let share = SIMD16<Float>(repeating: 1 / Float(members))
    for first in stride(from: 0, to: rows, by: 16) {
      let count = min(16, rows - first)
      sums.update(repeating: SIMD16(repeating: 0))
      var inner = SIMD16<Float>(repeating: 0)
      for member in 0..<members {
        let start = logits + (member &* columns &* rows &+ first)
        var highest = SIMD16<Float>(repeating: -.infinity)
        for column in 0..<columns {
          let z = lanes(start + column &* rows, count)
          powers[column] = z
          highest = winnow_larger(z, highest)
        }
        var (sum, weighted) = (SIMD16<Float>(repeating: 0), SIMD16<Float>(repeating: 0))
        for column in 0..<columns {
          let v = powers[column] - highest
          let power = vectorExp(v)
          powers[column] = power
          sum += power
          // Where the power is 0 the product is too, or 0 times infinity for a logit of minus infinity.
          let none = SIMD16<Float>(repeating: 0)
          weighted += winnow_if_equal(power, none, none, power * v)
        }
        let scale = SIMD16<Float>(repeating: 1) / sum
        inner += vectorLog(sum) - weighted * scale
        let part = scale * share
        for column in 0..<columns { sums[column] = sums[column].addingProduct(powers[column], part) }
      }
      var ofMean = SIMD16<Float>(repeating: 0)
      for column in 0..<columns { ofMean += vectorEntropyTerm(sums[column]) }
      summary.write(sums, ofMean, inner * share, first: first, count: count)
    }
  }
}

/// Summarises members of independent sigmoid outputs, from logits that lie transposed, `(members, columns, rows)`.
///
/// Entropies are the sums over columns of binary ones. O(members·columns·rows).
package func summarizeSigmoidColumns(
  _ logits: UnsafePointer<Float>, members: Int, columns: Int, rows: Int, into summary: MemberSummary
) {
  withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: columns) { sums in
    let share = SIMD16<Float>(repeating: 1 / Float(members))
    let one = SIMD16<Float>(repeating: 1)
    for first in stride(from: 0, to: rows, by: 16) {
      let count = min(16, rows - first)
      sums.update(repeating: SIMD16(repeating: 0))
      var inner = SIMD16<Float>(repeating: 0)
      for member in 0..<members {
        for column in 0..<columns {
          let p = vectorSigmoid(lanes(logits + ((member &* columns &+ column) &* rows &+ first), count))
          sums[column] = sums[column].addingProduct(p, share)
          inner += vectorEntropyTerm(p) + vectorEntropyTerm(one - p)
        }
      }
      var ofMean = SIMD16<Float>(repeating: 0)
      for column in 0..<columns { ofMean += vectorEntropyTerm(sums[column]) + vectorEntropyTerm(one - sums[column]) }
      summary.write(sums, ofMean, inner * share, first: first, count: count)
    }
  }
}

@inline(__always)
private func lanes(_ start: UnsafePointer<Float>, _ count: Int) -> SIMD16<Float> {
  count == 16
    ? UnsafeRawPointer(start).loadUnaligned(as: SIMD16<Float>.self) : loadLanes(start, count: count, stride: 1)
}
