private import Glibc
public import Tensors

/// Excludes items that a small classifier, trained to tell learnable from unlearnable labelled items, calls unlearnable.
///
/// Logistic regression of `ℓ` on the standardised features, weighted as in ``LearnabilityPropagation``. It needs fewer
/// labels than neighbourhoods where outliers lie on one side of the feature space, and cannot find groups that lie between
/// good items.
public struct LearnabilityClassifier: OutlierFilter {
  /// What `learnability_classifier` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "learnability_classifier",
    summary: "Excludes what a logistic regression, trained on the learnability of labelled items, calls unlearnable.",
    parameters: [
      StrategyParameter(
        name: "threshold", kind: .number, defaultValue: 0.65, minimum: 0.5, maximum: 1,
        summary: "The probability of being unlearnable above which an item is excluded."),
      StrategyParameter(
        name: "l2", kind: .number, defaultValue: 0.03, minimum: 1e-6, maximum: 100,
        summary: "The factor of half the squared weights, per labelled item."),
      LearnabilityPropagation.minimumLabelsParameter,
    ],
    needs: [.features, .labelled, .learnability], reference: LearnabilityPropagation.karamcheti,
    cost: "O(n·d + 300·L·d)")

  private let threshold: Double
  private let l2: Double
  private let minimumLabels: Int

  /// Makes the filter.
  ///
  /// - Parameters:
  ///   - threshold: the probability above which an item is excluded.
  ///   - l2: the factor of half the squared weights, per labelled item; above 0.
  ///   - minimumLabels: with fewer labelled and rejected items nothing is excluded.
  public init(threshold: Double = 0.65, l2: Double = 0.03, minimumLabels: Int = 40) {
    self.threshold = threshold
    self.l2 = l2
    self.minimumLabels = minimumLabels
  }

  /// Finds what to exclude; see ``OutlierFilter/report(on:using:pool:)``.
  ///
  /// - Complexity: O(n·d + 300·L·d + L²·d) time, O(L·d) space.
  public func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport {
    try evidence.validate()
    if let early = tooEarly(evidence, minimum: minimumLabels) { return early }
    let source = EvidenceRows(evidence, agreementNeighbours: 5, classSupport: 3, pool: pool)
    let model = LogisticRegression(
      fitting: source.features.view, targets: source.learnability, weights: source.weights, prior: source.priorMean,
      l2: l2)
    var found: [(row: Int, probability: Double)] = []
    for row in evidence.candidates {
      let probability = 1 - model.probability(of: evidence.features[row])
      if probability > threshold { found.append((row, probability)) }
    }
    // Neighbours are looked up for what is excluded alone: they explain, they do not decide.
    var items: [ExcludedItem] = []
    forEachNeighbourhood(of: found.map(\.row), in: evidence.features, among: source.features.view, k: 5, pool: pool) {
      position, indices, _ in
      items.append(
        ExcludedItem(
          row: found[position].row, probability: found[position].probability,
          reason:
            "A classifier trained on which labelled items models can predict calls it unlearnable with probability"
            + " \(percent(found[position].probability)).",
          neighbours: indices.map { source.rows[$0] }))
    }
    return finish(items, evidence: evidence, using: &generator, pool: pool)
  }
}

/// Logistic regression with targets between 0 and 1.
private struct LogisticRegression {
  private let mean: [Double]
  private let scale: [Double]
  private var coefficients: [Double]
  private var bias: Double

  /// Minimises the weighted cross-entropy by 300 steps of accelerated gradient descent (Nesterov, 1983).
  ///
  /// Starts from the prior, and stays there where no row counts. Features are standardised first; a constant one gets no weight. The step is the inverse of a bound on the curvature,
  /// `(d + 1) / 4 + l2`, so that it cannot diverge.
  init(fitting rows: MatrixView, targets: [Float], weights: [Float], prior: Double, l2: Double) {
    let (n, d) = (rows.rows, rows.columns)
    let total = max(1e-12, weights.reduce(0.0) { $0 + Double($1) })
    var mean = [Double](repeating: 0, count: d)
    var squares = mean
    for row in 0..<n { for (column, value) in rows[row].enumerated() { mean[column] += Double(value) / Double(n) } }
    for row in 0..<n {
      for (column, value) in rows[row].enumerated() {
        squares[column] += (Double(value) - mean[column]) * (Double(value) - mean[column]) / Double(n)
      }
    }
    let scale = squares.map { $0 > 1e-20 ? 1 / $0.squareRoot() : 0 }
    var standardised = [Double](repeating: 0, count: n * d)
    for row in 0..<n {
      for (column, value) in rows[row].enumerated() {
        standardised[row * d + column] = (Double(value) - mean[column]) * scale[column]
      }
    }
    var (current, previous) = ([Double](repeating: 0, count: d + 1), [Double](repeating: 0, count: d + 1))
    current[d] = log(prior / (1 - prior))
    previous[d] = current[d]
    let step = 1 / (Double(d + 1) / 4 + l2)
    var look = current
    var gradient = current
    for iteration in 1...300 {
      let momentum = Double(iteration - 1) / Double(iteration + 2)
      for column in 0...d { look[column] = current[column] + momentum * (current[column] - previous[column]) }
      for column in 0..<d { gradient[column] = l2 * look[column] }
      gradient[d] = 0
      standardised.withUnsafeBufferPointer { values in
        for row in 0..<n {
          var logit = look[d]
          for column in 0..<d { logit += look[column] * values[row &* d &+ column] }
          let error = (1 / (1 + exp(-logit)) - Double(targets[row])) * Double(weights[row]) / total
          for column in 0..<d { gradient[column] += error * values[row &* d &+ column] }
          gradient[d] += error
        }
      }
      previous = current
      for column in 0...d { current[column] = look[column] - step * gradient[column] }
    }
    self.mean = mean
    self.scale = scale
    coefficients = Array(current[..<d])
    bias = current[d]
  }

  func probability(of row: UnsafeBufferPointer<Float>) -> Double {
    var logit = bias
    for (column, value) in row.enumerated() {
      logit += coefficients[column] * (Double(value) - mean[column]) * scale[column]
    }
    return 1 / (1 + exp(-logit))
  }
}
