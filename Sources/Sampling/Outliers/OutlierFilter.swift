public import Tensors

/// A rule that says which items of the pool are better not asked, because no model learns them.
///
/// A filter has no memory: each report is computed from the evidence of the day, so that an item comes back as soon as the
/// labels around it speak for it. It never deletes anything, and rows that a person restored are never excluded.
public protocol OutlierFilter: Sendable {
  /// Name, parameters, needs and paper.
  static var descriptor: StrategyDescriptor { get }

  /// Finds what to exclude.
  ///
  /// - Parameters:
  ///   - evidence: the labels, what models make of them, and the candidates.
  ///   - generator: for samples and for the start of the clustering.
  ///   - pool: threads for the neighbour search; they do not change the result.
  /// - Throws: ``SamplingError`` where the evidence does not fit together.
  func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport
}

extension OutlierFilter {
  /// The filter's name, as in its descriptor.
  public var name: String { Self.descriptor.name }

  /// The report where there is no candidate or too little evidence; nil where there is enough of both.
  func tooEarly(_ evidence: LearnabilityEvidence, minimum: Int) -> OutlierReport? {
    let known = evidence.labelledRows.count + Set(evidence.rejectedRows).subtracting(evidence.labelledRows).count
    if evidence.candidates.isEmpty { return OutlierReport(method: name, reason: "The pool is empty.") }
    if known >= minimum { return nil }
    return OutlierReport(
      method: name, reason: "\(known) of \(minimum) labelled or rejected items that the outlier filter needs.")
  }

  /// Finishes a report: leaves out what was restored, sorts by certainty and groups what remains.
  func finish(
    _ found: [ExcludedItem], evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) -> OutlierReport {
    let restored = Set(evidence.restoredRows)
    let excluded = found.filter { !restored.contains($0.row) }
      .sorted { $0.probability == $1.probability ? $0.row < $1.row : $0.probability > $1.probability }
    let back = found.count - excluded.count
    return OutlierReport(
      method: name, excluded: excluded,
      groups: outlierGroups(excluded.map(\.row), in: evidence.features, using: &generator, pool: pool),
      estimatedShare: Double(excluded.count) / Double(max(1, evidence.candidates.count)),
      reason: back == 0
        ? nil : "\(back) \(back == 1 ? "item stays" : "items stay") in the pool because a person restored them.")
  }
}
