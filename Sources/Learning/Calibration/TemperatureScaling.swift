private import Glibc
public import Tensors

/// One number that all logits are divided by, so that stated probabilities come true as often as they say.
///
/// It never changes which class is most probable. Source: Guo et al., "On Calibration of Modern Neural Networks", 2017.
public struct TemperatureScaling: Codable, Sendable, Equatable {
  /// What logits are divided by: above 1 a model was too sure, below 1 not sure enough.
  public let temperature: Double
  /// The mean loss of the fitted labels before scaling, in nats.
  public let lossBefore: Double
  /// The same after it; never above ``lossBefore``.
  public let lossAfter: Double
  /// Number of items that the temperature was fitted on.
  public let count: Int

  /// A temperature that was chosen, not fitted; above 0.
  public init(temperature: Double) {
    self.init(temperature: temperature, lossBefore: .nan, lossAfter: .nan, count: 0)
  }

  init(temperature: Double, lossBefore: Double, lossAfter: Double, count: Int) {
    self.temperature = temperature
    self.lossBefore = lossBefore
    self.lossAfter = lossAfter
    self.count = count
  }

  /// What temperatures are kept within: where all fitted items are right no finite one is best.
  public static let bounds = 0.05...20.0

  /// Fits probabilities `(n, c)` of classes, which may be the mean of a committee, by true classes `(n)`.
  ///
  /// Convex in the inverse temperature; Newton's method within a bracket that halves, so that it cannot fail.
  /// - Throws: ``LearningError/noLabels``, ``LearningError/countMismatch(features:labels:)``,
  ///   ``LearningError/labelOutOfRange(row:label:classes:)``, ``LearningError/notFiniteInput(row:column:)``.
  /// - Complexity: O(n·c) for each of about ten steps.
  public static func fit(probabilities: MatrixView, labels: [Int]) throws(LearningError) -> TemperatureScaling {
    try checkShapes(probabilities, labels.count)
    for (row, label) in labels.enumerated() where label < 0 || label >= probabilities.columns {
      throw .labelOutOfRange(row: row, label: label, classes: probabilities.columns)
    }
    let logits = logProbabilities(probabilities)
    return fit(count: labels.count) { inverse in
      var sums = Derivatives()
      for (row, label) in labels.enumerated() { sums.add(row: logits.view[row], truth: label, inverse: inverse) }
      return sums.mean(over: labels.count)
    }
  }

  /// Fits independent probabilities `(n, L)` by labels `(n, L)` of 0 and 1; see ``fit(probabilities:labels:)``.
  public static func fit(probabilities: MatrixView, labels: MatrixView) throws(LearningError) -> TemperatureScaling {
    try checkShapes(probabilities, labels.rows)
    if labels.columns != probabilities.columns {
      throw .widthMismatch(expected: probabilities.columns, actual: labels.columns)
    }
    let decisions = probabilities.rows * probabilities.columns
    let logits = (0..<decisions).map { logOdds(probabilities.base[$0]) }
    return fit(count: labels.rows) { inverse in
      var sums = Derivatives()
      for index in 0..<decisions {
        sums.add(logOdds: logits[index], isTrue: labels.base[index] >= 0.5, inverse: inverse)
      }
      return sums.mean(over: decisions)
    }
  }

  /// Probabilities `(n, c)` of a model whose output is of this kind, with this temperature.
  ///
  /// O(n·c).
  public func apply(to probabilities: MatrixView, kind: OutputKind = .softmax, pool: ComputePool? = nil) -> Matrix {
    let inverse = 1 / temperature
    var result = kind == .softmax ? Self.logProbabilities(probabilities) : Matrix(probabilities)
    result.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        let logit = kind == .softmax ? Double(values[index]) : Self.logOdds(values[index])
        values[index] = Float(inverse * logit)
      }
    }
    switch kind {
    case .softmax: softmaxRows(&result, pool: pool)
    case .sigmoid: sigmoid(&result, pool: pool)
    }
    return result
  }

  /// Minimises a convex function of the inverse temperature.
  private static func fit(count: Int, _ derivatives: (Double) -> Derivatives) -> TemperatureScaling {
    var (low, high) = (1 / bounds.upperBound, 1 / bounds.lowerBound)
    let start = derivatives(1)
    var (inverse, at) = (1.0, start)
    for _ in 0..<60 {
      if at.first > 0 { high = inverse } else { low = inverse }
      let step = at.second > 0 ? inverse - at.first / at.second : .infinity
      let next = step > low && step < high ? step : (low + high) / 2
      let isDone = abs(next - inverse) < 1e-10 * inverse
      inverse = next
      at = derivatives(inverse)
      if isDone || at.first == 0 { break }
    }
    return TemperatureScaling(
      temperature: 1 / inverse, lossBefore: start.loss, lossAfter: min(start.loss, at.loss), count: count)
  }

  private static func checkShapes(_ probabilities: MatrixView, _ labels: Int) throws(LearningError) {
    if probabilities.rows == 0 && labels == 0 { throw .noLabels }
    if probabilities.rows != labels { throw .countMismatch(features: probabilities.rows, labels: labels) }
    let all = UnsafeBufferPointer(start: probabilities.base, count: probabilities.rows * probabilities.columns)
    if let position = all.firstIndex(where: { !($0 >= 0 && $0 <= 1.001) }) {
      throw .notFiniteInput(row: position / probabilities.columns, column: position % probabilities.columns)
    }
  }

  /// Logarithms of probabilities; those below the smallest normal float count as that.
  private static func logProbabilities(_ probabilities: MatrixView) -> Matrix {
    var result = Matrix(probabilities)
    result.withUnsafeMutableBufferPointer { values in
      for index in values.indices where values[index] < .leastNormalMagnitude { values[index] = .leastNormalMagnitude }
      logInPlace(values)
    }
    return result
  }

  /// The logit of a probability, kept within ±87.3 and, where float has no numbers left below 1, within 16.6 of above.
  private static func logOdds(_ probability: Float) -> Double {
    let p = min(max(Double(probability), Double(Float.leastNormalMagnitude)), 1 - 0x1p-24)
    return log(p) - log1p(-p)
  }
}

/// A loss with its derivatives by the inverse temperature.
private struct Derivatives {
  var loss = 0.0
  var first = 0.0
  var second = 0.0

  /// Adds the cross-entropy of one row of logits.
  mutating func add(row: UnsafeBufferPointer<Float>, truth: Int, inverse: Double) {
    let highest = Double(row.max() ?? 0)
    var (sum, weighted, squared) = (0.0, 0.0, 0.0)
    for logit in row {
      let offset = Double(logit) - highest
      let power = exp(inverse * offset)
      sum += power
      weighted += power * offset
      squared += power * offset * offset
    }
    let mean = weighted / sum
    let own = Double(row[truth]) - highest
    loss += log(sum) - inverse * own
    first += mean - own
    second += max(0, squared / sum - mean * mean)
  }

  /// Adds the cross-entropy of one decision.
  mutating func add(logOdds z: Double, isTrue: Bool, inverse: Double) {
    let signed = isTrue ? z : -z
    let wrong = 1 / (1 + exp(inverse * signed))
    loss += inverse * signed > -30 ? log1p(exp(-inverse * signed)) : -inverse * signed
    first -= signed * wrong
    second += signed * signed * wrong * (1 - wrong)
  }

  func mean(over count: Int) -> Derivatives {
    let n = Double(count)
    return Derivatives(loss: loss / n, first: first / n, second: second / n)
  }
}
