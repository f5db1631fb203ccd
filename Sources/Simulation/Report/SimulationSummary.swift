public import Learning

/// What a simulation shows, strategy by strategy.
public struct SimulationSummary: Codable, Sendable, Equatable {
  /// A target accuracy and the labels that it took.
  public struct Reach: Codable, Sendable, Equatable {
    /// The accuracy to reach.
    public var accuracy: Double
    /// What the target is, for a person: `90 %`, or `95 % of full-data accuracy`.
    public var name: String
    /// The median over seeds of the labels at which a curve first meets the target; nil where half of them never do.
    public var medianLabels: Double?
    /// Seeds that reach it.
    public var reached: Int
    /// The labels of each seed; nil where one never meets the target.
    public var labels: [Int?]
    /// The share of random's median labels that is saved; nil where either is not known.
    public var savedAgainstRandom: Double?
  }

  /// One strategy's figures.
  public struct Strategy: Codable, Sendable, Equatable {
    /// The strategy's name.
    public var name: String
    /// The mean over seeds of the area under the accuracy curve, divided by its width: a mean accuracy.
    public var areaUnderCurve: Double
    /// The 95 % interval of that mean over seeds; nil for one seed.
    public var areaInterval: Interval?
    /// The mean accuracy after the last label.
    public var finalAccuracy: Double
    /// The mean share of planted outliers among what was asked for after the start.
    public var outlierShare: Double
    /// The mean seconds of a run.
    public var seconds: Double
    /// Labels to reach each target.
    public var targets: [Reach]
    /// The area compared with random's, seed by seed; nil for random itself, without it, or for one seed.
    public var againstRandom: PairedComparison?
  }

  /// Items of the pool.
  public var poolCount: Int
  /// The number of classes.
  public var classes: Int
  /// Seeds of each strategy.
  public var seeds: Int
  /// The mean accuracy with all labels of the pool; nil where it was not measured.
  public var fullDataAccuracy: Double?
  /// What was simulated.
  public var parameters: SimulationParameters
  /// Each strategy's figures, in the order in which they were asked for.
  public var strategies: [Strategy]
}

extension SimulationResult {
  /// Sums the curves up.
  ///
  /// - Parameters:
  ///   - parameters: those that the simulation ran with.
  ///   - accuracies: those whose labels are reported, beside 95 % of the accuracy with all labels.
  public func summary(
    _ parameters: SimulationParameters, accuracies: [Double] = [0.8, 0.9, 0.95, 0.97]
  ) throws -> SimulationSummary {
    let targets = targets(accuracies)
    let full = ceilings.isEmpty ? nil : ceilings.reduce(0, +) / Double(ceilings.count)
    let random = try curves(of: "random").map { try $0.accuracyCurve.areaUnderCurve() ?? $0.last }
    let randomLabels = try targets.map { target in
      medianLabels(try curves(of: "random").map { try $0.accuracyCurve.labelsToReach(target.accuracy) })
    }
    let strategies = try parameters.strategies.map { name in
      let curves = curves(of: name)
      let areas = try curves.map { try $0.accuracyCurve.areaUnderCurve() ?? $0.last }
      let reaches = try zip(targets, randomLabels).map { target, random in
        let labels = try curves.map { try $0.accuracyCurve.labelsToReach(target.accuracy) }
        let median = medianLabels(labels)
        return SimulationSummary.Reach(
          accuracy: target.accuracy, name: target.name, medianLabels: median, reached: labels.compactMap(\.self).count,
          labels: labels,
          savedAgainstRandom: name == "random" ? nil : median.flatMap { own in random.map { 1 - own / $0 } })
      }
      return SimulationSummary.Strategy(
        name: name, areaUnderCurve: mean(areas), areaInterval: meanInterval(areas),
        finalAccuracy: mean(curves.map(\.last)),
        outlierShare: mean(curves.flatMap { $0.rows.dropFirst().map(\.outlierShare) }),
        seconds: mean(curves.map { $0.rows.reduce(0) { $0 + $1.seconds } }), targets: reaches,
        againstRandom: name == "random" || random.count != areas.count ? nil : try? pairedComparison(areas, random))
    }
    return SimulationSummary(
      poolCount: poolCount, classes: classes, seeds: parameters.seeds, fullDataAccuracy: full, parameters: parameters,
      strategies: strategies)
  }

  private func curves(of name: String) -> [ReplayCurve] { curves.filter { $0.strategy == name } }

  private func targets(_ accuracies: [Double]) -> [(accuracy: Double, name: String)] {
    let full = ceilings.isEmpty ? nil : mean(ceilings)
    return accuracies.map { ($0, "\(decimals(100 * $0, 0)) %") }
      + (full.map { [(0.95 * $0, "95 % of full-data accuracy")] } ?? [])
  }
}

extension ReplayCurve {
  /// The accuracy by labels.
  var accuracyCurve: LearningCurve {
    get throws { try LearningCurve(rows.map { LearningCurve.Point(labels: $0.labels, value: $0.accuracy) }) }
  }

  var last: Double { rows.last?.accuracy ?? 0 }
}

/// The mean, 0 of nothing.
func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
