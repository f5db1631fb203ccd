import Tensors

/// How well each row is predicted, `(n)` in `0...1`; the mean is the figure that learning curves show.
///
/// Of one class: 1 where it is the most probable, so that the mean is accuracy. Of several labels: the ranking precision,
/// so that the mean is ``MultiLabelMetrics/labelRankingAveragePrecision``.
func itemScores(_ probabilities: MatrixView, _ targets: Targets) -> [Double] {
  switch targets {
  case .classes, .distributions:
    zip(mostProbable(probabilities), targets.labels).map { $0 == $1 ? 1 : 0 }
  case .labels(let rows):
    (0..<rows.rows).map { MultiLabelMetrics.rankingPrecision(probabilities[$0], rows.view[$0]) }
  }
}
