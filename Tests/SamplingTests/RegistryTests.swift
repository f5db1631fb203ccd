import Sampling
import Testing

/// Strategies by name, and what is said about a name or a parameter that isn't there.
@Suite struct RegistryTests {
  @Test func everyNameMakesItsStrategy() throws {
    for descriptor in StrategyRegistry.all {
      #expect(try StrategyRegistry.make(name: descriptor.name).name == descriptor.name)
      #expect(!descriptor.summary.isEmpty && !descriptor.cost.isEmpty)
    }
    #expect(StrategyRegistry.all.map(\.name).count == Set(StrategyRegistry.all.map(\.name)).count)
    #expect(
      Set(StrategyRegistry.all.map(\.name)) == [
        "auto", "random", "least_confidence", "margin", "entropy", "consensus_entropy", "bald", "variation_ratio",
        "vote_entropy", "mean_std", "max_kl", "batch_bald", "power_bald", "augmentation_variance", "augmentation_kl",
        "augmentation_disagreement", "core_set", "badge", "typiclust", "k_means", "contrastive", "margin_diverse",
        "bald_diverse", "entropy_diverse", "density_weighted",
      ])
    #expect(StrategyRegistry.defaultName == "auto")
  }

  @Test func unknownStrategyListsTheKnown() throws {
    let error = #expect(throws: SamplingError.self) { try StrategyRegistry.make(name: "entropie") }
    #expect(error == .unknownStrategy(name: "entropie", known: StrategyRegistry.all.map(\.name)))
    #expect(try #require(error).description.contains("margin_diverse"))
  }

  @Test func unknownParameterListsTheKnown() {
    #expect(
      throws: SamplingError.unknownParameter(
        strategy: "typiclust", name: "k", known: ["neighbours", "max_clusters", "drawn_share"])
    ) { try StrategyRegistry.make(name: "typiclust", parameters: ["k": 3]) }
    #expect(throws: SamplingError.unknownParameter(strategy: "margin", name: "x", known: [])) {
      try StrategyRegistry.make(name: "margin", parameters: ["x": 1])
    }
  }

  @Test(arguments: [0, 201, 2.5, Double.nan, -Double.infinity])
  func parameterOutOfRange(value: Double) {
    let error = #expect(throws: SamplingError.self) {
      try StrategyRegistry.make(name: "typiclust", parameters: ["neighbours": value])
    }
    guard case .parameterOutOfRange("typiclust", "neighbours", _, 1, 200) = error else {
      Issue.record("threw \(String(describing: error))")
      return
    }
  }

  @Test func defaultsLieInTheirRanges() throws {
    for descriptor in StrategyRegistry.all + StreamStrategyRegistry.all {
      let values = try descriptor.resolve([:])
      #expect(values.count == descriptor.parameters.count)
      #expect(try descriptor.resolve(values) == values)
    }
  }

  @Test func needsHaveNames() throws {
    #expect(TypiClust.descriptor.needs.names == ["features", "labelled"])
    #expect(MarginDiverse.descriptor.needs.names == ["probabilities", "features"])
    #expect(RandomSampling.descriptor.needs.names.isEmpty)
    #expect(AugmentationKL.descriptor.needs.names == ["views"])
    #expect(BatchBALD.descriptor.needs.names == ["committee", "model"])
  }

  @Test func everyPaperHasAYearAndAnAddress() throws {
    for descriptor in StrategyRegistry.all where descriptor.name != "random" {
      let reference = try #require(descriptor.reference)
      #expect((1948...2026).contains(reference.year) && !reference.paper.isEmpty)
      #expect(try #require(reference.url).hasPrefix("https://"))
    }
  }
}
