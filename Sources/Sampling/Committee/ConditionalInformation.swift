import Tensors

/// What items would still tell about a committee's members once the labels of chosen ones were known: `I(y; ω | y₁ … yₙ)`.
///
/// Possible labellings of the chosen items are kept as rows of member weights: how likely each member is after such a labelling
/// (Bayes). While there are few labellings all are kept, with their probabilities; then a sample drawn from them, in which
/// each stands for itself. The sum of an item's information and that of the items chosen before it is their joint mutual
/// information, so that the greedy choice needs no joint table.
/// Source: Kirsch, van Amersfoort and Gal, "BatchBALD", 2019, sections 3 and 4; conditioned instead of joint, so that no
/// product of many probabilities is formed.
struct ConditionalInformation {
  let predictions: CommitteePredictions
  /// The mean over members of the entropy of every item, `(n)`, in nats: what no knowledge of the members could remove.
  private let expectedEntropies: [Float]
  /// Member weights after each labelling, `(k, t)`, rows sum to 1.
  private var weights: Matrix
  /// The probability of each labelling, `(k)`, in all 1.
  private var probabilities: [Float]
  private let limit: Int
  /// Whether labellings are a sample.
  private(set) var isSampled = false

  /// - Parameters:
  ///   - predictions: of the candidates, `(t, m, c)`.
  ///   - limit: labellings kept, at least 1: all of them while there are no more.
  init(predictions: CommitteePredictions, limit: Int) {
    self.predictions = predictions
    self.limit = limit
    let consensus = predictions.entropyOfMean()
    let information = predictions.mutualInformation()
    expectedEntropies = zip(consensus, information).map { $0 - $1 }
    weights = Matrix(rows: 1, columns: predictions.members, repeating: 1 / Float(predictions.members))
    probabilities = [1]
  }

  /// The information `(m)` of every candidate given the labellings of what was added, in nats, not below 0.
  ///
  /// - Complexity: O(k·m·t·c), by products of blocks; space for a block.
  func gains() -> [Float] {
    let (members, items, classes) = (predictions.members, predictions.items, predictions.classes)
    let (labellings, stride) = (weights.rows, items * classes)
    // Blocks of products of 128 labellings by about 512 probabilities stay in a core's cache.
    let blockSize = max(1, 512 / classes)
    var result = [Float](repeating: 0, count: items)
    result.withUnsafeMutableBufferPointer { result in
      predictions.values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        nonisolated(unsafe) let (result, base) = (result, start)  // Blocks write disjoint items.
        ComputePool.shared.forEachBlock(of: items, blockSize: blockSize) { range in
          let width = range.count * classes
          withUnsafeTemporaryAllocation(of: Float.self, capacity: 129 * width) { memory in
            guard let sums = memory.baseAddress else { return }
            sums.update(repeating: 0, count: width)
            for first in Swift.stride(from: 0, to: labellings, by: 128) {
              let count = min(128, labellings - first)
              gemm(
                m: count, n: width, k: members, weights.view.base + first * members, leadingA: members,
                base + range.lowerBound * classes, leadingB: stride, into: sums + width, leadingC: width)
              for labelling in 0..<count {
                addNegentropies(
                  sums + width * (1 + labelling), weight: probabilities[first + labelling], to: sums, count: width)
              }
            }
            for item in range {
              var negentropy: Float = 0
              for index in (item - range.lowerBound) * classes..<(item - range.lowerBound + 1) * classes {
                negentropy += sums[index]
              }
              result[item] = max(0, -negentropy - expectedEntropies[item])
            }
          }
        }
      }
    }
    return result
  }

  /// Adds a candidate to what is labelled: every labelling splits by its classes.
  ///
  /// - Complexity: O(k·t·c).
  mutating func add(_ item: Int, using generator: inout SeededGenerator) {
    if !isSampled, weights.rows * predictions.classes > limit { sampleLabellings(using: &generator) }
    if isSampled { extendSamples(by: item, using: &generator) } else { extendAll(by: item) }
  }

  /// The member weights after a labelling is extended by a class, not yet divided by their sum, which is that class's
  /// probability.
  private func extended(_ labelling: Int, _ item: Int, _ label: Int) -> (weights: [Float], sum: Float) {
    let (items, classes) = (predictions.items, predictions.classes)
    var row = weights.row(labelling)
    var sum: Float = 0
    for member in row.indices {
      row[member] *= predictions.values[(member * items + item) * classes + label]
      sum += row[member]
    }
    return (row, sum)
  }

  private mutating func extendAll(by item: Int) {
    var rows: [Float] = []
    var next: [Float] = []
    for labelling in probabilities.indices {
      for label in 0..<predictions.classes {
        let (row, sum) = extended(labelling, item, label)
        if sum <= 0 || probabilities[labelling] * sum <= 0 { continue }
        rows += row.map { $0 / sum }
        next.append(probabilities[labelling] * sum)
      }
    }
    weights = Matrix(rows: next.count, columns: predictions.members, values: rows)
    probabilities = next
  }

  /// Replaces the labellings by a sample, as even as can be: at equal steps through their probabilities, from a random start.
  private mutating func sampleLabellings(using generator: inout SeededGenerator) {
    let total = probabilities.reduce(0) { $0 + Double($1) }
    let step = total / Double(limit)
    var target = Double(generator.uniform()) * step
    var reached = 0.0
    var drawn: [Int] = []
    for labelling in probabilities.indices {
      reached += Double(probabilities[labelling])
      while target < reached, drawn.count < limit {
        drawn.append(labelling)
        target += step
      }
    }
    while drawn.count < limit { drawn.append(probabilities.count - 1) }
    weights = weights.gatherRows(drawn)
    probabilities = [Float](repeating: 1 / Float(limit), count: limit)
    isSampled = true
  }

  private mutating func extendSamples(by item: Int, using generator: inout SeededGenerator) {
    var rows: [Float] = []
    rows.reserveCapacity(weights.rows * weights.columns)
    for labelling in probabilities.indices {
      var rest = generator.uniform()
      var kept: (weights: [Float], sum: Float) = ([], 0)
      for label in 0..<predictions.classes {
        let next = extended(labelling, item, label)
        if next.sum <= 0 { continue }
        kept = next
        rest -= next.sum
        if rest < 0 { break }
      }
      rows += kept.sum > 0 ? kept.weights.map { $0 / kept.sum } : weights.row(labelling)
    }
    weights = Matrix(rows: weights.rows, columns: weights.columns, values: rows)
  }
}

/// Adds `weight · p ln p` of every probability to the sums.
@inline(__always)
private func addNegentropies(
  _ probabilities: UnsafePointer<Float>, weight: Float, to sums: UnsafeMutablePointer<Float>, count: Int
) {
  let factor = Lanes(repeating: weight)
  var index = 0
  while index &+ 16 <= count {
    let target = UnsafeMutableRawPointer(sums + index)
    let p = UnsafeRawPointer(probabilities + index).loadUnaligned(as: Lanes.self)
    target.storeBytes(of: target.loadUnaligned(as: Lanes.self).addingProduct(timesLog(p), factor), as: Lanes.self)
    index &+= 16
  }
  if index < count {
    var p = Lanes(repeating: 0)
    for lane in 0..<count &- index { p[lane] = probabilities[index &+ lane] }
    let terms = timesLog(p)
    for lane in 0..<count &- index { sums[index &+ lane] += weight * terms[lane] }
  }
}
