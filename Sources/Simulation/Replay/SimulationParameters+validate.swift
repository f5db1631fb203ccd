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
    try check(passes >= 1, "passes", "\(passes) is too few; 1 or more are needed.")
  }
}
