public import Tensors

/// The default filter: ``LearnabilityPropagation`` with its usual constants, and a doubt of its own.
///
/// Where most of a pool seems unlearnable it is the labels that are in doubt: somebody who answers at random makes every
/// neighbourhood one that no model learns. Then nothing is excluded, and the reason says so.
public struct AutoOutlierFilter: OutlierFilter {
  /// The largest share of the candidates that is excluded.
  public static let largestShare = 0.5

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
    let found = try LearnabilityPropagation().report(on: evidence, using: &generator, pool: pool)
    let (excluded, all) = (found.excluded.count, evidence.candidates.count)
    guard Double(excluded) > Self.largestShare * Double(all) else { return found }
    return OutlierReport(
      method: found.method,
      reason:
        "\(excluded) of \(all) items seem to be such that no model learns them. More than half of a pool is not: it is "
        + "the labels that are in doubt, and nothing is left out. Look at some of them, or at the guidelines.")
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
