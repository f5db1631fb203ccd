import Sampling

extension SimulationParameters {
  /// Checks ranges and names.
  ///
  /// - Throws: ``SimulationError/parameter(name:reason:)``.
  public func validate() throws(SimulationError) {
    func check(_ holds: Bool, _ name: String, _ reason: String) throws(SimulationError) {
      if !holds { throw .parameter(name: name, reason: reason) }
    }
    try check(!strategies.isEmpty, "strategies", "name at least one.")
    try check(Set(strategies).count == strategies.count, "strategies", "one is named twice.")
    for name in strategies {
      do { _ = try StrategyRegistry.make(name: name) } catch {
        throw .parameter(name: "strategies", reason: "\(error)")
      }
    }
    try check(batch >= 1, "batch", "\(batch) is too few; ask for 1 or more labels a round.")
    try check(start >= 1, "start", "\(start) is too few; a first model needs 1 or more labels.")
    try check(labels >= start, "labels", "\(labels) labels end before the start of \(start).")
    try check(seeds >= 1, "seeds", "\(seeds) is too few; 1 or more are needed.")
    try check(
      holdout > 0 && holdout.isFinite, "holdout", "\(holdout) is neither a share above 0 nor a number of items.")
    try check(limit ?? 2 >= 2, "limit", "2 or more items are needed.")
    try check((0...1).contains(annotatorNoise), "annotator-noise", "\(annotatorNoise) is not in 0...1.")
    try check(
      plantedOutliers >= 0 && plantedOutliers < 1, "plant-outliers",
      "\(plantedOutliers) is no share of the pool; give 0 or more, below 1.")
    try check(
      removedShare >= 0 && removedShare < 1, "remove-outliers",
      "\(removedShare) is no share of the pool; give 0 or more, below 1.")
    if outlierFilter != "none" {
      do { _ = try OutlierFilterRegistry.make(name: outlierFilter) } catch {
        throw .parameter(name: "outlier-filter", reason: "\(error)")
      }
    }
    try check(members >= 2 || uncertainty == .dropout, "members", "\(members) is too few; a committee has 2 or more.")
    try check(epochs >= 1, "epochs", "\(epochs) is too few; 1 or more are needed.")
    try check(minimumSteps >= 0, "minimum-steps", "\(minimumSteps) is negative.")
    try check(!filters.isEmpty && filters.allSatisfy { $0 > 0 }, "filters", "every convolution needs a filter.")
    try check(passes >= 1, "passes", "\(passes) is too few; 1 or more are needed.")
  }
}
