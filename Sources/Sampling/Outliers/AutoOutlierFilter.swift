public import Tensors

/// The default filter: ``LearnabilityPropagation`` with its usual constants.
public struct AutoOutlierFilter: OutlierFilter {
  /// What `auto` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "auto", summary: "learnability_propagation, from 40 labels on.",
    needs: LearnabilityPropagation.descriptor.needs,
    reference: LearnabilityPropagation.karamcheti, cost: LearnabilityPropagation.descriptor.cost)

  /// Makes the filter; it has no parameters.
  public init() {}

  /// Finds what to exclude; the report's `method` names the filter that worked.
  public func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport {
    try LearnabilityPropagation().report(on: evidence, using: &generator, pool: pool)
  }
}

/// Excludes nothing, for pools that are known to be clean.
public struct NoOutlierFilter: OutlierFilter {
  /// What `none` is.
  public static let descriptor = StrategyDescriptor(
    name: "none", summary: "Excludes nothing.", needs: [], cost: "none")

  /// Makes the filter; it has no parameters.
  public init() {}

  /// An empty report.
  public func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport {
    OutlierReport(method: name, reason: "The outlier filter is off.")
  }
}
