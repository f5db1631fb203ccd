/// The stream strategies by name.
public enum StreamStrategyRegistry {
  /// Every stream strategy, the default first.
  public static let all: [StrategyDescriptor] = makers.map(\.descriptor)

  /// The strategy that is used where none is named.
  public static let defaultName = VariableUncertainty.descriptor.name

  /// Makes a stream strategy from its name and parameters.
  ///
  /// - Throws: ``SamplingError/unknownStrategy(name:known:)``, ``SamplingError/unknownParameter(strategy:name:known:)`` or
  ///   ``SamplingError/parameterOutOfRange(strategy:name:value:minimum:maximum:)``.
  public static func make(name: String, parameters: [String: Double] = [:]) throws -> any StreamStrategy {
    guard let maker = makers.first(where: { $0.descriptor.name == name }) else {
      throw SamplingError.unknownStrategy(name: name, known: all.map(\.name))
    }
    let values = try maker.descriptor.resolve(parameters)
    return maker.make { values[$0] ?? 0 }
  }

  private struct Maker: Sendable {
    let descriptor: StrategyDescriptor
    let make: @Sendable ((String) -> Double) -> any StreamStrategy
  }

  private static let makers: [Maker] = [
    Maker(descriptor: VariableUncertainty.descriptor) { VariableUncertainty(step: $0("step")) },
    Maker(descriptor: RandomStream.descriptor) { _ in RandomStream() },
    Maker(descriptor: FixedUncertainty.descriptor) { _ in FixedUncertainty() },
    Maker(descriptor: RandomVariableUncertainty.descriptor) { value in
      RandomVariableUncertainty(step: value("step"), spread: value("spread"))
    },
    Maker(descriptor: SplitStream.descriptor) { value in
      SplitStream(randomShare: value("random_share"), step: value("step"))
    },
    Maker(descriptor: BalancedIncrementalQuantile.descriptor) { value in
      BalancedIncrementalQuantile(window: Int(value("window")), tolerance: value("tolerance"))
    },
  ]
}
