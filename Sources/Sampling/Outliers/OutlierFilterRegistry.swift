/// The outlier filters by name.
public enum OutlierFilterRegistry {
  /// Every filter, the default first.
  public static let all: [StrategyDescriptor] = makers.map(\.descriptor)

  /// The filter that is used where none is named.
  public static let defaultName = AutoOutlierFilter.descriptor.name

  /// Makes a filter from its name and parameters.
  ///
  /// - Parameters:
  ///   - name: the name in its descriptor.
  ///   - parameters: values by name; those left out take their defaults.
  /// - Throws: ``SamplingError/unknownStrategy(name:known:)``, ``SamplingError/unknownParameter(strategy:name:known:)`` or
  ///   ``SamplingError/parameterOutOfRange(strategy:name:value:minimum:maximum:)``.
  public static func make(name: String, parameters: [String: Double] = [:]) throws -> any OutlierFilter {
    guard let maker = makers.first(where: { $0.descriptor.name == name }) else {
      throw SamplingError.unknownStrategy(name: name, known: all.map(\.name))
    }
    let values = try maker.descriptor.resolve(parameters)
    return maker.make { values[$0] ?? 0 }
  }

  private struct Maker: Sendable {
    let descriptor: StrategyDescriptor
    let make: @Sendable ((String) -> Double) -> any OutlierFilter
  }

  private static let makers: [Maker] = [
    Maker(descriptor: AutoOutlierFilter.descriptor) { _ in AutoOutlierFilter() },
    Maker(descriptor: LearnabilityPropagation.descriptor) { value in
      LearnabilityPropagation(
        neighbours: Int(value("neighbours")), agreementNeighbours: Int(value("agreement_neighbours")),
        classSupport: value("class_support"), threshold: value("threshold"),
        minimumLabels: Int(value("minimum_labels")))
    },
    Maker(descriptor: ConfidenceVariability.descriptor) { value in
      ConfidenceVariability(
        share: value("share"), neighbours: Int(value("neighbours")), minimumLabels: Int(value("minimum_labels")))
    },
    Maker(descriptor: LearnabilityClassifier.descriptor) { value in
      LearnabilityClassifier(
        threshold: value("threshold"), l2: value("l2"), minimumLabels: Int(value("minimum_labels")))
    },
    Maker(descriptor: LocalOutlierFactor.descriptor) { value in
      LocalOutlierFactor(neighbours: Int(value("neighbours")), threshold: value("threshold"))
    },
    Maker(descriptor: NoOutlierFilter.descriptor) { _ in NoOutlierFilter() },
  ]
}
