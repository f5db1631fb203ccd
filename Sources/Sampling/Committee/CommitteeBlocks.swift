import Tensors

/// Probabilities of one class, or one probability of a member, beside those of other items: sixteen at a time.
typealias Lanes = SIMD16<Float>

/// A block of items whose predictions are looked at together: small enough that all members' rows stay in the cache.
struct CommitteeBlock {
  /// The first item's row under the first member; rows of the block's items follow one another.
  let base: UnsafePointer<Float>
  /// From a member's rows to the next member's, in floats.
  let stride: Int
  let members: Int
  let items: Int
  let classes: Int
  /// A value for every probability of one member, `(items, classes)`.
  let scratch: UnsafeMutablePointer<Float>

  /// The rows `(items, classes)` of a member.
  func rows(of member: Int) -> UnsafePointer<Float> { base + member &* stride }

  /// Computes `term` for sixteen neighbouring probabilities at a time, from `index` on, whatever rows they belong to, and sums
  /// it over each item's classes.
  ///
  /// Neighbours in memory rather than the same class of sixteen items: no lane has to be fetched by itself, however many
  /// classes there are.
  @inline(__always)
  func sumOverClasses(into result: UnsafeMutablePointer<Float>, _ term: (_ index: Int, _ at: (Int) -> Lanes) -> Lanes) {
    let count = items &* classes
    var index = 0
    while index &+ 16 <= count {
      let lanes = term(index) { member in
        UnsafeRawPointer(base + (member &* stride &+ index)).loadUnaligned(as: Lanes.self)
      }
      UnsafeMutableRawPointer(scratch + index).storeBytes(of: lanes, as: Lanes.self)
      index &+= 16
    }
    if index < count {
      // Lanes beyond the block are 1, at which every term is finite.
      let lanes = term(index) { member in
        var lanes = Lanes(repeating: 1)
        for lane in 0..<count &- index { lanes[lane] = base[member &* stride &+ index &+ lane] }
        return lanes
      }
      for lane in 0..<count &- index { scratch[index &+ lane] = lanes[lane] }
    }
    for item in 0..<items {
      var sum: Float = 0
      for column in 0..<classes { sum += scratch[item &* classes &+ column] }
      result[item] = sum
    }
  }

  /// Counts the members' likeliest classes, the lowest where several are as likely, and reduces each item's counts `(c)`.
  @inline(__always)
  func reduceVotes(
    into result: UnsafeMutablePointer<Float>, _ reduce: (UnsafePointer<Float>) -> Float
  ) {
    scratch.update(repeating: 0, count: items &* classes)
    for member in 0..<members {
      var row = rows(of: member)
      for item in 0..<items {
        var best = 0
        var highest = row[0]
        for column in 1..<max(1, classes) {
          let higher = row[column] > highest
          best = higher ? column : best
          highest = higher ? row[column] : highest
        }
        scratch[item &* classes &+ best] += 1
        row += classes
      }
    }
    for item in 0..<items { result[item] = reduce(scratch + item &* classes) }
  }
}

extension CommitteePredictions {
  /// Computes a value for every item, block by block over the cores.
  ///
  /// - Returns: `(n)`; `body` writes the values of its block's items.
  func valuesByBlock(
    _ body: @Sendable (_ block: CommitteeBlock, _ result: UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let (members, items, classes) = (members, items, classes)
    // 2,048 floats a member: 20 members fill a sixth of a core's second-level cache.
    let blockSize = max(16, 2048 / max(1, classes))
    return [Float](unsafeUninitializedCapacity: items) { result, initialized in
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress, let first = result.baseAddress else { return }
        nonisolated(unsafe) let (base, target) = (start, first)  // Blocks write disjoint items.
        ComputePool.shared.forEachBlock(of: items, blockSize: blockSize) { range in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count * classes) { scratch in
            let block = CommitteeBlock(
              base: base + range.lowerBound * classes, stride: items * classes, members: members,
              items: range.count, classes: classes, scratch: scratch.baseAddress!)
            body(block, target + range.lowerBound)
          }
        }
      }
      initialized = items
    }
  }

  /// `H(p̄) − mean H(pₜ)` of every item, in nats, with rounding below 0 clamped: the mutual information of label and member,
  /// which is also the mean Kullback-Leibler divergence of the members from their mean.
  ///
  /// - Complexity: O(t·n·c).
  func mutualInformation() -> [Float] {
    if layout == .classes {
      let (ofMean, meanOfMembers) = entropies()
      return zip(ofMean, meanOfMembers).map { max(0, $0 - $1) }
    }
    return valuesByBlock { block, result in
      let scale = Lanes(repeating: 1 / Float(block.members))
      block.sumOverClasses(into: result) { _, at in
        var (sum, negentropies) = (Lanes(repeating: 0), Lanes(repeating: 0))
        for member in 0..<block.members {
          let p = at(member)
          sum += p
          negentropies += timesLog(p)
        }
        return negentropies * scale - timesLog(sum * scale)
      }
      for item in 0..<block.items where result[item] < 0 { result[item] = 0 }
    }
  }

  /// The entropy of the members' mean of every item, in nats.
  ///
  /// - Complexity: O(t·n·c).
  func entropyOfMean() -> [Float] {
    if layout == .classes { return entropies().ofMean }
    return valuesByBlock { block, result in
      let scale = Lanes(repeating: 1 / Float(block.members))
      block.sumOverClasses(into: result) { _, at in
        var sum = Lanes(repeating: 0)
        for member in 0..<block.members { sum += at(member) }
        return Lanes(repeating: 0) - timesLog(sum * scale)
      }
      for item in 0..<block.items where result[item] < 0 { result[item] = 0 }
    }
  }

  /// The share of members outvoted by the most frequent vote, of every item: `1 − max votes / t`.
  func shareOutvoted() -> [Float] {
    let classes = classes
    return valuesByBlock { block, result in
      let members = Float(block.members)
      block.reduceVotes(into: result) { votes in
        var most: Float = 0
        for column in 0..<classes where votes[column] > most { most = votes[column] }
        return 1 - most / members
      }
    }
  }

  /// The sum over classes of a function of the population variance over members, of every item.
  @inline(__always)
  func sumOfSpreads(_ spread: @Sendable (Lanes) -> Lanes) -> [Float] {
    valuesByBlock { block, result in
      let scale = Lanes(repeating: 1 / Float(block.members))
      block.sumOverClasses(into: result) { _, at in
        var sum = Lanes(repeating: 0)
        for member in 0..<block.members { sum += at(member) }
        let mean = sum * scale
        var squares = Lanes(repeating: 0)
        for member in 0..<block.members {
          let difference = at(member) - mean
          squares = squares.addingProduct(difference, difference)
        }
        return spread(squares * scale)
      }
    }
  }
}

/// `p ln p`, 0 at 0.
@inline(__always)
func timesLog(_ p: Lanes) -> Lanes { Lanes(repeating: 0) - vectorEntropyTerm(p) }

/// `ln p`, and where `p` is 0 some finite number.
@inline(__always)
func logOfProbability(_ p: Lanes) -> Lanes { logOfNormal(p) }
