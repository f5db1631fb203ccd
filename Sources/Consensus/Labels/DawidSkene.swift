import Foundation

/// Estimates the true labels and each annotator's confusion matrix together, by expectation maximisation.
///
/// Each annotator `j` says `l` about an item of class `k` with probability `π_j[k][l]`, independently of the others. From
/// majority votes on, the confusion matrices are estimated from the labels' posteriors (M) and the posteriors from the
/// matrices (E), in log space, until no posterior moves.
/// Source: Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", 1979.
public struct DawidSkene: Sendable {
  /// When to stop, and how strongly estimates are held back.
  public struct Options: Sendable, Equatable {
    /// Rounds of E and M at most.
    public var iterations: Int
    /// Stops once no posterior changes by more.
    public var tolerance: Double
    /// Opinions that each cell of a confusion matrix has beforehand.
    ///
    /// 0 is maximum likelihood; more keeps annotators of few opinions from looking perfect or hopeless.
    public var smoothing: Double

    /// Takes all options.
    public init(iterations: Int = 100, tolerance: Double = 1e-5, smoothing: Double = 0) {
      self.iterations = iterations
      self.tolerance = tolerance
      self.smoothing = smoothing
    }
  }

  /// The posterior of each item's class, `(n, c)`, and the most probable class; an item without opinions has the prior.
  public let consensus: LabelConsensus
  /// How frequent each class is `(c)`.
  public let prior: [Double]
  /// Rounds that were run.
  public let iterations: Int
  /// Whether the posteriors came to rest within the rounds allowed.
  public let converged: Bool
  /// The largest change of a posterior in the last round.
  public let lastChange: Double
  /// Logarithm of the likelihood of all opinions, in nats.
  public let logLikelihood: Double
  let estimate: ConfusionEstimate

  /// Fits the model.
  ///
  /// - Complexity: O(iterations · (opinions + items) · c) time. Space is O((items + u) · c) where `u ≤ opinions` counts the
  ///   pairs of an annotator and a label that they have used, so that many classes do not cost their square.
  public static func fit(_ opinions: Opinions, _ options: Options = Options()) -> DawidSkene {
    let index = OpinionIndex(opinions)
    var posterior = majority(opinions).probabilities
    var estimate = ConfusionEstimate(opinions, index: index)
    var prior = [Double](repeating: 0, count: opinions.classes)
    var step = Expectation(change: .infinity, logLikelihood: 0)
    var iterations = 0
    while iterations < options.iterations, step.change > options.tolerance {
      iterations += 1
      prior = meanOfLabelled(posterior, index)
      estimate.maximise(posterior, index: index, smoothing: options.smoothing)
      step = estimate.expect(&posterior, prior: prior, index: index)
    }
    let labels = (0..<opinions.items).map { index.count($0) > 0 ? posterior.modes(of: $0).first : nil }
    return DawidSkene(
      consensus: LabelConsensus(probabilities: posterior, labels: labels), prior: prior, iterations: iterations,
      converged: step.change <= options.tolerance, lastChange: step.change, logLikelihood: step.logLikelihood,
      estimate: estimate)
  }

  private static func meanOfLabelled(_ posterior: LabelDistributions, _ index: OpinionIndex) -> [Double] {
    var sums = [Double](repeating: 0, count: posterior.classes)
    var counted = 0.0
    for item in 0..<posterior.items where index.count(item) > 0 {
      counted += 1
      for label in 0..<posterior.classes { sums[label] += posterior[item, label] }
    }
    guard counted > 0 else {
      return [Double](repeating: 1 / Double(max(1, posterior.classes)), count: posterior.classes)
    }
    return sums.map { $0 / counted }
  }

  /// How an annotator labels items of each class: `(c, c)`, true classes down, said ones across; rows sum to 1.
  ///
  /// The row of a class that the annotator has not met is uniform over the labels that they have used.
  public func confusion(of annotator: Int) -> [[Double]] { estimate.confusion(of: annotator) }

  /// The probability that an annotator labels a random item rightly: `Σ prior_k · π[k][k]`; `nil` without opinions.
  public func reliability(of annotator: Int) -> Double? {
    guard !estimate.slots[annotator].isEmpty else { return nil }
    return estimate.slots[annotator].reduce(0) { sum, slot in
      sum + prior[slot.label] * estimate.probability(slot.row, given: slot.label)
    }
  }
}

/// What an expectation step did.
struct Expectation {
  let change: Double
  let logLikelihood: Double
}
