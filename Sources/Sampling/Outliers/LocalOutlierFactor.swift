public import Tensors

/// Excludes single stray points: items that lie much more sparsely than their neighbours.
///
/// The factor is the mean local reachability density of an item's `k` nearest items over its own (Breunig, Kriegel, Ng and
/// Sander, 2000): about 1 within a group, whatever its density, above where an item lies apart. It knows no labels, and a
/// **group** of outliers is as dense as any other group, so it does not see collective outliers: among 31 % of planted
/// ones it ranks them below the good items, and what it does find is often the edge of a rare class. Pools beyond 5,000
/// items are compared with a sample of that many.
public struct LocalOutlierFactor: OutlierFilter {
  private static let referenceLimit = 5000

  /// What `lof` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "lof",
    summary:
      "Excludes single stray points, not groups of outliers: much sparser than their neighbours. Knows no labels.",
    parameters: [
      StrategyParameter(
        name: "neighbours", kind: .integer, defaultValue: 20, minimum: 1, maximum: 200,
        summary: "How many nearest items an item is compared with."),
      StrategyParameter(
        name: "threshold", kind: .number, defaultValue: 1.5, minimum: 1, maximum: 100,
        summary: "The factor above which an item is excluded."),
    ],
    needs: [.features],
    reference: StrategyReference(
      paper: "Breunig, Kriegel, Ng and Sander, LOF: Identifying Density-Based Local Outliers", year: 2000,
      url: "https://doi.org/10.1145/342009.335388"),
    cost: "O(n·min(n, 5000)·d) by blocks of matrix products")

  private let neighbours: Int
  private let threshold: Double

  /// Makes the filter.
  ///
  /// - Parameters:
  ///   - neighbours: items that an item is compared with.
  ///   - threshold: the factor above which an item is excluded, 1 or more.
  public init(neighbours: Int = 20, threshold: Double = 1.5) {
    self.neighbours = neighbours
    self.threshold = threshold
  }

  /// Finds what to exclude; see ``OutlierFilter/report(on:using:pool:)``.
  ///
  /// - Complexity: O(n·min(n, 5000)·d) time by matrix products, O(n·k) space.
  public func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport {
    try evidence.validate()
    if let early = tooEarly(evidence, minimum: 0) { return early }
    let (factors, nearest) = localOutlierFactors(
      of: evidence.candidates, in: evidence.features, using: &generator, pool: pool)
    let found = factors.indices.filter { Double(factors[$0]) > threshold }.map { position in
      ExcludedItem(
        row: evidence.candidates[position], probability: 1 - 1 / Double(factors[position]),
        reason:
          "It lies \(rounded(factors[position])) times as sparsely as its \(nearest[position].count) nearest items.",
        neighbours: Array(nearest[position].prefix(5)))
    }
    return finish(found, evidence: evidence, using: &generator, pool: pool)
  }

  /// The local outlier factor of every candidate, `(n)`, and its nearest rows.
  ///
  /// Public so that it can be looked at by itself; needs no labels. Items that coincide with all their neighbours have 1.
  /// - Complexity: see ``report(on:using:pool:)``.
  public func localOutlierFactors(
    of candidates: [Int], in features: MatrixView, using generator: inout SeededGenerator, pool: ComputePool?
  ) -> (factors: [Float], neighbours: [[Int]]) {
    var reference = candidates
    if reference.count > Self.referenceLimit {
      generator.shuffle(&reference)
      reference.removeSubrange(Self.referenceLimit...)
    }
    let k = min(neighbours, reference.count - 1)
    guard k >= 1 else {
      return (.init(repeating: 1, count: candidates.count), .init(repeating: [], count: candidates.count))
    }
    let points = features.gatherRows(reference)
    var lists = [(indices: [Int], distances: [Float])](repeating: ([], []), count: reference.count)
    func search(_ rows: [Int], _ body: (Int, [Int], [Float]) -> Void) {
      forEachNeighbourhood(of: rows, in: features, among: points.view, k: k + 1, pool: pool) {
        position, found, squared in
        // The item itself is left out where it is among the reference.
        let others = found.indices.filter { reference[found[$0]] != rows[position] }.prefix(k)
        body(position, others.map { found[$0] }, others.map { squared[$0].squareRoot() })
      }
    }
    search(reference) { lists[$0] = ($1, $2) }
    let reach = lists.map { $0.distances.last ?? 0 }
    func density(_ indices: [Int], _ distances: [Float]) -> Float {
      let sum = zip(indices, distances).reduce(Float(0)) { $0 + max(reach[$1.0], $1.1) }
      return sum > 0 ? Float(indices.count) / sum : .infinity
    }
    let densities = lists.map { density($0.indices, $0.distances) }
    var factors = [Float](repeating: 1, count: candidates.count)
    var nearest = [[Int]](repeating: [], count: candidates.count)
    search(candidates) { position, indices, distances in
      let own = density(indices, distances)
      let mean = indices.reduce(Float(0)) { $0 + densities[$1] } / Float(indices.count)
      nearest[position] = indices.map { reference[$0] }
      factors[position] = own.isInfinite ? 1 : mean / own
    }
    return (factors.map { $0.isInfinite ? .greatestFiniteMagnitude : $0 }, nearest)
  }
}
