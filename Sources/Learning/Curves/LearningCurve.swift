/// A figure of merit, such as accuracy, at growing numbers of labels.
public struct LearningCurve: Codable, Sendable, Equatable {
  /// One measurement.
  public struct Point: Codable, Sendable, Equatable {
    /// Labels that were trained on.
    public let labels: Int
    /// What was reached with them.
    public let value: Double

    /// Creates a measurement.
    public init(labels: Int, value: Double) {
      self.labels = labels
      self.value = value
    }
  }

  /// The measurements by ascending number of labels, each number once.
  public let points: [Point]

  /// Creates a curve from measurements in any order; those at equal numbers of labels are averaged.
  ///
  /// - Throws: ``CurveError/notFinite(index:)``.
  public init(_ points: [Point]) throws(CurveError) {
    if let index = points.firstIndex(where: { !$0.value.isFinite }) { throw .notFinite(index: index) }
    var merged: [Point] = []
    var start = 0
    let sorted = points.enumerated().sorted { ($0.element.labels, $0.offset) < ($1.element.labels, $1.offset) }
      .map(\.element)
    while start < sorted.count {
      let end = sorted[start...].firstIndex { $0.labels != sorted[start].labels } ?? sorted.count
      let mean = sorted[start..<end].reduce(0) { $0 + $1.value } / Double(end - start)
      merged.append(Point(labels: sorted[start].labels, value: mean))
      start = end
    }
    self.points = merged
  }

  /// The value at a number of labels, linear between measurements; nil outside of what was measured.
  public func value(at labels: Double) -> Double? {
    guard let first = points.first, let last = points.last else { return nil }
    if labels < Double(first.labels) || labels > Double(last.labels) { return nil }
    guard let upper = points.firstIndex(where: { Double($0.labels) >= labels }), upper > 0 else { return first.value }
    let (a, b) = (points[upper - 1], points[upper])
    let share = (labels - Double(a.labels)) / Double(b.labels - a.labels)
    return a.value + share * (b.value - a.value)
  }

  /// The area under the curve between two numbers of labels, divided by their distance: the mean height, in the units of
  /// the values.
  ///
  /// By trapezoids, with interpolated ends. Nil where the curve does not cover the range or the range is empty.
  /// - Parameter range: numbers of labels; nil for all that was measured.
  public func areaUnderCurve(over range: ClosedRange<Int>? = nil) -> Double? {
    guard let first = points.first, let last = points.last else { return nil }
    let range = range ?? first.labels...last.labels
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    guard low < high, let start = value(at: low), let end = value(at: high) else { return nil }
    var previous = (labels: low, value: start)
    var area = 0.0
    let inner = points.filter { $0.labels > range.lowerBound && $0.labels < range.upperBound }
    for next in inner.map({ (labels: Double($0.labels), value: $0.value) }) + [(labels: high, value: end)] {
      area += (next.labels - previous.labels) * (next.value + previous.value) / 2
      previous = next
    }
    return area / (high - low)
  }

  /// The smallest number of labels with which `target` was measured or surpassed; nil where it never was.
  public func labelsToReach(_ target: Double) -> Int? {
    points.first { $0.value >= target }?.labels
  }

  /// The number of labels at which the curve, linear between measurements, first meets `target`; nil where it never does.
  ///
  /// The first measurement counts as reached there: what lies before it is not known.
  public func interpolatedLabelsToReach(_ target: Double) -> Double? {
    guard let index = points.firstIndex(where: { $0.value >= target }) else { return nil }
    if index == 0 { return Double(points[0].labels) }
    let (a, b) = (points[index - 1], points[index])
    return Double(a.labels) + (target - a.value) / (b.value - a.value) * Double(b.labels - a.labels)
  }
}

/// The median of numbers of labels of which some were never reached (nil, which counts as more than any number).
///
/// Of an even count the mean of the middle two; nil where one of those was never reached, or where there are none.
public func medianLabels(_ counts: [Int?]) -> Double? {
  let sorted = counts.map { $0.map(Double.init) ?? .infinity }.sorted()
  if sorted.isEmpty { return nil }
  let middle = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  return middle.isFinite ? middle : nil
}
