import Learning

extension SimulationResult {
  /// The mean accuracy of each strategy by labels, with the 95 % interval over seeds, and the accuracy with all labels.
  public func chart(title: String) -> Chart {
    var names: [String] = []
    for curve in curves where !names.contains(curve.strategy) { names.append(curve.strategy) }
    var series = names.map { name in Chart.Series(name: name, points: points(of: name)) }
    let labels = series.flatMap(\.points).map(\.x)
    if !ceilings.isEmpty, let first = labels.min(), let last = labels.max() {
      series.append(
        Chart.Series(
          name: "all \(poolCount) labels",
          points: [first, last].map { Chart.Point(x: $0, y: mean(ceilings)) }, isDashed: true))
    }
    return Chart(title: title, xLabel: "labels", yLabel: "accuracy", series: series, isPercent: true)
  }

  private func points(of name: String) -> [Chart.Point] {
    var values: [Int: [Double]] = [:]
    for curve in curves where curve.strategy == name {
      for row in curve.rows { values[row.labels, default: []].append(row.accuracy) }
    }
    return values.sorted { $0.key < $1.key }.map { labels, accuracies in
      let interval = meanInterval(accuracies)
      return Chart.Point(
        x: Double(labels), y: mean(accuracies), low: interval.map { max(0, $0.lower) },
        high: interval.map { min(1, $0.upper) })
    }
  }
}
