/// The pool strategies by name.
public enum StrategyRegistry {
  /// Every strategy, the default first.
  public static let all: [StrategyDescriptor] = makers.map(\.descriptor)

  /// The strategy that is used where none is named.
  public static let defaultName = Auto.descriptor.name

  /// Makes a strategy from its name and parameters.
  ///
  /// - Parameters:
  ///   - name: the name in its descriptor.
  ///   - parameters: values by name; those left out take their defaults.
  /// - Throws: ``SamplingError/unknownStrategy(name:known:)``, ``SamplingError/unknownParameter(strategy:name:known:)`` or
  ///   ``SamplingError/parameterOutOfRange(strategy:name:value:minimum:maximum:)``.
  public static func make(name: String, parameters: [String: Double] = [:]) throws -> any QueryStrategy {
    guard let maker = makers.first(where: { $0.descriptor.name == name }) else {
      throw SamplingError.unknownStrategy(name: name, known: all.map(\.name))
    }
    let values = try maker.descriptor.resolve(parameters)
    return maker.make { values[$0] ?? 0 }
  }

  private struct Maker: Sendable {
    let descriptor: StrategyDescriptor
    let make: @Sendable ((String) -> Double) -> any QueryStrategy
  }

  private static let makers: [Maker] = [
    Maker(descriptor: Auto.descriptor) { _ in Auto() },
    Maker(descriptor: RandomSampling.descriptor) { _ in RandomSampling() },
    Maker(descriptor: LeastConfidence.descriptor) { _ in LeastConfidence() },
    Maker(descriptor: Margin.descriptor) { _ in Margin() },
    Maker(descriptor: PredictiveEntropy.descriptor) { _ in PredictiveEntropy() },
    Maker(descriptor: ConsensusEntropy.descriptor) { _ in ConsensusEntropy() },
    Maker(descriptor: BALD.descriptor) { _ in BALD() },
    Maker(descriptor: VariationRatio.descriptor) { _ in VariationRatio() },
    Maker(descriptor: VoteEntropy.descriptor) { _ in VoteEntropy() },
    Maker(descriptor: MeanStd.descriptor) { _ in MeanStd() },
    Maker(descriptor: MaxKL.descriptor) { _ in MaxKL() },
    Maker(descriptor: BatchBALD.descriptor) { value in
      BatchBALD(candidateFactor: Int(value("candidate_factor")), configurations: Int(value("configurations")))
    },
    Maker(descriptor: PowerBALD.descriptor) { value in PowerBALD(power: value("power")) },
    Maker(descriptor: AugmentationVariance.descriptor) { _ in AugmentationVariance() },
    Maker(descriptor: AugmentationKL.descriptor) { _ in AugmentationKL() },
    Maker(descriptor: AugmentationDisagreement.descriptor) { _ in AugmentationDisagreement() },
    Maker(descriptor: CoreSet.descriptor) { value in CoreSet(maxCandidates: Int(value("max_candidates"))) },
    Maker(descriptor: Badge.descriptor) { value in Badge(maxCandidates: Int(value("max_candidates"))) },
    Maker(descriptor: TypiClust.descriptor) { value in
      TypiClust(
        neighbours: Int(value("neighbours")), maxClusters: Int(value("max_clusters")), drawnShare: value("drawn_share"))
    },
    Maker(descriptor: KMeansQueries.descriptor) { value in KMeansQueries(maxCandidates: Int(value("max_candidates"))) },
    Maker(descriptor: Contrastive.descriptor) { value in
      Contrastive(neighbours: Int(value("neighbours")), maxCandidates: Int(value("max_candidates")))
    },
    Maker(descriptor: MarginDiverse.descriptor) { value in
      MarginDiverse(candidateFactor: Int(value("candidate_factor")), weightExponent: value("weight_exponent"))
    },
    Maker(descriptor: BALDDiverse.descriptor) { value in
      BALDDiverse(candidateFactor: Int(value("candidate_factor")), weightExponent: value("weight_exponent"))
    },
    Maker(descriptor: EntropyDiverse.descriptor) { value in
      EntropyDiverse(candidateFactor: Int(value("candidate_factor")), weightExponent: value("weight_exponent"))
    },
    Maker(descriptor: DensityWeighted.descriptor) { value in
      DensityWeighted(beta: value("beta"), sample: Int(value("sample")))
    },
  ]
}
