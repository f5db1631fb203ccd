import Tensors

/// Draws items one after the other with probability proportional to the squared distance of their gradients to the nearest drawn
/// so far: the start of k-means++.
///
/// Exactly that law, without comparing every item with every centre as it is drawn: distances only fall, so older ones are upper
/// bounds. An item is proposed by its bound, its distance is brought up to date, and it is accepted with probability distance /
/// bound. All bounds are brought up to date together, by products, when enough centres have come together.
/// Source: Arthur and Vassilvitskii, "k-means++", 2007; rejection as in von Neumann, 1951.
struct GradientSampler {
  private let gradients: GradientEmbedding
  private let pool: ComputePool?
  /// What has been drawn, in order.
  private(set) var chosen: [Int] = []
  /// Upper bounds of squared distances to the nearest chosen item, `(n)`; 0 for the chosen.
  private var bounds: [Float]
  /// How many of `chosen` an item has been compared with, where more than all have.
  private var compared: [Int]
  /// How many of `chosen` all items have been compared with.
  private var comparedByAll = 0
  /// Bounds summed over each block of items.
  private var masses: [Double]

  /// Centres after which all bounds are brought up to date.
  private static let refreshInterval = 16
  private static let blockSize = 512

  /// Starts from an item, as a rule the one with the longest gradient.
  init(gradients: GradientEmbedding, first: Int, pool: ComputePool?) {
    self.gradients = gradients
    self.pool = pool
    bounds = [Float](repeating: .infinity, count: gradients.count)
    compared = [Int](repeating: 0, count: gradients.count)
    masses = [Double](repeating: 0, count: (gradients.count + Self.blockSize - 1) / Self.blockSize)
    choose(first)
    refresh()
  }

  /// Draws the next item; nil where all others coincide with drawn ones.
  ///
  /// - Complexity: O(√n + p·(c + h)) expected for `p` centres since the last refresh, and a share of that refresh.
  mutating func draw(using generator: inout SeededGenerator) -> Int? {
    if chosen.count - comparedByAll >= Self.refreshInterval { refresh() }
    var rejections = 0
    while let proposed = propose(using: &generator) {
      let bound = bounds[proposed]
      bringUpToDate(proposed)
      if bounds[proposed] == bound || generator.uniform() * bound < bounds[proposed] {
        choose(proposed)
        return proposed
      }
      rejections += 1
      if rejections % 64 == 0 { refresh() }
    }
    return nil
  }

  /// Draws by the bounds: a block by its mass, then an item in it.
  private func propose(using generator: inout SeededGenerator) -> Int? {
    let total = masses.reduce(0, +)
    guard total > 0, total.isFinite else { return nil }
    var rest = Double(generator.next() &>> 11) * 0x1p-53 * total
    var block = masses.lastIndex { $0 > 0 } ?? 0
    for candidate in masses.indices where masses[candidate] > 0 {
      if rest < masses[candidate] {
        block = candidate
        break
      }
      rest -= masses[candidate]
    }
    let items = range(of: block)
    for item in items where bounds[item] > 0 {
      rest -= Double(bounds[item])
      if rest < 0 { return item }
    }
    return items.last { bounds[$0] > 0 }
  }

  private mutating func bringUpToDate(_ item: Int) {
    var least = bounds[item]
    for centre in chosen[max(compared[item], comparedByAll)...] {
      least = min(least, gradients.squaredDistance(item, centre))
    }
    compared[item] = chosen.count
    set(item, to: least)
  }

  private mutating func choose(_ item: Int) {
    chosen.append(item)
    set(item, to: 0)
  }

  private mutating func set(_ item: Int, to bound: Float) {
    bounds[item] = bound
    let block = item / Self.blockSize
    // Summed afresh: differences of sums would leave a remainder where nothing is left.
    masses[block] = sum(of: block)
  }

  private mutating func refresh() {
    gradients.lower(&bounds, toDistancesFrom: Array(chosen[comparedByAll...]), pool: pool)
    comparedByAll = chosen.count
    for item in chosen { bounds[item] = 0 }
    for block in masses.indices { masses[block] = sum(of: block) }
  }

  private func range(of block: Int) -> Range<Int> {
    block * Self.blockSize..<min(bounds.count, (block + 1) * Self.blockSize)
  }

  private func sum(of block: Int) -> Double { range(of: block).reduce(0) { $0 + Double(bounds[$1]) } }
}
